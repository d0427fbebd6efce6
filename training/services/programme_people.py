"""Somebody in a learning programme by hand: put in, taken out, exempt, given more time, let in again."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.services import tell_from
from partners.models import Activity, Partner
from partners.selectors.permissions import may
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope
from tenancy.selectors import members_with
from training.models import (
    OPEN_ENROLMENTS,
    Course,
    Enrolment,
    EnrolmentSource,
    EnrolmentState,
    LearningProgramme,
    PersonSource,
    PersonState,
    ProgrammeCourse,
    ProgrammePerson,
    ProgrammeState,
)
from training.notice_kinds.programmes import JOINED
from training.selectors.programmes import is_offered_to
from training.services.enrolling import MOST_AT_ONCE
from training.services.learning import LearningError, end, enrol
from training.services.programme_assignment import go_on


class PersonError(DomainError):
    """A step that somebody in a programme cannot take now."""


def put_in_colleagues(programme: LearningProgramme, people: Iterable[Membership], *, by: Membership) -> int:
    """The partner's admin puts own people into a programme that is offered to the partner; returns how many are new."""
    with transaction.atomic(), house_scope():
        programme = LearningProgramme.objects.select_related("owner__manufacturer").get(pk=programme.pk)
        if by.partner_id is None or not is_offered_to(programme, by.partner_id):
            raise PersonError(_("“%(programme)s” is not offered to your company.") % {"programme": programme})
        own = [person for person in people if person.partner_id == by.partner_id]
        return put_in(programme, own, by=by, source=PersonSource.PARTNER)


@transaction.atomic
def put_in(
    programme: LearningProgramme, people: Iterable[Membership], *, by: Membership, source: str = PersonSource.STAFF
) -> int:
    """Put people in by hand, open their first courses and tell them; who is in it stays. Returns how many are new."""
    programme = (
        LearningProgramme.objects.select_for_update(no_key=True, of=("self",))
        .select_related("owner__manufacturer")
        .get(pk=programme.pk)
    )
    if not programme.is_running:
        raise PersonError(_("Only a programme that runs takes people in."))
    asked = list(people)[:MOST_AT_ONCE]
    learners = set(
        members_with(Right.PORTAL_TRAINING)
        .filter(pk__in=[person.pk for person in asked], partner__isnull=False)
        .values_list("pk", flat=True)
    )
    day, now = timezone.localdate(), timezone.now()
    there = {
        person.member_id: person
        for person in ProgrammePerson.objects.select_for_update(no_key=True).filter(
            programme=programme, member__in=learners
        )
    }
    new = []
    for partner in Partner.objects.filter(pk__in={each.partner_id for each in asked if each.pk in learners}):
        if not may(partner, Activity.TRAINING):
            raise PersonError(_("The partner's people take no courses at present."))
    for member in asked:
        person = there.get(member.pk)
        if member.pk not in learners or (person is not None and person.state != PersonState.LEFT):
            continue
        if person is None:
            person = ProgrammePerson(programme=programme, partner=member.partner, member=member)
        person.state, person.source, person.by, person.since, person.entered_at = PersonState.OPEN, source, by, day, now
        person.ended_at, person.reason, person.done, person.due_on, person.is_stuck = None, "", 0, None, False
        new.append(person)
    for person in new:
        person.save()
    go_on(programme, [person.member_id for person in new], day=day, tells=False)
    told = ProgrammePerson.objects.filter(pk__in=[person.pk for person in new], state=PersonState.OPEN)
    tell_from(
        [
            (
                person.member_id,
                f"programme-joined-{person.pk}-{person.since}",
                {"programme": programme.pk, "title": programme.titles, "due_on": person.due_on},
            )
            for person in told
        ],
        JOINED,
    )
    return len(new)


@transaction.atomic
def take_out(person: ProgrammePerson, *, reason: str = "") -> None:
    """Somebody who was put in by hand leaves; who fits the conditions would be back the next night: exempt them instead."""
    person = _locked(person)
    if not person.is_open:
        raise PersonError(_("%(name)s is not in it any more.") % {"name": person.member.name})
    if person.source == PersonSource.AUTO:
        raise PersonError(
            _("%(name)s is in it by its conditions. Exempt them from it instead.") % {"name": person.member.name}
        )
    _leave(person, PersonState.LEFT, reason)


