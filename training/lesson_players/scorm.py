"""Lessons that play a SCORM package."""

from typing import Any

from tenancy.rls import current_scope, house_scope
from training.lesson_kinds import Player, register_player
from training.models import Lesson, LessonKind
from training.scorm_addresses import Ticket, address_of, can_play, origin_of
from training.selectors.scorm import first_open, menu, package_of
from training.services.course_parts import pack_package, unpack_package
from training.services.scorm import copy_package, missing_in


def context(enrolment: Any, lesson: Lesson, progress: Any, member: Any) -> dict[str, Any]:
    """The menu of the package with how far the learner is, and where it is played; who only looks leaves no trace."""
    is_looking = enrolment is None or current_scope().read_only
    with house_scope():
        package = package_of(lesson.pk)
        rows = menu(package, enrolment) if package is not None else []
    if package is None or not can_play():
        return {"package": package}
    ticket = Ticket(lesson.manufacturer_id, lesson.pk, 0 if is_looking else enrolment.pk, member.pk)
    playing, address = first_open(rows), address_of(ticket)
    return {
        "package": package,
        "rows": [(row, f"{address}{row.activity.pk}/" if row.activity.launch else "") for row in rows],
        "playing": playing,
        "played_at": f"{address}{playing.pk}/",
        "played_origin": origin_of(ticket),
        "is_looking": is_looking,
    }


register_player(
    Player(
        LessonKind.SCORM,
        "training/portal/lessons/scorm.html",
        context=context,
        by_hand=False,
        editor="training:scorm_edit",
        ready=missing_in,
        copy=copy_package,
        pack=pack_package,
        unpack=unpack_package,
    )
)
