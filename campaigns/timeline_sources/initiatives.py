"""Initiatives on the timeline of a partner that was told of them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.functions import INITIATIVES
from campaigns.models import InitiativePartner
from pages import formats
from pages.templatetags.formats import long_date
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def initiatives(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What it was asked to carry out, and what became of it."""
    rows = InitiativePartner.objects.filter(partner=partner_id, told_at__isnull=False).select_related("initiative")
    return [
        Entry(
            at=row.told_at,  # type: ignore[arg-type]  # asked for above
            key=row.pk,
            title=_("Initiative: %(name)s") % {"name": row.initiative.name},
            text=became_of(row),
            url_name="campaigns:initiative_partner",
            url_kwargs={"pk": row.initiative_id, "row": row.pk},
        )
        for row in newest(rows, before, limit, at="told_at")
    ]


def became_of(row: InitiativePartner) -> str:
    """How far it came."""
    if row.declined_at:
        return _("Declined: %(reason)s") % {"reason": row.reason}
    if row.done_at:
        return _("Carried out on %(day)s") % {"day": long_date(row.done_at)}
    return _("%(done)s of %(steps)s steps done") % {
        "done": formats.number(row.done_count),
        "steps": formats.number(row.initiative.step_count),
    }


register_timeline(
    TimelineSource(
        "initiatives",
        gettext_lazy("Initiatives"),
        "check",
        Right.CAMPAIGNS_VIEW,
        initiatives,
        function=INITIATIVES.key,
        of=InitiativePartner,
    )
)
