"""What of this app can be brought in from files: a module a subject."""
