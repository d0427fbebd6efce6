"""What lists of training can be narrowed by: a module a subject."""
