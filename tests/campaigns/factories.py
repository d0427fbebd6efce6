"""Factories of campaigns, content and funds. Each makes its row in the staff scope of its manufacturer."""
