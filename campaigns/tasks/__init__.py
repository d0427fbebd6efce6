"""What runs by the clock for campaigns, content and funds: a module a subject."""
