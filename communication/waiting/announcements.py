"""News on a partner's home page: what is pinned and not read yet, and what the company has to confirm."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communication.functions import ANNOUNCEMENTS
from communication.selectors.announcements import news_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

MOST = 5
OPEN = """EXISTS (
    SELECT FROM communication_addressee a JOIN communication_announcement n ON n.id = a.announcement_id
    WHERE a.partner_id = %(partner)s AND (
        (n.must_confirm AND a.confirmed_at IS NULL)
        OR (n.is_pinned AND NOT EXISTS (
            SELECT FROM communication_reading r WHERE r.announcement_id = n.id AND r.member_id = %(member)s
        ))
    )
)"""


@register_waiting(side="portal", probe=OPEN)
def news_to_read(member: Membership) -> list[WaitingItem]:
    """What nobody of the company has confirmed, and what is pinned until the member has read it."""
    if not member.can(Right.PORTAL_HOME) or not member.has_function(ANNOUNCEMENTS.key):
        return []
    waiting = news_for(member).filter(
        Q(announcement__must_confirm=True, confirmed_at=None) | Q(announcement__is_pinned=True, has_read=False)
    )
    items = []
    for row in waiting.order_by("due_on", "-addressed_at")[:MOST]:
        is_owed = row.announcement.must_confirm and row.confirmed_at is None
        items.append(
            WaitingItem(
                row.announcement.title,
                str(row.announcement.get_kind_display()),
                member.url("communication_portal:news_item", pk=row.announcement_id),
                _("Read and confirm") if is_owed else _("Read"),
                due=_end_of(row.due_on) if is_owed and row.due_on else None,
            )
        )
    return items


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59)))
