"""Initiatives in the search over everything."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from campaigns.functions import INITIATIVES
from campaigns.models import Initiative
from campaigns.selectors.initiatives import initiatives_for, matching, own_rows
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search


def find_initiatives(member: Membership, text: str, limit: int) -> list[Found]:
    """Staff: by the words of name and goal, the latest first."""
    rows = matching(initiatives_for(member), text).order_by("-starts_on", "-pk")[:limit]
    return [
        Found(row.name, member.url("campaigns:initiative", pk=row.pk), str(row.get_state_display())) for row in rows
    ]


def all_initiatives(member: Membership, text: str) -> str:
    """The list, narrowed."""
    return f"{member.url('campaigns:initiatives')}?{urlencode({'q': text})}"


def find_own(member: Membership, text: str, limit: int) -> list[Found]:
    """What the member's company was told of."""
    fitting = matching(Initiative.objects.all(), text).order_by().values("pk")
    rows = own_rows(member).filter(initiative__in=fitting).order_by("-told_at", "-pk")[:limit]
    return [
        Found(
            row.initiative.name,
            member.url("campaigns_portal:initiative", pk=row.initiative_id),
            str(row.standing.label),
        )
        for row in rows
    ]


register_search(
    SearchSource(
        "initiatives",
        _("Initiatives"),
        "staff",
        Right.CAMPAIGNS_VIEW,
        find_initiatives,
        function=INITIATIVES.key,
        more=all_initiatives,
        order=43,
    ),
    SearchSource(
        "initiatives",
        _("Initiatives"),
        "portal",
        Right.PORTAL_WORK,
        find_own,
        function=INITIATIVES.key,
        order=43,
    ),
)
