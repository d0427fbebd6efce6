"""Who must agree: one engine of approval lines for the whole product."""
