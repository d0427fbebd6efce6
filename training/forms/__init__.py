"""What is typed about training: a module a subject."""
