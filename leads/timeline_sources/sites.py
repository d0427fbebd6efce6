"""Sites that a partner registered, and channel conflicts that it has part in, on its timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.functions import DEALS, SITES
from leads.models import ConflictCase, Site
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def sites(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What it registered, each with the stage it is at; one that went into another is none of its own."""
    rows = Site.objects.filter(registered_by=partner_id)
    return [
        Entry(
            at=site.created_at,
            key=site.pk,
            title=_("Site %(name)s") % {"name": site} if site.merged_into_id is None else "",
            text=" · ".join(part for part in (site.get_stage_display(), site.place) if part),
            url_name="leads:site",
            url_kwargs={"pk": site.pk},
        )
        for site in newest(rows, before, limit, at="created_at")
    ]


def conflicts(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Cases on either side of which it stands, with where they stand and what was decided."""
    found = [
        *newest(ConflictCase.objects.filter(partner=partner_id), before, limit, at="opened_at"),
        *newest(ConflictCase.objects.filter(other=partner_id), before, limit, at="opened_at"),
    ]
    found.sort(key=lambda case: (case.opened_at, case.pk), reverse=True)
    return [
        Entry(
            at=case.opened_at,
            key=case.pk,
            title=_("Channel conflict %(reference)s: %(kind)s")
            % {"reference": case.reference, "kind": case.get_kind_display()},
            text=" · ".join(
                part for part in (case.get_state_display(), case.get_outcome_display() if case.outcome else "") if part
            ),
            url_name="leads:conflict",
            url_kwargs={"pk": case.pk},
        )
        for case in found[:limit]
    ]


register_timeline(
    TimelineSource(
        "sites",
        gettext_lazy("Sites"),
        "pin",
        Right.LEADS_VIEW,
        sites,
        function=SITES.key,
        of=Site,
        columns=("registered_by_id",),
    )
)
register_timeline(
    TimelineSource(
        "conflicts",
        gettext_lazy("Channel conflicts"),
        "alert",
        Right.CONFLICTS,
        conflicts,
        function=DEALS.key,
        of=ConflictCase,
        columns=("partner_id", "other_id"),
    )
)
