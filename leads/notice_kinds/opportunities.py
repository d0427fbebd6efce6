"""What is told of opportunities."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.functions import LEADS
from notices.models import Channel, Mode
from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def opportunity_page(member: Membership, facts: Mapping[str, Any]) -> str:
    """The opportunity, or the list of all where several are told of."""
    names = "leads" if member.is_staff else "leads_portal"
    if facts.get("opportunity") is None:
        return f"{member.url(f'{names}:opportunity_list')}?stalled=true"
    return member.url(f"{names}:opportunity", pk=facts["opportunity"])


def list_page(member: Membership, facts: Mapping[str, Any]) -> str:
    """The opportunity, or the list of those whose next step is overdue."""
    if facts.get("opportunity") is None:
        return f"{member.url('leads_portal:opportunity_list')}?step=overdue"
    return opportunity_page(member, facts)


def _kind(name: str, label: Any, sides: set[str], *, url: Any = opportunity_page, **options: Any) -> NoticeKind:
    return register_kind(NoticeKind(f"leads.{name}", label=label, sides=sides, url=url, function=LEADS.key, **options))


ASSIGNED = _kind("opportunity_assigned", _("An opportunity is given to you"), {PORTAL})
STATE_ASKED = _kind("state_asked", _("The manufacturer asks how an opportunity stands"), {PORTAL})
STATE_ANSWERED = _kind("state_answered", _("A partner answers how an opportunity stands"), {STAFF})
WON = _kind("opportunity_won", _("A partner wins an opportunity"), {STAFF})
STALLED = _kind(
    "opportunities_stalled", _("Opportunities stand still"), {STAFF, PORTAL}, modes={Channel.MAIL: Mode.DIGEST}
)
STEP_OVERDUE = _kind(
    "steps_overdue",
    _("A next step of yours is overdue"),
    {PORTAL},
    url=list_page,
    modes={Channel.MAIL: Mode.DIGEST},
)
