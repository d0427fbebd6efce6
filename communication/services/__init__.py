"""All that changes what partners are told and say: a module a subject."""
