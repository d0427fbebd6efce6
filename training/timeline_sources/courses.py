"""Courses that people of a partner have passed, on its timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages import formats
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right
from training.functions import TRAINING
from training.models import Enrolment, EnrolmentState


def passed(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What was passed, by whom and how well."""
    rows = Enrolment.objects.filter(partner=partner_id, state=EnrolmentState.PASSED).select_related("course", "member")
    return [
        Entry(
            at=row.ended_at,
            key=row.pk,
            title=_("%(name)s has passed “%(course)s”") % {"name": row.member.name, "course": row.course},
            text="" if row.score is None else _("Score %(score)s") % {"score": formats.percent(row.score, 0)},
            url_name="training:enrolment",
            url_kwargs={"pk": row.pk},
        )
        for row in newest(rows, before, limit, at="ended_at")
        if row.ended_at is not None
    ]


register_timeline(
    TimelineSource(
        "training",
        gettext_lazy("Training"),
        "award",
        Right.TRAINING_VIEW,
        passed,
        function=TRAINING.key,
        of=Enrolment,
    )
)
