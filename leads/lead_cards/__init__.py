"""The cards that subjects add to the page of a lead: a module a subject."""

from leads.lead_cards import scoring as scoring
