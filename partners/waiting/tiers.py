"""What waits because somebody said that two partners belong together."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from pages.paging import count_up_to
from partners.selectors import tiers as reading
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting


@register_waiting(
    side="portal",
    probe="EXISTS (SELECT FROM partners_relation WHERE %(partner)s IN (above_id, below_id) AND state = 'waiting')",
)
def relations_to_answer(member: Membership) -> list[WaitingItem]:
    """Another partner says that it belongs to this one, or this one to it."""
    if member.partner is None or not member.can(Right.PORTAL_PROFILE_EDIT) or not member.has_function("sub_partners"):
        return []
    return [
        WaitingItem(
            _("%(partner)s says that it belongs to you") % {"partner": line.other}
            if line.is_above
            else _("%(partner)s says that you belong to it") % {"partner": line.other},
            line.relation.note,
            member.url("partners_portal:relation", pk=line.relation.pk),
            _("Answer"),
        )
        for line in reading.lines_to_answer(member.partner)
    ]


@register_waiting(side="staff")
def relations_to_decide(member: Membership) -> list[WaitingItem]:
    """For staff: declarations that nobody has answered."""
    if not member.can(Right.PARTNERS_EDIT) or not member.has_function("sub_partners"):
        return []
    waiting = reading.relations_to_decide(member)
    first = waiting.first()
    if first is None:
        return []
    count = count_up_to(waiting)
    return [
        WaitingItem(
            ngettext(
                "%(count)s declaration of who belongs to whom waits",
                "%(count)s declarations of who belongs to whom wait",
                count,
            )
            % {"count": formats.number(count)},
            _("The oldest: %(below)s belongs to %(above)s") % {"below": first.below, "above": first.above},
            member.url("partners:relation", pk=first.pk),
            _("Look at it"),
            count=count,
        )
    ]
