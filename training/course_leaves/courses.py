"""What is taught, the versions of it, who takes it, and how it came here."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tenancy.history import history_of
from tenancy.models import Membership
from tenancy.rights import Right
from training.leaves import Leaf, register_leaf
from training.lesson_kinds import playable_kinds
from training.models import Course, CourseVersion, LearningProgramme, LessonKind, ProgrammeState
from training.selectors import courses as reading
from training.selectors.learning import outline
from training.services.courses import missing_before_publishing

CHANGES_SHOWN = 30


def content_of(member: Membership, course: Course, query: QueryDict) -> dict[str, Any]:
    """The draft, to be changed; without one, or where it is asked for, the version that is out."""
    versions = list(course.versions.all())
    asked = query.get("version", "")
    version = next((each for each in versions if str(each.number) == asked), versions[0])
    is_draft = version.state == CourseVersion.State.DRAFT
    can_write = member.can(Right.TRAINING_EDIT)
    modules = [(module, [step.lesson for step in steps]) for module, steps in outline(version)]
    return {
        "version": version,
        "modules": modules,
        "minutes": sum(lesson.minutes for _module, lessons in modules for lesson in lessons),
        "lesson_count": sum(len(lessons) for _module, lessons in modules),
        "can_change": is_draft and can_write,
        "can_begin": can_write and not any(each.state == CourseVersion.State.DRAFT for each in versions),
        "programmes": LearningProgramme.objects.filter(courses__course=course)
        .exclude(state=ProgrammeState.ENDED)
        .order_by("code", "pk"),
        "kinds": [(kind.value, kind.label) for kind in LessonKind if kind in playable_kinds()],
    }


def versions_of(member: Membership, course: Course, query: QueryDict) -> dict[str, Any]:
    """All versions, with what the draft lacks."""
    versions = list(reading.versions_of(course, member))
    draft = next((each for each in versions if each.state == CourseVersion.State.DRAFT), None)
    return {
        "versions": versions,
        "missing": missing_before_publishing(draft) if draft else [],
    }


def history(member: Membership, course: Course, query: QueryDict) -> dict[str, Any]:
    """Who changed what about the course."""
    return {"changes": history_of(course, limit=CHANGES_SHOWN)}


register_leaf(Leaf("content", _("Content"), "training/staff/leaves/content.html", content_of, order=10))
register_leaf(Leaf("versions", _("Versions"), "training/staff/leaves/versions.html", versions_of, order=20))
register_leaf(Leaf("people", _("People"), url_name="training:course_people", order=30))
register_leaf(Leaf("history", _("History"), "training/staff/leaves/history.html", history, order=90))
