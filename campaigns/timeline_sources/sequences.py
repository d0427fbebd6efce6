"""When a partner entered a sequence, on its timeline; what it was sent stands there by itself."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.functions import CAMPAIGNS
from campaigns.models import EntrantState, SequenceEntrant
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def entries(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Each time it entered one, with how it went."""
    rows = SequenceEntrant.objects.filter(partner=partner_id).select_related("sequence")
    return [
        Entry(
            at=row.entered_at,
            key=row.pk,
            title=""
            if row.state == EntrantState.HELD
            else _("Entered the sequence “%(sequence)s”") % {"sequence": row.sequence.name},
            text=" · ".join(filter(None, [str(row.get_state_display()), row.reason and str(row.get_reason_display())])),
            url_name="campaigns:sequence",
            url_kwargs={"pk": row.sequence_id},
        )
        for row in newest(rows, before, limit, at="entered_at")
    ]


register_timeline(
    TimelineSource(
        "sequences",
        gettext_lazy("Sequences"),
        "target",
        Right.CAMPAIGNS_VIEW,
        entries,
        function=CAMPAIGNS.key,
        of=SequenceEntrant,
    )
)
