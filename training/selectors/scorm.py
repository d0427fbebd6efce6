"""What a lesson plays, and how far a learner is in it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from partners.models import STAGE_ALLOWS, Activity
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from training.functions import TRAINING
from training.models import Enrolment, EnrolmentState, ScormActivity, ScormFile, ScormLesson, ScormPackage, ScormState
from training.scorm_addresses import Ticket


@dataclass(frozen=True)
class Row:
    """An activity in the menu of a package, with how far the learner is."""

    activity: ScormActivity
    state: ScormState | None

    @property
    def is_done(self) -> bool:
        return self.state is not None and self.state.done_at is not None


@dataclass(frozen=True)
class Visit:
    """What a ticket lets somebody play. enrolment: None for who only looks."""

    member: Membership
    lesson: Any
    package: ScormPackage
    enrolment: Enrolment | None


def package_of(lesson_id: int) -> ScormPackage | None:
    """The package that a lesson plays. One query."""
    return ScormPackage.objects.filter(lessons__lesson=lesson_id).select_related("uploaded_by").first()


def menu(package: ScormPackage, enrolment: Enrolment | None = None) -> list[Row]:
    """What is in a package from top to bottom, without what is not to be shown. Two queries."""
    activities = list(package.activities.all())
    shown = [each for each in activities if each.is_visible]
    states = (
        {each.activity_id: each for each in ScormState.objects.filter(enrolment=enrolment, activity__package=package)}
        if enrolment is not None
        else {}
    )
    rows = shown if any(each.launch for each in shown) else activities
    return [Row(each, states.get(each.pk)) for each in rows]


def first_open(rows: list[Row]) -> ScormActivity:
    """Where the learner goes on: the first activity that is not done, else the first of all."""
    played = [row for row in rows if row.activity.launch]
    return next((row.activity for row in played if not row.is_done), played[0].activity)


def visit_of(ticket: Ticket) -> Visit | None:
    """What a ticket stands for, as long as its holder still has access. Three queries at most; in the house's scope."""
    member = holders(ticket).select_related("manufacturer", "partner").first()
    link = ScormLesson.objects.select_related("lesson", "package").filter(lesson=ticket.lesson).first()
    if member is None or link is None:
        return None
    enrolment = None
    if ticket.enrolment:
        enrolment = _enrolments(ticket).filter(member=member).first()
        if enrolment is None:
            return None
    return Visit(member, link.lesson, link.package, enrolment)


def file_of(ticket: Ticket, path: str) -> ScormFile | None:
    """A file of the package that a ticket's lesson plays, as long as its holder has access. One query."""
    rows = ScormFile.objects.select_related("package").filter(Exists(holders(ticket)))
    return rows.filter(package__lessons__lesson=ticket.lesson, path=path).first()


def holders(ticket: Ticket) -> QuerySet[Membership]:
    """The person a ticket was given to, for as long as the portal would show them the lesson as well: with a place, a right
    and an open portal, where training is switched on, and with the course not taken back.
    """
    rows = members_with(Right.PORTAL_TRAINING) | members_with(Right.TRAINING_VIEW)
    rows = rows.filter(
        Q(partner=None)
        | Q(partner__stage__in=[stage for stage, does in STAGE_ALLOWS.items() if Activity.PORTAL in does]),
        pk=ticket.member,
        manufacturer__is_active=True,
    )
    for level in ("manufacturer", "partner", "partner__kind"):
        rows = rows.exclude(**{f"{level}__functions_off__contains": [TRAINING.key]})
    return rows.filter(Exists(_enrolments(ticket).filter(member=OuterRef("pk")))) if ticket.enrolment else rows


def _enrolments(ticket: Ticket) -> QuerySet[Enrolment]:
    return Enrolment.objects.exclude(state=EnrolmentState.WITHDRAWN).filter(pk=ticket.enrolment)
