"""Initiatives on the home pages: what a partner has to carry out, and of which partners stand still, for whose it is."""

import datetime as dt

from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from campaigns.functions import INITIATIVES
from campaigns.models import InitiativePartner, InitiativeState
from campaigns.selectors.initiatives import late, to_carry_out
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.translation import translated
from tenancy.waiting import WaitingItem, register_waiting

MOST = 5


@register_waiting(
    side="portal",
    probe="""EXISTS (
        SELECT FROM campaigns_initiativepartner r JOIN campaigns_initiative i ON i.id = r.initiative_id
        WHERE r.partner_id = %(partner)s AND r.done_at IS NULL AND r.declined_at IS NULL AND i.state = 'running'
    )""",
)
def to_be_carried_out(member: Membership) -> list[WaitingItem]:
    """What runs and is not through, what is due first on top."""
    if not (member.can(Right.PORTAL_WORK) and member.has_function(INITIATIVES.key)):
        return []
    return [
        WaitingItem(
            row.initiative.name,
            _("Initiative: %(done)s of %(steps)s steps done")
            % {"done": formats.number(row.done_count), "steps": formats.number(row.initiative.step_count)},
            member.url("campaigns_portal:initiative", pk=row.initiative_id),
            _("Go on") if row.started_at else _("Open it"),
            due=_end_of(row.next_due_on) if row.next_due_on else None,
        )
        for row in to_carry_out(member)[:MOST]
    ]


@register_waiting(
    side="staff",
    probe="""EXISTS (
        SELECT FROM campaigns_initiative i JOIN campaigns_initiativepartner r ON r.initiative_id = i.id
        WHERE i.owner_id = %(member)s AND i.state = 'running' AND r.done_at IS NULL AND r.declined_at IS NULL
        AND r.next_due_on < %(day)s
    )""",
)
def late_partners(member: Membership) -> list[WaitingItem]:
    """Of the member's own initiatives, those in which partners are late."""
    if not (member.can(Right.CAMPAIGNS_EDIT) and member.has_function(INITIATIVES.key)):
        return []
    rows = InitiativePartner.objects.filter(
        late(timezone.localdate()), initiative__owner=member, initiative__state=InitiativeState.RUNNING
    )
    counted = rows.values("initiative", names=F("initiative__names")).annotate(partners=Count("pk"))
    return [
        WaitingItem(
            ngettext("%(count)s partner is late: %(name)s", "%(count)s partners are late: %(name)s", row["partners"])
            % {"count": formats.number(row["partners"]), "name": translated(row["names"], "–")},
            _("Remind them, or ask what is in the way"),
            member.url("campaigns:initiative", pk=row["initiative"]),
            pgettext("action", "Open"),
            count=row["partners"],
        )
        for row in counted.order_by("-partners", "initiative")[:MOST]
    ]


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59)))
