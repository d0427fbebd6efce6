"""Campaigns in the search over everything."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from campaigns.functions import CAMPAIGNS
from campaigns.selectors.campaigns import campaigns_for
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search


def find_campaigns(member: Membership, text: str, limit: int) -> list[Found]:
    """By all words of the name."""
    rows = campaigns_for(member)
    for word in text.split():
        rows = rows.filter(name__icontains=word)
    return [
        Found(
            row.name,
            member.url("campaigns:detail", pk=row.pk),
            f"{row.get_state_display()} · {formats.date(row.starts_on, member.language)}",
        )
        for row in rows.only("name", "state", "starts_on").order_by("-starts_on", "-pk")[:limit]
    ]


register_search(
    SearchSource(
        "campaigns",
        _("Campaigns"),
        "staff",
        Right.CAMPAIGNS_VIEW,
        find_campaigns,
        function=CAMPAIGNS.key,
        more=lambda member, text: f"{member.url('campaigns:list')}?{urlencode({'q': text})}",
        order=40,
    )
)
