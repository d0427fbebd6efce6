"""Everything that changes courses and learning; a module a subject."""
