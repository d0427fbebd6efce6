"""What can be told of deal registrations and their protection."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def deal_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("leads:deal" if member.is_staff else "leads_portal:deal", pk=facts["deal"])


def _kind(name: str, label: Any, sides: set[str]) -> NoticeKind:
    return register_kind(NoticeKind(f"leads.{name}", label=label, sides=sides, function="deals", url=deal_page))


DEAL_SUBMITTED = _kind("deal_submitted", _("A partner registers a deal"), {STAFF})
DEAL_NAMED = _kind("deal_named", _("Your company is named in a deal"), {PORTAL})
DEAL_TO_CONFIRM = _kind("deal_to_confirm", _("A deal was entered for you and is to be confirmed"), {PORTAL})
DEAL_ANSWERED = _kind("deal_answered", _("A deal registration is answered"), {PORTAL})
DEAL_CLOSED = _kind("deal_closed", _("A partner says how a deal ended"), {STAFF})
PROTECTION_ENDING = _kind("protection_ending", _("The protection of a deal ends soon"), {STAFF, PORTAL})
PROTECTION_ENDED = _kind("protection_ended", _("The protection of a deal has ended"), {STAFF, PORTAL})
PROTECTION_TAKEN = _kind("protection_taken", _("A protection goes to another partner"), {PORTAL})
EXTENSION_ASKED = _kind("extension_asked", _("A partner asks for a longer protection"), {STAFF})
EXTENSION_ANSWERED = _kind("extension_answered", _("A longer protection is decided"), {PORTAL})
APPEALED = _kind("deal_appealed", _("A partner appeals"), {STAFF})
APPEAL_ANSWERED = _kind("appeal_answered", _("An appeal is decided"), {PORTAL})
