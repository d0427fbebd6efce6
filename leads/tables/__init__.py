"""The tables of leads and deals; one module a subject."""
