"""The forms of leads and deals; one module a subject."""
