"""The tables of leads and deals; one module a subject."""

from leads.models.batches import NEXT_BATCH_STATES, BatchItem, BatchState, ItemState, LeadBatch, Replay
from leads.models.codes import KnownAt, LeadField, LeadKind, LeadReason, LeadSource, ReasonUse
from leads.models.intake import (
    FormState,
    IntakeSettings,
    LeadForm,
    LeadLikeness,
    LeadMerge,
    LikenessState,
    LocatorLeads,
)
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
    "NEXT_BATCH_STATES",
    "NEXT_LEAD_STATES",
    "OPEN_STATES",
    "POOL_STATES",
    "BatchItem",
    "BatchState",
    "FormState",
    "IntakeSettings",
    "ItemState",
    "KnownAt",
    "Lead",
    "LeadBatch",
    "LeadField",
    "LeadForm",
    "LeadKey",
    "LeadKind",
    "LeadLikeness",
    "LeadMerge",
    "LeadReason",
    "LeadSource",
    "LeadState",
    "LikenessState",
    "LocatorLeads",
    "ReasonUse",
    "Replay",
]
