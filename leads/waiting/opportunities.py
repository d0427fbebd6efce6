"""Opportunities on the home pages: questions to answer, next steps, what stands still."""

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from leads.functions import LEADS
from leads.models import StateRequest
from leads.selectors.opportunities import opportunities_for
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

SHOWN = 3


@register_waiting(
    side="portal",
    probe="""EXISTS (
        SELECT FROM leads_opportunity WHERE partner_id = %(partner)s AND closed_at IS NULL
        AND (next_step_on <= %(day)s OR stalled_at IS NOT NULL)
    ) OR EXISTS (SELECT FROM leads_staterequest WHERE partner_id = %(partner)s AND answered_at IS NULL)""",
)
def steps_to_take(member: Membership) -> list[WaitingItem]:
    """Questions of the manufacturer first, then steps that are due and what stands still, the most worth on top."""
    if not (member.can(Right.PORTAL_LEADS_WORK) and member.has_function(LEADS.key)):
        return []
    today = timezone.localdate()
    asked = StateRequest.objects.filter(opportunity=OuterRef("pk"), answered_at=None)
    waiting = (
        opportunities_for(member)
        .filter(closed_at=None)
        .filter(Q(rep=member) | Q(rep=None))
        .annotate(is_asked=Exists(asked))
        .filter(Q(is_asked=True) | Q(next_step_on__lte=today) | Q(stalled_at__isnull=False))
        .order_by("-is_asked", F("amount_base").desc(nulls_last=True), "pk")
    )
    found = list(waiting.only("name", "next_step", "next_step_on", "stalled_at")[: SHOWN + 1])
    items = []
    for row in found[:SHOWN]:
        url = member.url("leads_portal:opportunity", pk=row.pk)
        if row.is_asked:
            url = member.url("leads_portal:opportunity_answer", pk=row.pk)
            items.append(WaitingItem(row.name, _("The manufacturer asks how it stands"), url, _("Answer")))
        elif row.next_step_on and row.next_step_on <= today:
            items.append(
                WaitingItem(row.name, row.next_step, url, pgettext("action", "Open"), due=end_of(row.next_step_on))
            )
        else:
            items.append(WaitingItem(row.name, _("Stands still: say what comes next"), url, pgettext("action", "Open")))
    if len(found) > SHOWN:
        items.append(
            WaitingItem(
                _("More opportunities that wait for you"),
                _("Next steps that are due, and what stands still"),
                member.url("leads_portal:opportunities"),
                _("See them"),
            )
        )
    return items


@register_waiting(
    side="staff",
    probe="EXISTS (SELECT FROM leads_opportunity WHERE stalled_at IS NOT NULL)",
)
def standing_still(member: Membership) -> list[WaitingItem]:
    """What stands still at one's own partners, and what it is worth."""
    if not (member.can(Right.LEADS_EDIT) and member.has_function(LEADS.key)):
        return []
    own = opportunities_for(member).filter(closed_at=None, stalled_at__isnull=False, partner__channel_manager=member)
    found = list(own.values_list("amount_base", flat=True)[:1001])
    if not found:
        return []
    count = len(found)
    worth = sum(amount for amount in found if amount is not None)
    title = ngettext("%(count)s opportunity stands still", "%(count)s opportunities stand still", count)
    return [
        WaitingItem(
            title % {"count": formats.number(count)},
            _("Worth %(amount)s")
            % {"amount": formats.money_short(worth, member.manufacturer.currency, get_language())},
            f"{member.url('leads:opportunity_list')}?stalled=true&manager={member.pk}",
            _("Ask for the state"),
            count=count,
        )
    ]


def end_of(day: dt.date) -> dt.datetime:
    """The last minute of a day, in the manufacturer's time zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59)))
