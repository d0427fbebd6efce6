"""Channel plans that wait for an answer, on the home pages of both sides."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from partners.functions import PLANS
from partners.selectors.plans import waiting_plans
from partners.services.plans import may_bind
from tenancy.models import Membership
from tenancy.waiting import WaitingItem, register_waiting

SHOWN = 3


@register_waiting(
    probe="""%(partner)s IS NULL OR EXISTS (
        SELECT FROM partners_channelplan WHERE partner_id = %(partner)s AND state = 'proposed')"""
)
def plans_to_answer(member: Membership) -> list[WaitingItem]:
    """Plans that the other side proposed: the oldest each, the rest as a number."""
    partner_id = member.partner_id or 0
    if not member.has_function(PLANS.key) or not may_bind(member, partner_id):
        return []
    names = "partners" if member.is_staff else "partners_portal"
    waiting = waiting_plans(member)
    found = list(waiting[: SHOWN + 1])
    items = [
        WaitingItem(
            _("Plan %(year)s with %(partner)s") % {"year": plan.year, "partner": plan.partner}
            if member.is_staff
            else _("Plan %(year)s") % {"year": plan.year},
            _("It is proposed: agree to it, or say what should change"),
            member.url(f"{names}:plan", pk=plan.pk),
            _("Read it"),
        )
        for plan in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        more = waiting.count() - SHOWN
        items.append(
            WaitingItem(
                ngettext("%(count)s more plan", "%(count)s more plans", more) % {"count": formats.number(more)},
                _("They wait for your answer"),
                member.url(f"{names}:plans"),
                _("See them"),
                count=more,
            )
        )
    return items
