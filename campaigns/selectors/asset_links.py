"""What is read of the links by which partners pass material on."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from campaigns.models import ShareLink, UseKind
from pages.paging import Page, Sort, page_of
from partners.models import Partner

ON_A_PAGE = 30


def links_of(partner: Partner) -> QuerySet[Any]:
    """The links of a partner, newest first, each with how often customers looked and downloaded, and when last."""
    return (
        ShareLink.objects.filter(partner=partner)
        .select_related("asset", "created_by")
        .annotate(
            views=Count("uses", Q(uses__kind=UseKind.VIEW)),
            downloads=Count("uses", Q(uses__kind=UseKind.DOWNLOAD)),
            last_at=Max("uses__at"),
        )
        .order_by("-created_at", "-pk")
    )


def page_of_links(partner: Partner, *, after: str) -> Page[Any]:
    """A page of them."""
    return page_of(links_of(partner), Sort("created_at", descending=True), size=ON_A_PAGE, after=after)
