"""Who is in a learning programme, kept up as partners and people change; and what opens next to whom.

Chunk by chunk of partners, each one statement (`training.programme_sql`) that commits on its own together with what is told:
who dies repeats one chunk at most, and what stands already is not made a second time.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection
from django.db.models import Exists, F, JSONField, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils import timezone

from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from notices.services import tell_from
from partners.models import Activity, AgreementType, Audience, PaperType, Partner
from partners.selectors.audiences import BrokenAudienceError
from partners.selectors.permissions import may_many
from tenancy.joins import set_joins
from tenancy.models import Membership
from tenancy.rls import commit_chunk
from training import programme_sql as sql
from training.models import (
    CourseState,
    CourseVersion,
    Enrolment,
    EnrolmentSource,
    EnrolmentState,
    LearningProgramme,
    OnLeaving,
    PersonState,
    ProgrammeCourse,
    ProgrammePerson,
    ProgrammeState,
)
from training.notice_kinds.programmes import DONE, JOINED, NEXT
from training.selectors.programme_reach import EVERYWHERE, fit_sql, partners_of
from training.services.learning import end

ASSIGNING = "training.assigning"
"""The key of the job that brings programmes up to date."""
PARTNERS_AT_ONCE = 4_000


@dataclass(frozen=True)
class Assigned:
    """How many came in and left, how many courses opened (`followed`: to people who were in it), and who finished."""

    entered: int = 0
    left: int = 0
    opened: int = 0
    followed: int = 0
    finished: int = 0
    dated: int = 0
    withdrawn: int = 0

    def __add__(self, other: "Assigned") -> "Assigned":
        return Assigned(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def as_json(self) -> dict[str, int]:
        """By name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


# --- The pass ---------------------------------------------------------------------------------------------------------


class Assignment:
    """A programme with all that a pass over it needs, read once.

    members: only these are looked at, because something of theirs has ended; nobody comes in or leaves by that. Without them
    it raises BrokenAudienceError where an audience cannot be read.
    """

    def __init__(self, programme: LearningProgramme, day: dt.date, members: Iterable[int] | None = None) -> None:
        self.programme, self.day = programme, day
        self.members = None if members is None else sorted(set(members))
        self.is_over = programme.state == ProgrammeState.ENDED
        out = CourseVersion.objects.filter(course__state=CourseState.PUBLISHED, state=CourseVersion.State.PUBLISHED)
        rows = list(ProgrammeCourse.objects.filter(programme=programme).order_by("order", "pk"))
        versions = dict(out.filter(course__in=[each.course_id for each in rows]).values_list("course", "pk"))
        self.days = {each.course_id: each.days for each in rows if each.course_id in versions}
        self.versions = [versions[course] for course in self.days]
        if self.is_over or self.members is not None:
            self.partners = Partner.objects.filter(pk=0)
        else:
            audiences = Audience.objects.filter(pk__in=programme.audiences.values("audience"))
            self.partners = partners_of(programme.owner, audiences)
        self.fit, self.params = fit_sql(
            self.partners, roles=programme.roles, new_since=programme.started_at if programme.only_new else None
        )

    def run(self, first: int, last: int, *, tells: bool = True) -> Assigned:
        """Bring the partners from `first` to `last` up to date, and tell whom it concerns unless somebody else does."""
        now, looks_at_all = timezone.now(), self.members is None
        asked = self.params | {
            "programme": self.programme.pk,
            "courses": list(self.days),
            "versions": self.versions,
            "days": list(self.days.values()),
            "is_ordered": self.programme.is_ordered,
            "is_over": self.is_over,
            "is_entered": looks_at_all and self.programme.is_automatic and not self.is_over,
            "looks_at_all": looks_at_all,
            "members": self.members or [],
            "hindered": self._hindered(first, last),
            "left_reason": "",
            "now": now,
            "day": self.day,
            "first": first,
            "last": last,
        }
        if looks_at_all:
            with connection.cursor() as cursor:
                cursor.execute(sql.LOCK, asked)
        with set_joins() if looks_at_all else connection.cursor() as cursor:
            cursor.execute(sql.PASS.format(fit=self.fit), asked)
            found = Assigned(*cursor.fetchone())
        if found.left and self.programme.on_leaving == OnLeaving.TAKE_BACK:
            self._take_back(now)
        if tells:
            self._tell(found, now, first, last)
        return found

    def _hindered(self, first: int, last: int) -> list[int]:
        """The partners whose people may take no course at present, because an agreement or a paper is missing."""
        guarding = {"guards__contains": [Activity.TRAINING.value], "is_retired": False}
        if not (
            PaperType.objects.filter(is_required=True, **guarding).exists()
            or AgreementType.objects.filter(**guarding).exists()
        ):
            return []
        own = ProgrammePerson.objects.filter(
            programme=self.programme, state=PersonState.OPEN, partner__gte=first, partner__lte=last
        )
        if self.members is not None:
            own = own.filter(member__in=self.members)
        asked = set(own.order_by().values_list("partner", flat=True).distinct())
        asked |= set(self.partners.filter(pk__range=(first, last)).order_by().values_list("pk", flat=True))
        return sorted(pk for pk, permission in may_many(asked, Activity.TRAINING).items() if not permission)

    def _take_back(self, now: dt.datetime) -> None:
        """What is begun of those who have left just now, unless another programme asks for it."""
        gone = ProgrammePerson.objects.filter(programme=self.programme, state=PersonState.LEFT, ended_at=now)
        needed = ProgrammePerson.objects.filter(state=PersonState.OPEN, programme__state=ProgrammeState.RUNNING)
        begun = Enrolment.objects.filter(
            member__in=gone.values("member"),
            course__in=list(self.days),
            source=EnrolmentSource.PROGRAMME,
            state=EnrolmentState.STARTED,
        ).order_by("pk")
        kept = set(
            needed.filter(member__in=begun.order_by().values("member")).values_list(
                "member", "programme__courses__course"
            )
        )
        for each in begun:
            if (each.member_id, each.course_id) not in kept:
                end(each, EnrolmentState.WITHDRAWN)

    def _tell(self, found: Assigned, now: dt.datetime, first: int, last: int) -> None:
        programme = self.programme
        people = ProgrammePerson.objects.filter(programme=programme, partner__gte=first, partner__lte=last)
        about = {
            "programme": Value(programme.pk),
            "title": Cast(Value(programme.titles, JSONField()), JSONField()),
            "due_on": F("due_on"),
        }
        if found.entered:
            joined = people.filter(entered_at=now, state=PersonState.OPEN)
            tell_from(_told(joined, "programme-joined-", F("pk"), "-", F("since"), facts=JSONObject(**about)), JOINED)
        if found.followed:
            opened = Enrolment.objects.filter(
                course__in=list(self.days),
                partner__gte=first,
                partner__lte=last,
                source=EnrolmentSource.PROGRAMME,
                enrolled_at=now,
            ).exclude(member__in=people.filter(entered_at=now).values("member"))
            more = about | {"course": F("course_id"), "name": F("course__titles")}
            tell_from(_told(opened, "programme-next-", F("pk"), facts=JSONObject(**more)), NEXT)
        if found.finished:
            ended = people.filter(state=PersonState.DONE, ended_at=now, entered_at__lt=now)
            tell_from(_told(ended, "programme-done-", F("pk"), "-", F("done"), facts=JSONObject(**about)), DONE)


