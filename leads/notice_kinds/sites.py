"""What can be told of sites."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def site_page(member: Membership, facts: Mapping[str, Any]) -> str:
    """The page of the site."""
    return member.url("leads:site", pk=facts["site"])


SITE_ALIKE = register_kind(
    NoticeKind(
        "leads.site_alike",
        label=_("A partner registers a site that may be here already"),
        sides={STAFF},
        function="sites",
        url=site_page,
    )
)
