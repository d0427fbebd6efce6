"""What waits because deals are to be answered, and because protections end."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.models import DealRegistration, DealState
from leads.selectors import deals as reading
from pages import formats
from pages.paging import count_up_to
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

SOON = dt.timedelta(days=14)
MOST = 5
TO_ANSWER = """(
    EXISTS (SELECT FROM leads_dealregistration WHERE state = 'submitted')
    OR EXISTS (SELECT FROM leads_extensionrequest WHERE state = 'waiting')
    OR EXISTS (SELECT FROM leads_dealappeal WHERE state = 'waiting')
)"""
OWN = """EXISTS (
    SELECT FROM leads_dealregistration WHERE partner_id = %(partner)s
    AND (state = 'returned' OR state = 'submitted' AND confirmed_at IS NULL AND entered_by_name <> '' OR state = 'approved' AND protected_until BETWEEN now() AND now() + interval '14 days')
)"""


@register_waiting(side="staff", probe=TO_ANSWER)
def deals_to_answer(member: Membership) -> list[WaitingItem]:
    """For who decides on deals: registrations, longer protections and appeals, the soonest due first."""
    if not member.can(Right.DEALS_DECIDE) or not member.has_function("deals"):
        return []
    items = []
    waiting = reading.deals_to_answer(member)
    if first := waiting.first():
        count = count_up_to(waiting)
        words = ngettext("%(count)s deal waits for your answer", "%(count)s deals wait for your answer", count)
        detail = _("%(partner)s: %(customer)s") % {"partner": first.shown_partner, "customer": first.customer_name}
        url = member.url("leads:deal", pk=first.pk)
        items.append(
            WaitingItem(
                words % {"count": formats.number(count)}, detail, url, _("Answer"), due=first.due_at, count=count
            )
        )
    items += [
        WaitingItem(
            _("%(partner)s asks for a longer protection") % {"partner": asked.deal.shown_partner},
            str(asked.deal),
            member.url("leads:deal", pk=asked.deal_id),
            _("Answer"),
            due=asked.deal.protected_until,
        )
        for asked in reading.extensions_to_answer(member)[:MOST]
    ]
    items += [
        WaitingItem(
            _("%(partner)s appeals") % {"partner": appeal.deal.shown_partner},
            str(appeal.deal),
            member.url("leads:deal", pk=appeal.deal_id),
            _("Decide"),
        )
        for appeal in reading.appeals_to_answer(member)[:MOST]
    ]
    return items


@register_waiting(side="portal", probe=OWN)
def own_deals(member: Membership) -> list[WaitingItem]:
    """For who works on deals: what more is asked for, and protections that end soon."""
    if not member.can(Right.PORTAL_DEALS) or not member.has_function("deals"):
        return []
    now = timezone.now()
    own = DealRegistration.objects.filter(partner=member.partner_id)
    entered = own.filter(reading.UNCONFIRMED, state=DealState.SUBMITTED).order_by("submitted_at", "pk")
    returned = own.filter(state=DealState.RETURNED).order_by("answered_at", "pk")
    ending = own.filter(state=DealState.APPROVED, protected_until__gt=now, protected_until__lte=now + SOON)
    return [
        *(
            WaitingItem(
                _("Confirm the deal with %(customer)s") % {"customer": deal.customer_name},
                _("%(name)s entered it on your behalf.") % {"name": deal.entered_by_name},
                member.url("leads_portal:deal", pk=deal.pk),
                _("Look at it"),
            )
            for deal in entered[:MOST]
        ),
        *(
            WaitingItem(
                _("More is asked for about %(customer)s") % {"customer": deal.customer_name},
                deal.reason,
                member.url("leads_portal:deal_edit", pk=deal.pk),
                _("Complete it"),
            )
            for deal in returned[:MOST]
        ),
        *(
            WaitingItem(
                _("The protection of %(customer)s ends soon") % {"customer": deal.customer_name},
                deal.reference,
                member.url("leads_portal:deal", pk=deal.pk),
                _("Look at it"),
                due=deal.protected_until,
            )
            for deal in ending.order_by("protected_until", "pk")[:MOST]
        ),
    ]
