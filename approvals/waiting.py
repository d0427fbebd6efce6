from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import selectors
from approvals.registry import kind_label
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

SHOWN = 3


@register_waiting(side="staff")
def approvals_to_decide(member: Membership) -> list[WaitingItem]:
    """What waits for this member's yes or no: the most urgent by name, the others as a number."""
    if not member.can(Right.APPROVALS):
        return []
    waiting = list(selectors.waiting_for(member).order_by("due_at", "pk")[: SHOWN + 1])
    items = [
        WaitingItem(
            request.shown_title,
            kind_label(request.kind),
            member.url("approvals:request", pk=request.pk),
            _("Decide"),
            due=request.due_at,
        )
        for request in waiting[:SHOWN]
    ]
    if len(waiting) > SHOWN:
        count = selectors.waiting_for(member).count() - SHOWN
        title = ngettext("%(count)s more approval waits for you", "%(count)s more approvals wait for you", count)
        items.append(
            WaitingItem(title % {"count": count}, "", member.url("approvals:inbox"), _("See them"), count=count)
        )
    return items
