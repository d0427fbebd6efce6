"""Certificates of a partner's people on its timeline."""

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from pages import formats
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right
from training.functions import TRAINING
from training.models import Certificate


def issued(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What was issued to whom; whether it was withdrawn since stands beside it."""
    rows = newest(Certificate.objects.filter(partner=partner_id), before, limit, at="created_at")
    return [
        Entry(
            at=row.created_at,
            key=row.pk,
            title=_("Certificate for %(name)s: %(course)s") % {"name": row.holder, "course": row.title},
            text=_("Withdrawn: %(reason)s") % {"reason": row.withdrawn_reason}
            if row.withdrawn_at
            else _("Valid until %(day)s") % {"day": formats.date(row.valid_until, get_language())}
            if row.valid_until
            else "",
            url_name="training:certificate",
            url_kwargs={"pk": row.pk},
        )
        for row in rows
    ]


register_timeline(
    TimelineSource(
        "certificates",
        gettext_lazy("Certificates"),
        "award",
        Right.TRAINING_VIEW,
        issued,
        function=TRAINING.key,
        of=Certificate,
    )
)
