"""What lists of communication can be narrowed by: a module a subject."""
