"""The forms about partners; one module a subject."""
