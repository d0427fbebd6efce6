"""Every shared read of courses and learning; a module a subject."""
