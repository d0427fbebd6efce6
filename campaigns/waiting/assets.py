"""Material on the home pages: what is new for a partner, what ends soon for who keeps it."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from campaigns.functions import CONTENT
from campaigns.models import Asset, AssetState
from campaigns.selectors.assets import assets_for, new_since, visit_of
from pages import formats
from pages.paging import count_up_to
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

SOON = dt.timedelta(days=14)


@register_waiting(
    side="portal",
    probe="""EXISTS (
        SELECT FROM campaigns_asset a WHERE a.changed_at > coalesce(
            (SELECT v.seen_at FROM campaigns_libraryvisit v WHERE v.member_id = %(member)s), now() - interval '30 days'
        )
    )""",
)
def new_material(member: Membership) -> list[WaitingItem]:
    """What came since the last visit to the library."""
    if not (member.can(Right.PORTAL_CONTENT) and member.has_function(CONTENT.key)):
        return []
    visit = visit_of(member)
    fresh = assets_for(member).filter(changed_at__gt=visit.seen_at if visit else new_since(None))
    newest: Asset | None = fresh.only("titles").order_by("-changed_at", "-pk").first()
    if newest is None:
        return []
    count = count_up_to(fresh)
    title = ngettext(
        "%(count)s piece of material is new for you", "%(count)s pieces of material are new for you", count
    )
    return [
        WaitingItem(
            title % {"count": formats.number(count)},
            newest.title,
            member.url("campaigns_portal:library"),
            _("Look at it"),
            count=count,
        )
    ]


@register_waiting(
    side="staff",
    probe="""EXISTS (
        SELECT FROM campaigns_asset a WHERE a.state = 'published' AND a.valid_to <= %(day)s::date + 14
        AND a.owner_id = %(member)s
    )""",
)
def ending_material(member: Membership) -> list[WaitingItem]:
    """What ends within two weeks, for who keeps it."""
    if not (member.can(Right.CONTENT_EDIT) and member.has_function(CONTENT.key)):
        return []
    ending = Asset.objects.filter(state=AssetState.PUBLISHED, owner=member, valid_to__lte=timezone.localdate() + SOON)
    return [
        WaitingItem(
            _("“%(material)s” ends soon") % {"material": asset.title},
            _("Put in a new version and another last day, or let it go"),
            member.url("campaigns:asset", pk=asset.pk),
            pgettext("action", "Open"),
            due=timezone.make_aware(dt.datetime.combine(asset.valid_to, dt.time(23, 59))) if asset.valid_to else None,
        )
        for asset in ending.order_by("valid_to", "pk")[:5]
    ]
