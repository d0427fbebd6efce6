"""Material in the search over everything, on both sides."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from campaigns.functions import CONTENT
from campaigns.models import AssetKind
from campaigns.selectors.assets import Wanted, assets_for
from campaigns.selectors.shelf import placed_assets
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Find, Found, SearchSource, register_search


def finder(names: str) -> Find:
    """What the member may see, first what is called so."""

    def find(member: Membership, text: str, limit: int) -> list[Found]:
        return [
            Found(row.title, member.url(f"{names}:asset", pk=row.asset), str(AssetKind(row.kind).label))
            for row in placed_assets(assets_for(member), Wanted(text=text), most=limit)
        ]

    return find


def library(names: str) -> Callable[[Membership, str], str]:
    """The shelf, narrowed."""
    return lambda member, text: f"{member.url(f'{names}:library')}?{urlencode({'q': text})}"


register_search(
    SearchSource(
        "material", _("Material"), "staff", Right.CONTENT_VIEW, finder("campaigns"), function=CONTENT.key,
        more=library("campaigns"), order=60,
    ),
    SearchSource(
        "material", _("Material"), "portal", Right.PORTAL_CONTENT, finder("campaigns_portal"), function=CONTENT.key,
        more=library("campaigns_portal"), order=60,
    ),
)  # fmt: skip
