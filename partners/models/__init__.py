"""The tables of partners; one module a subject."""

from partners.models.partner import (
    COUNTRY,
    NEXT_STAGES,
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
    "CustomField",
    "Partner",
    "PartnerKind",
    "PartnerOtherKind",
    "PartnerSpecialisation",
    "PartnerSummary",
    "Specialisation",
    "Stage",
    "Trend",
    "shown_name",
]
