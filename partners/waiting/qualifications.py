"""What waits because of qualifications: what a company lacks and what that closes, and for staff what is running out."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from pages.paging import count_up_to
from partners.functions import QUALIFICATIONS
from partners.selectors.permissions import blocked_by, permissions_of
from partners.selectors.qualifications import held_on, seen_qualifications
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

SOON = dt.timedelta(days=30)
ASKED = "EXISTS (SELECT FROM partners_qualificationtype WHERE guards <> '{}' AND NOT is_retired)"
RUNNING_OUT = """EXISTS (
    SELECT FROM partners_qualification WHERE ended_on IS NULL AND member_id IS NULL
    AND valid_until >= %(day)s AND valid_until <= %(day)s::date + 30
)"""


@register_waiting(side="portal", probe=ASKED)
def qualifications_missing(member: Membership) -> list[WaitingItem]:
    """Qualifications that the company lacks, with what is closed to it meanwhile."""
    if member.partner is None or not member.can(Right.PORTAL_TRAINING_MANAGE):
        return []
    if not member.has_function(QUALIFICATIONS.key):
        return []
    return [
        WaitingItem(
            str(entry["reason"]),
            _("Until then not possible: %(activities)s")
            % {"activities": ", ".join(str(label) for label in entry["activities"])},
            member.url("partners_portal:qualifications"),
            _("See who can do it"),
        )
        for entry in blocked_by(permissions_of(member.partner), member, member.partner.pk)
        if entry["reason"].obstacle.startswith("qualification")
    ]


@register_waiting(side="staff", probe=RUNNING_OUT)
def qualifications_running_out(member: Membership) -> list[WaitingItem]:
    """Companies' qualifications that end within 30 days unless somebody is certified again."""
    if not member.can(Right.TRAINING_ASSIGN) or not member.has_function(QUALIFICATIONS.key):
        return []
    today = timezone.localdate()
    rows = seen_qualifications(member).filter(held_on(today), member=None, valid_until__lte=today + SOON)
    count = count_up_to(rows)
    if not count:
        return []
    return [
        WaitingItem(
            ngettext(
                "%(count)s company's qualification runs out within 30 days",
                "%(count)s companies' qualifications run out within 30 days",
                count,
            )
            % {"count": formats.number(count)},
            _("What needs it is closed to the company then"),
            f"{member.url('partners:qualifications')}?who=companies&ends=30",
            _("Look at them"),
            count=count,
        )
    ]
