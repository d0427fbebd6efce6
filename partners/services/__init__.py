"""Everything that changes partners; one module a subject."""

from partners.services.agreements import (
    AgreementError,
    accept_agreement,
    create_agreement,
    create_agreements,
    give_notice,
    send_agreement,
    withdraw_agreement,
)
from partners.services.handover import assign_channel_manager
from partners.services.lifecycle import set_stage, take_end_back
from partners.services.onboarding import start_journey
from partners.services.papers import (
    PaperError,
    accept_paper,
    hand_in_paper,
    refuse_paper,
)
from partners.services.partners import (
    MOST_LEVELS,
    PartnerError,
    check_parent,
    confirm_profile,
    create_drafts,
    create_kinds,
    create_partner,
    default_kind,
    share,
    update_partner,
    withdraw_sharing,
)
from partners.services.tasks import (
    TaskError,
    complete_tasks,
    create_task,
)

__all__ = [
    "MOST_LEVELS",
    "AgreementError",
    "PaperError",
    "PartnerError",
    "TaskError",
    "accept_agreement",
    "accept_paper",
    "assign_channel_manager",
    "check_parent",
    "complete_tasks",
    "confirm_profile",
    "create_agreement",
    "create_agreements",
    "create_drafts",
    "create_kinds",
    "create_partner",
    "create_task",
    "default_kind",
    "give_notice",
    "hand_in_paper",
    "refuse_paper",
    "send_agreement",
    "set_stage",
    "share",
    "start_journey",
    "take_end_back",
    "update_partner",
    "withdraw_agreement",
    "withdraw_sharing",
]
