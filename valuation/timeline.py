"""Grades on a partner's timeline."""

from django.utils.translation import gettext_lazy as _

from partners.timeline import Before, Entry, TimelineSource, day_entry, newest, register_timeline
from tenancy.rights import Right
from valuation.models import GradeChange
from valuation.wording import change_text


def grade_changes(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Steps of the partner's grade, and warnings."""
    changes = newest(
        GradeChange.objects.filter(partner_id=partner_id).select_related("from_tier", "to_tier", "by"),
        before,
        limit,
        at="day",
    )
    return [
        day_entry(
            change.day,
            change.pk,
            change_text(change),
            text=change.note,
            who=change.by.name if change.by else "",
        )
        for change in changes
    ]


register_timeline(
    TimelineSource("grades", _("Grade"), "award", Right.GRADES_VIEW, grade_changes, function="grades", of=GradeChange)
)
