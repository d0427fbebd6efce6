"""Learning programmes of the demo: one for new people, one for partners that grow, one for partners at risk."""

import datetime as dt
from typing import Any

from django.db.models import F
from django.utils import timezone

from partners.audiences.fields import Catalogue
from partners.models import Audience
from partners.services.audiences import save_audience
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right, Role
from tenancy.selectors import members_with
from training.models import (
    Course,
    CourseState,
    Enrolment,
    EnrolmentSource,
    EnrolmentState,
    LearningProgramme,
    LessonProgress,
    PersonState,
    ProgrammeAudience,
    ProgrammeCourse,
    ProgrammePerson,
    ProgrammeState,
)
from training.programme_templates import TEMPLATES
from training.selectors.programme_reach import partners_of

MOST_PEOPLE = 90
"""In each programme, so that its pages are quick to look at."""

# Key of the template, code, titles and summaries where they are its own, courses with their days, days since the start,
# options.
PROGRAMMES: dict[str, list[dict[str, Any]]] = {
    "hanbit": [
        {
            "code": "NEW-BASICS",
            "titles": {"ko": "신규 인력 기본 과정", "en": "Basics for new people"},
            "summaries": {
                "ko": "현장 안전, 제품 지식, 리드 응대까지. 첫 두 달 안에 마칩니다.",
                "en": "Safety, the product and leads, within the first two months.",
            },
            "audience": {"ko": "영업 중인 파트너", "en": "Active partners"},
            "conditions": {"op": "all", "rules": [{"field": "stage", "test": "any_of", "value": ["active"]}]},
            "courses": [("SAFE-001", 14), ("PROD-201", 21), ("SALE-110", 21)],
            "ago": 40,
            "is_offered": True,
        },
        {
            "template": "possible",
            "code": "GROW-2026",
            "courses": [("PROD-201", 30), ("INST-101", 30)],
            "ago": 26,
            "roles": [Role.PARTNER_REP, Role.PARTNER_ADMIN],
        },
        {
            "template": "at_risk",
            "code": "RESTART",
            "courses": [("PROD-201", 14), ("SALE-110", 21)],
            "ago": 19,
        },
        {"template": "potential", "code": "WELCOME", "courses": [("SAFE-001", 14), ("PROD-201", 21)], "ago": None},
    ],
    "tokai": [
        {
            "code": "SHOP-BASICS",
            "titles": {"ja": "販売店スタッフ基礎プログラム", "en": "Basics for shop staff"},
            "summaries": {
                "ja": "電池の安全、整備の基礎、試乗から成約まで。",
                "en": "Battery safety, service basics and selling.",
            },
            "audience": {"ja": "取引中の販売店", "en": "Active dealers"},
            "conditions": {"op": "all", "rules": [{"field": "stage", "test": "any_of", "value": ["active"]}]},
            "courses": [("BAT-050", 14), ("EB-101", 30), ("SELL-020", 30)],
            "ago": 33,
            "is_offered": True,
        },
        {"template": "at_risk", "code": "RESTART", "courses": [("SELL-020", 21)], "ago": 16},
        {"template": "possible", "code": "GROW", "courses": [("EB-101", 30), ("SELL-020", 30)], "ago": 12},
    ],
}
# How far people are, in turn: courses done, whether the next is begun, days until it is due.
STANDS: tuple[tuple[int, bool, int], ...] = (
    (9, False, 0), (1, True, 9), (0, True, 4), (9, False, 0), (1, False, 16), (0, True, -3), (9, False, 0), (2, True, 12),
    (0, False, -9), (1, True, 7), (9, False, 0), (0, True, 2),
)  # fmt: skip


def tell_learning_programmes(manufacturer: Manufacturer) -> None:
    """Some that run with people at all stages, and one that is still written."""
    if manufacturer.slug not in PROGRAMMES or LearningProgramme.objects.exists():
        return
    staff = Membership.objects.filter(partner=None, is_active=True).select_related("manufacturer")
    trainer = staff.filter(role=Role.TRAINER).order_by("pk").first() or staff.filter(role=Role.OWNER).first()
    known = {course.code: course for course in Course.objects.filter(state=CourseState.PUBLISHED)}
    if trainer is None or not known:
        return
    for number, told in enumerate(PROGRAMMES[manufacturer.slug]):
        courses = [(known[code], days) for code, days in told["courses"] if code in known]
        programme = _make(told, trainer, courses)
        if programme.is_running:
            _fill(programme, courses, number)


def _make(told: dict[str, Any], trainer: Membership, courses: list[tuple[Course, int]]) -> LearningProgramme:
    template = TEMPLATES.get(told.get("template", ""))
    languages = trainer.manufacturer.languages or ["en"]
    titles, summaries = template.texts(languages) if template else (told["titles"], told["summaries"])
    started = None if told["ago"] is None else timezone.now() - dt.timedelta(days=told["ago"])
    programme = LearningProgramme.objects.create(
        code=told["code"],
        titles=titles,
        summaries=summaries,
        owner=trainer,
        template=template.key if template else "",
        roles=[str(role) for role in told.get("roles", [])],
        is_offered=told.get("is_offered", False),
        state=ProgrammeState.DRAFT if started is None else ProgrammeState.RUNNING,
        started_at=started,
        assigned_at=started,
    )
    language = languages[0]
    name = titles[language] if template else told["audience"].get(language, told["audience"]["en"])
    definition = template.definition(Catalogue(trainer)) if template else told["conditions"]
    audience = Audience.objects.filter(owner=trainer, name=name, is_archived=False).first()
    if audience is None:
        audience = save_audience(Audience(name=name, is_shared=True), definition, by=trainer)
    ProgrammeAudience.objects.create(programme=programme, audience=audience)
    ProgrammeCourse.objects.bulk_create(
        [
            ProgrammeCourse(programme=programme, course=course, order=place, days=days)
            for place, (course, days) in enumerate(courses)
        ]
    )
    return programme


