"""What changes leads and deals; one module a subject."""

from leads.services.intake import create_lead, update_lead
from leads.services.states import LeadError, move_lead

__all__ = ["LeadError", "create_lead", "move_lead", "update_lead"]
