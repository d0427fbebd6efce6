"""What is read of the links by which partners pass material on."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from campaigns.models import Asset, ShareLink, UseKind
from pages.paging import Page, Sort, page_of
from partners.models import Partner
from tenancy.rls import house_scope

ON_A_PAGE = 30


def links_of(partner: Partner) -> QuerySet[Any]:
    """The links of a partner, newest first, each with how often customers looked and downloaded, and when last."""
    return (
        ShareLink.objects.filter(partner=partner)
        .select_related("created_by")
        .annotate(
            views=Count("uses", Q(uses__kind=UseKind.VIEW)),
            downloads=Count("uses", Q(uses__kind=UseKind.DOWNLOAD)),
            last_at=Max("uses__at"),
        )
        .order_by("-created_at", "-pk")
    )


def page_of_links(partner: Partner, *, after: str) -> Page[Any]:
    """A page of them, each with its material and `is_gone`: whether customers find nothing there, as after a withdrawal.

    What is withdrawn is not read by partners any more, but what they gave out they still see by its title.
    """
    page = page_of(links_of(partner), Sort("created_at", descending=True), size=ON_A_PAGE, after=after)
    wanted = {link.asset_id for link in page.rows}
    found = Asset.objects.in_bulk(wanted)
    hidden: dict[int, Asset] = {}
    if wanted - found.keys():
        with house_scope():
            hidden = Asset.objects.in_bulk(wanted - found.keys())
    for link in page.rows:
        link.asset = found.get(link.asset_id) or hidden[link.asset_id]
        link.is_gone = link.asset_id in hidden or not (link.asset.is_out and link.asset.may_share)
    return page
