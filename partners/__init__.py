"""Partners: who the manufacturer sells through."""
