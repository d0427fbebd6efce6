"""Markets whose file is to be reviewed."""

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from pages import formats
from pages.paging import count_up_to
from partners.selectors import markets as reading
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting


@register_waiting(side="staff")
def markets_to_review(member: Membership) -> list[WaitingItem]:
    """For who keeps markets: own ones, and those of nobody, whose day of review has come."""
    if not member.can(Right.MARKETS_EDIT) or not member.has_function("markets"):
        return []
    due = reading.markets_to_review(member, timezone.localdate())
    first = due.first()
    if first is None or first.review_on is None:
        return []
    count = count_up_to(due)
    return [
        WaitingItem(
            ngettext("%(count)s market is to be reviewed", "%(count)s markets are to be reviewed", count)
            % {"count": formats.number(count)},
            _("%(market)s since %(day)s") % {"market": first, "day": formats.date(first.review_on, get_language())},
            member.url("partners:market", pk=first.pk),
            pgettext("market", "Review"),
            count=count,
        )
    ]
