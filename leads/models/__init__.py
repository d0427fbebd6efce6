"""The tables of leads and deals; one module a subject."""

from leads.models.codes import KnownAt, LeadField, LeadKind, LeadReason, LeadSource, ReasonUse
from leads.models.leads import (
    CLOSED_STATES,
    NEXT_LEAD_STATES,
    OPEN_STATES,
    POOL_STATES,
    Lead,
    LeadKey,
    LeadState,
)

__all__ = [
    "CLOSED_STATES",
    "NEXT_LEAD_STATES",
    "OPEN_STATES",
    "POOL_STATES",
    "KnownAt",
    "Lead",
    "LeadField",
    "LeadKey",
    "LeadKind",
    "LeadReason",
    "LeadSource",
    "LeadState",
    "ReasonUse",
]
