"""Lists of campaigns, content and funds; a module a subject."""
