from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.selectors import partners_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting
from valuation import selectors
from valuation.models import Grade


@register_waiting(side="staff")
def promotions_to_decide(member: Membership) -> list[WaitingItem]:
    """Promotions that wait for somebody's approval."""
    if not (member.can(Right.GRADES_DECIDE) and member.has_function("grades")):
        return []
    count = selectors.pending_promotions(member).filter(request_pk=None).count()
    if not count:
        return []
    title = ngettext("%(count)s promotion to decide", "%(count)s promotions to decide", count) % {"count": count}
    return [
        WaitingItem(
            title, _("Reached by score, given after approval"), member.url("valuation:runs"), _("Decide"), count=count
        )
    ]


@register_waiting(side="staff")
def demotions_ahead(member: Membership) -> list[WaitingItem]:
    """Partners whose score fell below their grade: somebody should talk to them while the grace lasts."""
    if not (member.can(Right.GRADES_DECIDE) and member.has_function("grades")):
        return []
    warned = Grade.objects.filter(below_since__isnull=False, partner__in=partners_for(member))
    if not (count := warned.count()):
        return []
    worst = warned.select_related("partner").order_by("below_since", "partner_id")[:2]
    title = ngettext("%(count)s partner may lose its grade", "%(count)s partners may lose their grade", count)
    return [
        WaitingItem(
            title % {"count": count},
            _("Longest warned: %(names)s") % {"names": ", ".join(_name(grade.partner) for grade in worst)},
            member.url("valuation:runs"),
            _("See them"),
            count=count,
        )
    ]


def _name(partner: object) -> str:
    return getattr(partner, "local_name", "") or str(partner)
