"""The tables of partners; one module a subject."""

from partners.models.handover import (
    Handover,
    HandoverPartner,
)
from partners.models.lifecycle import (
    PlaybookStep,
    StageMove,
    StageProposal,
    StageReason,
)
from partners.models.onboarding import (
    Journey,
    JourneyItem,
    JourneyPhase,
    JourneyStep,
    JourneyTemplate,
)
from partners.models.partner import (
    COUNTRY,
    NEXT_STAGES,
    STAGE_ALLOWS,
    Activity,
    CustomField,
    Partner,
    PartnerKind,
    PartnerOtherKind,
    PartnerSpecialisation,
    PartnerSummary,
    Specialisation,
    Stage,
    Trend,
    shown_name,
)

__all__ = [
    "COUNTRY",
    "NEXT_STAGES",
    "STAGE_ALLOWS",
    "Activity",
    "CustomField",
    "Handover",
    "HandoverPartner",
    "Journey",
    "JourneyItem",
    "JourneyPhase",
    "JourneyStep",
    "JourneyTemplate",
    "Partner",
    "PartnerKind",
    "PartnerOtherKind",
    "PartnerSpecialisation",
    "PartnerSummary",
    "PlaybookStep",
    "Specialisation",
    "Stage",
    "StageMove",
    "StageProposal",
    "StageReason",
    "Trend",
    "shown_name",
]
