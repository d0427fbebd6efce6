"""Sites whose stage has fallen behind the calendar."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.functions import SITES
from leads.models import Site, SiteStage
from leads.selectors.sites import sites_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

MOST = 3
BEHIND_SQL = """(
    stage = 'specified' AND tender_on < %(day)s OR stage IN ('specified', 'tender') AND starts_on < %(day)s
    OR stage IN ('started', 'installing') AND finishes_on < %(day)s
)"""


def behind(sites: QuerySet[Site], day: dt.date) -> QuerySet[Site]:
    """Those that should have come further by a day: tender, start or end lies before it."""
    return sites.filter(
        Q(stage=SiteStage.SPECIFIED, tender_on__lt=day)
        | Q(stage__in=[SiteStage.SPECIFIED, SiteStage.TENDER], starts_on__lt=day)
        | Q(stage__in=[SiteStage.STARTED, SiteStage.INSTALLING], finishes_on__lt=day)
    )


def items(member: Membership, sites: QuerySet[Site], page: str) -> list[WaitingItem]:
    """Each that has fallen behind, the one that is worth most attention (the oldest stage) first."""
    found = behind(sites, timezone.localdate()).order_by("stage_since", "pk")
    return [
        WaitingItem(
            _("Is %(site)s still at “%(stage)s”?") % {"site": site, "stage": site.get_stage_display()},
            _("By its dates it should have come further."),
            member.url(page, pk=site.pk),
            _("Bring it up to date"),
        )
        for site in found[:MOST]
    ]


@register_waiting(
    side="portal",
    probe=f"EXISTS (SELECT FROM leads_site WHERE registered_by_id = %(partner)s AND merged_into_id IS NULL AND {BEHIND_SQL})",
)
def own_sites(member: Membership) -> list[WaitingItem]:
    """Sites that the partner registered."""
    if not member.can(Right.PORTAL_LEADS_WORK) or not member.has_function(SITES.key):
        return []
    return items(member, sites_for(member).filter(registered_by=member.partner_id), "leads_portal:site")


@register_waiting(
    side="staff",
    probe=f"EXISTS (SELECT FROM leads_site WHERE owner_id = %(member)s AND merged_into_id IS NULL AND {BEHIND_SQL})",
)
def sites_looked_after(member: Membership) -> list[WaitingItem]:
    """Sites that the member is responsible for."""
    if not member.can(Right.SITES_EDIT) or not member.has_function(SITES.key):
        return []
    return items(member, sites_for(member).filter(owner=member), "leads:site")
