"""Everything that changes campaigns, content and funds; a module a subject."""
