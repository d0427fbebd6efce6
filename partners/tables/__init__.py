"""The lists about partners; one module a subject."""
