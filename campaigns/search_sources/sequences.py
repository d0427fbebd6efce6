"""Sequences in the search over everything."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from campaigns.functions import CAMPAIGNS
from campaigns.selectors.sequences import sequences_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search


def find_sequences(member: Membership, text: str, limit: int) -> list[Found]:
    """By all words of the name."""
    rows = sequences_for(member)
    for word in text.split():
        rows = rows.filter(name__icontains=word)
    return [
        Found(row.name, member.url("campaigns:sequence", pk=row.pk), str(row.get_state_display()))
        for row in rows.only("name", "state").order_by("-created_at", "-pk")[:limit]
    ]


register_search(
    SearchSource(
        "sequences",
        _("Sequences"),
        "staff",
        Right.CAMPAIGNS_VIEW,
        find_sequences,
        function=CAMPAIGNS.key,
        more=lambda member, text: f"{member.url('campaigns:sequences')}?{urlencode({'q': text})}",
        order=41,
    )
)
