"""The tables of campaigns, content and funds; one module a subject."""