def _told(rows: QuerySet[Any], *key: Any, facts: Any) -> QuerySet[Any, Any]:
    """Recipient, key and facts, as `tell_from` takes them."""
    parts = [Value(each) if isinstance(each, str) else Cast(each, TextField()) for each in key]
    named = rows.order_by().annotate(told_key=Concat(*parts, output_field=TextField()), told_facts=facts)
    return named.values_list("member_id", "told_key", "told_facts")


def assign(programme: LearningProgramme, *, day: dt.date, progress: Progress | None = None) -> Assigned:
    """Bring one programme up to a day, chunk by chunk, each committed; of one that has ended everybody leaves.

    Safe to run again, and twice at once. An audience that cannot be read keeps everybody where they are, and the programme
    says so.
    """
    ranges, done = _ranges(), Assigned()
    if progress:
        progress.begin(len(ranges), str(programme))
    for first, last in ranges:
        locked = (
            LearningProgramme.objects.select_for_update(no_key=True, of=("self",))
            .select_related("owner__manufacturer")
            .get(pk=programme.pk)
        )
        if locked.state == ProgrammeState.DRAFT:
            break
        try:
            done += Assignment(locked, day).run(first, last)
        except BrokenAudienceError as error:
            LearningProgramme.objects.filter(pk=programme.pk).update(problem=str(error)[:300])
            return done
        commit_chunk()
        if progress:
            progress.advance(1)
    LearningProgramme.objects.filter(pk=programme.pk).update(assigned_at=timezone.now(), problem="")
    return done


def go_on(
    programme: LearningProgramme, members: Iterable[int], *, day: dt.date | None = None, tells: bool = True
) -> Assigned:
    """Something of these members' courses has ended, or they were put in by hand: open what comes next, count, and tell."""
    return Assignment(programme, day or timezone.localdate(), members).run(*EVERYWHERE, tells=tells)


def follow(enrolment: Enrolment) -> None:
    """Something of an enrolment has changed: bring its person up to date in the running programmes that have its course."""
    programmes = LearningProgramme.objects.filter(
        state=ProgrammeState.RUNNING,
        courses__course=enrolment.course_id,
        people__member=enrolment.member_id,
        people__state=PersonState.OPEN,
    )
    for programme in programmes.order_by("pk"):
        go_on(programme, [enrolment.member_id])


def _ranges() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.RANGES, {"size": PARTNERS_AT_ONCE})
        return [(first, last) for first, last in cursor.fetchall()]


# --- The job ----------------------------------------------------------------------------------------------------------


def request_assignment(programme: LearningProgramme | None = None, *, by: Membership | None = None) -> Job:
    """Have a programme brought up to date by a worker soon, or all that run; while a request waits it is the same one."""
    params = {"programme": programme.pk} if programme else {}
    return start_job(ASSIGNING, params=params, by=by, key=f"programme-{programme.pk}" if programme else "programmes")


def to_assign() -> QuerySet[LearningProgramme]:
    """What a pass at night looks at: the programmes that run, and those that have ended and still hold somebody."""
    held = ProgrammePerson.objects.filter(programme=OuterRef("pk"), state=PersonState.OPEN)
    return LearningProgramme.objects.filter(
        Q(state=ProgrammeState.RUNNING) | Q(Exists(held), state=ProgrammeState.ENDED)
    )


def run_assigning(progress: Progress) -> Mapping[str, Any]:
    """The work of a job: one programme, or all that wait for a pass. Safe to run again."""
    asked = progress.job.params.get("programme")
    rows = LearningProgramme.objects.exclude(state=ProgrammeState.DRAFT).filter(pk=asked) if asked else to_assign()
    day, done = timezone.localdate(), Assigned()
    for programme in rows.order_by("pk"):
        done += assign(programme, day=day, progress=progress)
    return done.as_json()
