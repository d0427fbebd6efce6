"""Partners in the search over everything."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from partners.selectors import matching, partners_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search


def find_partners(member: Membership, text: str, limit: int) -> list[Found]:
    """Those that the member may see, by name."""
    rows = matching(partners_for(member), text).order_by("name", "pk")
    return [
        Found(
            str(partner),
            member.url("partners:detail", pk=partner.pk),
            " · ".join(p for p in (partner.code, partner.city) if p),
        )
        for partner in rows.only("name", "local_name", "code", "city")[:limit]
    ]


def all_partners(member: Membership, text: str) -> str:
    """The list, narrowed."""
    return f"{member.url('partners:list')}?{urlencode({'q': text})}"


register_search(
    SearchSource("partners", _("Partners"), "staff", Right.PARTNERS_VIEW, find_partners, more=all_partners, order=10)
)
