"""The filters of lists; one module a subject."""
