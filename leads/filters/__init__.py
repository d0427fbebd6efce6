"""The filters of leads and deals; one module a subject."""
