"""Lists of training: a module a subject."""
