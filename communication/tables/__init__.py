"""Lists of communication: a module a subject."""
