"""Material in the search over everything, on both sides."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from campaigns.functions import CONTENT
from campaigns.selectors.assets import assets_for, by_fit, matching_assets
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Find, Found, SearchSource, register_search


def finder(names: str) -> Find:
    """What the member may see, first what is called so."""

    def find(member: Membership, text: str, limit: int) -> list[Found]:
        rows = by_fit(matching_assets(assets_for(member), text), text).only("titles", "kind", "state", "changed_at")
        return [
            Found(asset.title, member.url(f"{names}:asset", pk=asset.pk), str(asset.get_kind_display()))
            for asset in rows[:limit]
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
