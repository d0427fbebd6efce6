"""What is typed about communication: a module a subject."""
