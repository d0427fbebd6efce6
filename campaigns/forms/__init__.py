"""What is typed about campaigns, content and funds; a module a subject."""
