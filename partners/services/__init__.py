"""Everything that changes partners; one module a subject."""

from partners.services.partners import (
    MOST_LEVELS,
    PartnerError,
    assign_channel_manager,
    check_parent,
    confirm_profile,
    create_drafts,
    create_kinds,
    create_partner,
    default_kind,
    set_stage,
    share,
    update_partner,
    withdraw_sharing,
)

__all__ = [
    "MOST_LEVELS",
    "PartnerError",
    "assign_channel_manager",
    "check_parent",
    "confirm_profile",
    "create_drafts",
    "create_kinds",
    "create_partner",
    "default_kind",
    "set_stage",
    "share",
    "update_partner",
    "withdraw_sharing",
]
