"""What pages and tasks read of campaigns, content and funds; a module a subject."""
