"""Certificates on home pages: one's own that run out, and for staff how many do."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pages import formats
from pages.paging import count_up_to
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting
from training.functions import TRAINING
from training.selectors.certificates import ending, seen_ending, with_renewal

MOST = 2
SOON = 30
OWN = """EXISTS (
    SELECT FROM training_certificate WHERE member_id = %(member)s AND withdrawn_at IS NULL
    AND valid_until >= %(day)s AND valid_until <= %(day)s::date + 30
)"""
ANYBODY = """EXISTS (
    SELECT FROM training_certificate WHERE withdrawn_at IS NULL
    AND valid_until >= %(day)s AND valid_until <= %(day)s::date + 30
)"""


@register_waiting(side="portal", probe=OWN)
def own_certificates(member: Membership) -> list[WaitingItem]:
    """What the member has to renew within 30 days, what runs out first on top."""
    if not member.can(Right.PORTAL_TRAINING) or not member.has_function(TRAINING.key):
        return []
    today = timezone.localdate()
    rows = with_renewal(ending(today)).filter(member=member, valid_until__lte=today + dt.timedelta(days=SOON))
    return [
        WaitingItem(
            _("Renew your certificate: %(course)s") % {"course": row.title},
            _("Valid until %(day)s") % {"day": formats.date(row.valid_until, get_language())},
            member.url("training_portal:course", pk=row.renewed_in),
            _("Take the course"),
            due=_end_of(row.valid_until) if row.valid_until else None,
        )
        for row in rows.order_by("valid_until", "pk")[:MOST]
    ]


@register_waiting(side="staff", probe=ANYBODY)
def certificates_running_out(member: Membership) -> list[WaitingItem]:
    """How many certificates of the member's partners run out within 30 days."""
    if not member.can(Right.TRAINING_ASSIGN) or not member.has_function(TRAINING.key):
        return []
    today = timezone.localdate()
    count = count_up_to(seen_ending(member, today).filter(valid_until__lte=today + dt.timedelta(days=SOON)))
    if not count:
        return []
    return [
        WaitingItem(
            ngettext(
                "%(count)s certificate runs out within 30 days",
                "%(count)s certificates run out within 30 days",
                count,
            )
            % {"count": formats.number(count)},
            _("Their people are enrolled again and told"),
            f"{member.url('training:certificates')}?ends=30",
            _("Look at them"),
            count=count,
        )
    ]


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59)))
