"""How lists of campaigns, content and funds are narrowed; a module a subject."""
