"""What a company became qualified for, and what of it has ended, on its timeline."""

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from pages import formats
from partners.functions import QUALIFICATIONS
from partners.models import Qualification
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def begun(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What the company holds or has held, by when it was written down; how it ended stands beside it."""
    rows = Qualification.objects.filter(partner=partner_id, member=None).select_related("type")
    return [
        Entry(
            at=row.created_at,
            key=row.pk,
            title=_("The company is qualified: %(qualification)s") % {"qualification": row.type},
            text=_until(row),
            url_name="partners:qualifications",
        )
        for row in newest(rows, before, limit, at="created_at")
    ]


def _until(row: Qualification) -> str:
    if row.ended_on is not None:
        day = formats.date(row.ended_on, get_language())
        return _("Ended on %(day)s: %(reason)s") % {"day": day, "reason": row.why_ended}
    if row.valid_until is not None:
        return _("Valid until %(day)s") % {"day": formats.date(row.valid_until, get_language())}
    return ""


register_timeline(
    TimelineSource(
        "qualifications",
        gettext_lazy("Qualifications"),
        "award",
        Right.PARTNERS_VIEW,
        begun,
        function=QUALIFICATIONS.key,
        of=Qualification,
    )
)
