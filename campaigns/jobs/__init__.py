"""Long work of this app: a module a subject."""
