"""What is read about leads and deals; one module a subject."""

from leads.selectors.leads import lead_rows, leads_for, matching_leads

__all__ = ["lead_rows", "leads_for", "matching_leads"]