def _fill(programme: LearningProgramme, courses: list[tuple[Course, int]], number: int) -> None:
    """People of the partners in its audience with what they have learned by it, as the nights since would have left it."""
    partners = partners_of(programme.owner, [each.audience for each in programme.audiences.select_related("audience")])
    learners = members_with(Right.PORTAL_TRAINING).filter(partner__in=partners.order_by().values("pk"))
    if programme.roles:
        learners = learners.filter(role__in=programme.roles)
    members = list(learners.select_related("partner").order_by("pk")[number * 7 : number * 7 + MOST_PEOPLE])
    versions = {course.pk: course.versions.get(state="published") for course, _days in courses}
    taken = {
        (member, course): state
        for member, course, state in Enrolment.objects.filter(member__in=members).values_list(
            "member", "course", "state"
        )
    }
    today, started = timezone.localdate(), programme.started_at or timezone.now()
    enrolments: list[Enrolment] = []
    for place, member in enumerate(members):
        steps, begins, due = STANDS[(place + number) % len(STANDS)]
        _learn(
            programme,
            member,
            courses,
            versions,
            taken,
            enrolments,
            (steps, begins, today + dt.timedelta(days=due)),
            started,
        )
    made = Enrolment.objects.bulk_create(enrolments)
    _progress(made)
    people = []
    states = {
        (member, course): (state, due_on)
        for member, course, state, due_on in Enrolment.objects.filter(
            member__in=members, course__in=versions
        ).values_list("member", "course", "state", "due_on")
    }
    for member in members:
        own = [states.get((member.pk, course.pk)) for course, _days in courses]
        done = sum(each is not None and each[0] in ("passed", "exempt") for each in own)
        due_on = next((each[1] for each in own if each is not None and each[0] in ("enrolled", "started")), None)
        is_done = done == len(courses)
        people.append(
            ProgrammePerson(
                programme=programme,
                partner=member.partner,
                member=member,
                state=PersonState.DONE if is_done else PersonState.OPEN,
                since=timezone.localdate(started),
                entered_at=started,
                done=done,
                due_on=None if is_done else due_on,
                due_from=timezone.localdate(started),
                ended_at=timezone.now() - dt.timedelta(days=2 + member.pk % 9) if is_done else None,
            )
        )
    ProgrammePerson.objects.bulk_create(people)
    ProgrammePerson.objects.filter(programme=programme, due_on__lt=today).update(
        reminded=0, reminded_for=F("due_on"), reminded_at=timezone.now() - dt.timedelta(days=1)
    )


def _learn(
    programme: LearningProgramme, member: Membership, courses: list[tuple[Course, int]], versions: dict[int, Any],
    taken: dict[tuple[int, int], str], enrolments: list[Enrolment], stand: tuple[int, bool, dt.date],
    started: dt.datetime,
) -> None:  # fmt: skip
    """The enrolments of one person up to the course at hand; what there is of other programmes counts."""
    steps, begins, due_on = stand
    now = timezone.now()
    for place, (course, _days) in enumerate(courses):
        state = taken.get((member.pk, course.pk))
        if state in (EnrolmentState.PASSED, EnrolmentState.EXEMPT):
            continue
        if state is not None:
            Enrolment.objects.filter(member=member, course=course, due_on=None).update(due_on=due_on)
            return
        is_passed, version = place < steps, versions[course.pk]
        at = started + dt.timedelta(days=3 + 5 * place, hours=member.pk % 9)
        ended = min(at + dt.timedelta(days=4), now - dt.timedelta(days=1))
        is_begun = is_passed or begins
        done = version.lesson_count if is_passed else version.lesson_count // 2 if begins else 0
        enrolments.append(
            Enrolment(
                course=course,
                version=version,
                partner=member.partner,
                member=member,
                source=EnrolmentSource.PROGRAMME,
                state=EnrolmentState.PASSED
                if is_passed
                else EnrolmentState.STARTED
                if begins
                else EnrolmentState.ENROLLED,
                enrolled_at=min(at, now - dt.timedelta(days=2)),
                due_on=due_on,
                started_at=min(at, now - dt.timedelta(days=2)) if is_begun else None,
                seen_at=ended if is_begun else None,
                ended_at=ended if is_passed else None,
                done=done,
                seconds=260 * done,
            )
        )
        taken[member.pk, course.pk] = EnrolmentState.PASSED if is_passed else EnrolmentState.ENROLLED
        if not is_passed:
            return


def _progress(enrolments: list[Enrolment]) -> None:
    """The lessons behind it."""
    lessons = {version.pk: list(version.lessons.all()) for version in {each.version for each in enrolments}}
    rows = [
        LessonProgress(
            enrolment=each,
            lesson=lesson,
            partner_id=each.partner_id,
            started_at=each.started_at,
            seen_at=each.seen_at or each.started_at,
            done_at=each.seen_at,
            seconds=60 * lesson.minutes,
        )
        for each in enrolments
        for lesson in lessons[each.version_id][: each.done]
        if each.started_at is not None
    ]
    LessonProgress.objects.bulk_create(rows)
