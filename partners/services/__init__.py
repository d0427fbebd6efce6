"""Everything that changes partners; one module a subject."""

from partners.services.agreement_batches import create_agreements
from partners.services.agreements import (
    AgreementError,
    accept_agreement,
    create_agreement,
    give_notice,
    send_agreement,
    withdraw_agreement,
)
from partners.services.audiences import AudienceError, archive_audience, count_audience, freeze_audience, save_audience
from partners.services.confirmation import answer_ask, start_round
from partners.services.handover import assign_channel_manager
from partners.services.lifecycle import set_stage, take_end_back
from partners.services.locator import ask_partner, list_partners, save_entry
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
    create_tasks,
)
from partners.services.territories import (
    declare_coverage,
    refresh_coverage,
    remove_territory,
    request_coverage,
    save_territory,
)

__all__ = [
    "MOST_LEVELS",
    "AgreementError",
    "AudienceError",
    "PaperError",
    "PartnerError",
    "TaskError",
    "accept_agreement",
    "accept_paper",
    "answer_ask",
    "archive_audience",
    "ask_partner",
    "assign_channel_manager",
    "check_parent",
    "complete_tasks",
    "confirm_profile",
    "count_audience",
    "create_agreement",
    "create_agreements",
    "create_drafts",
    "create_kinds",
    "create_partner",
    "create_task",
    "create_tasks",
    "declare_coverage",
    "default_kind",
    "freeze_audience",
    "give_notice",
    "hand_in_paper",
    "list_partners",
    "refresh_coverage",
    "refuse_paper",
    "remove_territory",
    "request_coverage",
    "save_audience",
    "save_entry",
    "save_territory",
    "send_agreement",
    "set_stage",
    "share",
    "start_journey",
    "start_round",
    "take_end_back",
    "update_partner",
    "withdraw_agreement",
    "withdraw_sharing",
]