@transaction.atomic
def exempt_from_all(person: ProgrammePerson, *, by: Membership, reason: str) -> None:
    """Somebody need not learn by the programme at all, for good: its courses that are not begun are taken back."""
    person = _locked(person)
    if not reason.strip():
        raise PersonError(_("Say why: the reason stays with the exemption."))
    if not person.is_open:
        raise PersonError(_("%(name)s is not learning by it at present.") % {"name": person.member.name})
    person.by = by
    _leave(person, PersonState.EXEMPT, reason)


@transaction.atomic
def put_back(person: ProgrammePerson, *, by: Membership) -> None:
    """Somebody who was exempt from a programme learns by it again."""
    person = _locked(person)
    if person.state != PersonState.EXEMPT:
        raise PersonError(_("%(name)s is not exempt.") % {"name": person.member.name})
    if not person.programme.is_running:
        raise PersonError(_("Only a programme that runs takes people in."))
    person.state, person.by, person.ended_at, person.reason = PersonState.OPEN, by, None, ""
    person.since, person.entered_at = timezone.localdate(), timezone.now()
    person.save(update_fields=["state", "by", "ended_at", "reason", "since", "entered_at"])
    go_on(person.programme, [person.member_id])


@transaction.atomic
def extend(person: ProgrammePerson, due_on: dt.date) -> None:
    """Another day by which the courses at hand are due."""
    own = Enrolment.objects.filter(
        member=person.member_id,
        course__in=ProgrammeCourse.objects.filter(programme=person.programme_id).values("course"),
        state__in=OPEN_ENROLMENTS,
    )
    # Who ends a course holds its enrolment and then the person: in the same order here.
    held = [each.pk for each in own.select_for_update(no_key=True).order_by("pk")]
    person = _locked(person)
    if not person.is_open or not Enrolment.objects.filter(pk__in=held).update(due_on=due_on):
        raise PersonError(_("%(name)s has no course of it open.") % {"name": person.member.name})
    person.due_on, person.due_from = due_on, timezone.localdate()
    person.save(update_fields=["due_on", "due_from"])


@transaction.atomic
def let_in_again(person: ProgrammePerson, *, by: Membership) -> list[Course]:
    """Open the courses again that somebody has failed or that were taken back from them; they have the days of the
    programme from today. Returns the courses."""
    person = _locked(person)
    if not person.is_open or not person.is_stuck:
        raise PersonError(_("%(name)s is not held up.") % {"name": person.member.name})
    opened = []
    own = Enrolment.objects.filter(member=person.member_id)
    for each in person.programme.courses.select_related("course"):
        taken = own.filter(course=each.course_id)
        if taken.filter(state__in=[*OPEN_ENROLMENTS, EnrolmentState.PASSED, EnrolmentState.EXEMPT]).exists():
            continue
        if not taken.filter(enrolled_at__gte=person.entered_at).exists():
            continue
        due_on = timezone.localdate() + dt.timedelta(days=each.days)
        try:
            enrol(each.course, person.member, source=EnrolmentSource.PROGRAMME, by=by, due_on=due_on)
        except LearningError as error:
            raise PersonError(str(error)) from error
        opened.append(each.course)
    go_on(person.programme, [person.member_id])
    return opened


def _leave(person: ProgrammePerson, state: str, reason: str) -> None:
    person.state, person.ended_at, person.reason = state, timezone.now(), reason.strip()
    person.due_on, person.is_stuck = None, False
    person.save(update_fields=["state", "ended_at", "reason", "due_on", "is_stuck", "by"])
    for enrolment in _not_begun(person):
        end(enrolment, EnrolmentState.WITHDRAWN, reason=reason.strip())


def _not_begun(person: ProgrammePerson) -> QuerySet[Enrolment]:
    """What the programme has opened and no other one of the person asks for."""
    others = ProgrammePerson.objects.filter(
        member=person.member_id, state=PersonState.OPEN, programme__state=ProgrammeState.RUNNING
    ).exclude(pk=person.pk)
    return Enrolment.objects.filter(
        member=person.member_id,
        course__in=person.programme.courses.values("course"),
        source=EnrolmentSource.PROGRAMME,
        state=EnrolmentState.ENROLLED,
    ).exclude(course__in=others.values("programme__courses__course"))


def _locked(person: ProgrammePerson) -> ProgrammePerson:
    rows = ProgrammePerson.objects.select_related("programme__owner__manufacturer", "member__partner")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
