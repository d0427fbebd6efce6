"""What this app can tell: a module a subject."""
