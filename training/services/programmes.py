"""Learning programmes: written, started, ended; begun from a template for a class of partner."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import Job
from partners.audiences.fields import Catalogue
from partners.models import Audience
from partners.selectors.audiences import ReadAudience
from partners.services.audiences import save_audience
from tenancy.errors import DomainError
from tenancy.models import Membership
from training.models import Course, CourseState, LearningProgramme, ProgrammeAudience, ProgrammeCourse, ProgrammeState
from training.programme_templates import Template
from training.services.programme_assignment import request_assignment

MOST_COURSES = 20
WRITTEN = (
    "titles", "summaries", "code", "owner", "is_automatic", "is_offered", "roles", "only_new", "is_ordered", "on_leaving",
    "reminders", "admin_after", "manager_after",
)  # fmt: skip
"""What people write of a programme; how it stands is kept by its steps and by the pass over it."""


class ProgrammeError(DomainError):
    """A step that a learning programme cannot take now."""


@transaction.atomic
def save_programme(
    programme: LearningProgramme, *, audiences: Iterable[Audience], courses: Sequence[tuple[Course, int]]
) -> LearningProgramme:
    """Keep a programme with its audiences and its courses in their order, each with its days.

    What is `WRITTEN` is kept alone: a programme that was started since it was read stays started. One that runs is brought up
    to date by a worker. ProgrammeError says what does not fit together.
    """
    is_new = programme._state.adding
    if not is_new:
        held = _locked(programme)
        if held.state == ProgrammeState.ENDED:
            raise ProgrammeError(_("The programme has ended: nothing of it changes any more."))
        for name in WRITTEN:
            setattr(held, name, getattr(programme, name))
        programme = held
    chosen = list({audience.pk: audience for audience in audiences}.values())
    catalogue = Catalogue(programme.owner)
    for audience in chosen:
        if ReadAudience(audience.definition, catalogue).problems:
            raise ProgrammeError(
                _("%(name)s cannot read “%(audience)s”: choose another audience, or somebody else as responsible.")
                % {"name": programme.owner.name, "audience": audience}
            )
    if len({course.pk for course, _days in courses}) != len(courses):
        raise ProgrammeError(_("A course stands in it twice. Take one of them out."))
    if not (programme.is_automatic or programme.is_offered):
        raise ProgrammeError(
            _("Say how people come in: by themselves where they fit, by their partner admin, or both.")
        )
    if programme.is_running and not courses:
        raise ProgrammeError(_("A programme that runs needs a course. End it if nobody is to learn by it any more."))
    programme.save(update_fields=None if is_new else [*WRITTEN, "updated_at"])
    programme.audiences.exclude(audience__in=chosen).delete()
    there = set(programme.audiences.values_list("audience", flat=True))
    ProgrammeAudience.objects.bulk_create(
        [ProgrammeAudience(programme=programme, audience=each) for each in chosen if each.pk not in there]
    )
    programme.courses.exclude(course__in=[course for course, _days in courses]).delete()
    ProgrammeCourse.objects.bulk_create(
        [
            ProgrammeCourse(programme=programme, course=course, order=place, days=days)
            for place, (course, days) in enumerate(courses)
        ],
        update_conflicts=True,
        unique_fields=["manufacturer", "programme", "course"],
        update_fields=["order", "days"],
    )
    if programme.is_running:
        request_assignment(programme)
    return programme


@transaction.atomic
def start(programme: LearningProgramme, *, by: Membership) -> Job:
    """Let a programme run: a worker puts in who fits and opens their first courses. ProgrammeError says what is missing."""
    programme = _locked(programme)
    if programme.state != ProgrammeState.DRAFT:
        raise ProgrammeError(_("It has been started already."))
    courses = Course.objects.filter(pk__in=programme.courses.values("course"))
    if not courses:
        raise ProgrammeError(_("There is no course in it yet: choose the first one."))
    closed = courses.exclude(state=CourseState.PUBLISHED).order_by("pk").first()
    if closed is not None:
        raise ProgrammeError(_("“%(course)s” is not out. Publish it first, or take it out.") % {"course": closed})
    programme.state, programme.started_at = ProgrammeState.RUNNING, timezone.now()
    programme.save(update_fields=["state", "started_at", "updated_at"])
    return request_assignment(programme, by=by)


@transaction.atomic
def finish(programme: LearningProgramme, *, by: Membership) -> Job:
    """End a programme: a worker lets out who is still in it; what they have passed stays."""
    programme = _locked(programme)
    if programme.state != ProgrammeState.RUNNING:
        raise ProgrammeError(_("Only a programme that runs can be ended."))
    programme.state, programme.ended_at = ProgrammeState.ENDED, timezone.now()
    programme.save(update_fields=["state", "ended_at", "updated_at"])
    return request_assignment(programme, by=by)


def assign_now(programme: LearningProgramme, *, by: Membership) -> Job:
    """Have a worker bring a programme up to date at once, rather than at night."""
    if not programme.is_running:
        raise ProgrammeError(_("Only a programme that runs is assigned."))
    return request_assignment(programme, by=by)


@transaction.atomic
def delete_draft(programme: LearningProgramme) -> None:
    """Throw away a programme that never ran."""
    programme = _locked(programme)
    if programme.state != ProgrammeState.DRAFT:
        raise ProgrammeError(_("People have learned by it: end it instead."))
    programme.delete()


@transaction.atomic
def copy(programme: LearningProgramme, *, by: Membership) -> LearningProgramme:
    """A draft with the same courses, audiences and rules."""
    source = LearningProgramme.objects.get(pk=programme.pk)
    made = LearningProgramme.objects.get(pk=programme.pk)
    made.pk, made.code, made.owner, made.state = None, free_code(source.code), by, ProgrammeState.DRAFT
    made.started_at = made.ended_at = made.assigned_at = None
    made.problem, made.created_at, made._state.adding = "", timezone.now(), True
    made.save(force_insert=True)
    ProgrammeAudience.objects.bulk_create(
        [ProgrammeAudience(programme=made, audience_id=each.audience_id) for each in source.audiences.order_by("pk")]
    )
    ProgrammeCourse.objects.bulk_create(
        [
            ProgrammeCourse(programme=made, course_id=each.course_id, order=each.order, days=each.days)
            for each in source.courses.all()
        ]
    )
    return made


def free_code(wanted: str) -> str:
    """This code, or with the first number that nobody has."""
    taken = set(LearningProgramme.objects.filter(code__startswith=wanted[:34]).values_list("code", flat=True))
    if wanted not in taken:
        return wanted
    return next(code for number in range(2, 100_000) if (code := f"{wanted[:34]}-{number}") not in taken)


@transaction.atomic
def from_template(template: Template, *, by: Membership) -> LearningProgramme:
    """A draft for a class of partner, with its audience; the one of that name that the member has is taken again."""
    titles, summaries = template.texts(by.manufacturer.languages or ["en"])
    name = template.audience_name()
    audience = Audience.objects.filter(owner=by, name=name, is_archived=False).first()
    if audience is None:
        definition = template.definition(Catalogue(by))
        audience = save_audience(Audience(name=name, description=str(template.explanation)[:500]), definition, by=by)
    programme = LearningProgramme.objects.create(
        code=free_code(template.code),
        titles=titles,
        summaries=summaries,
        owner=by,
        template=template.key,
        roles=list(template.roles),
        is_offered=template.is_offered,
        reminders=list(template.reminders),
    )
    ProgrammeAudience.objects.create(programme=programme, audience=audience)
    return programme


def _locked(programme: LearningProgramme) -> LearningProgramme:
    return LearningProgramme.objects.select_for_update(no_key=True, of=("self",)).get(pk=programme.pk)
