"""Every shared read of what partners are told and say: a module a subject."""
