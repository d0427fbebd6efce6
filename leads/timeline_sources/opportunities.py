"""Opportunities on a partner's timeline: opened, and brought to another stage."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.functions import LEADS
from leads.models import OpportunityMove
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def moves(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Each move, with what it was worth."""
    rows = OpportunityMove.objects.filter(partner_id=partner_id).select_related("opportunity", "from_stage", "to_stage")
    return [
        Entry(
            at=move.at,
            key=move.pk,
            title=move.opportunity.name,
            text=_("Opened at “%(stage)s”") % {"stage": move.to_stage}
            if move.from_stage is None
            else f"{move.from_stage} → {move.to_stage}",
            who=move.by_name,
            url_name="leads:opportunity",
            url_kwargs={"pk": move.opportunity_id},
        )
        for move in newest(rows, before, limit, at="at")
    ]


register_timeline(
    TimelineSource(
        "opportunities",
        gettext_lazy("Opportunities"),
        "check",
        Right.LEADS_VIEW,
        moves,
        function=LEADS.key,
        of=OpportunityMove,
    )
)
