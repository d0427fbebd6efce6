"""Who must learn what: who is put into a programme and who leaves, what opens next, and who is reminded."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from jobs.models import Job
from jobs.running import run_job
from notices.models import Notice
from partners.audiences.fields import Catalogue
from partners.models import Audience, PaperType, Partner, Stage
from partners.selectors.audiences import ReadAudience
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import CLOSED, enter, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory
from tests.tenancy.helpers import at_once
from tests.training.factories import CourseFactory, programme_of
from training.kpis import programme_rows as kpi_rows
from training.models import (
    Course,
    Enrolment,
    EnrolmentState,
    Exemption,
    LearningProgramme,
    Lesson,
    PersonState,
    ProgrammePerson,
    ProgrammeState,
)
from training.programme_templates import TEMPLATES
from training.services import enrolling, exemptions, learning, programme_assignment, programme_people, programmes
from training.services.programme_assignment import Assigned, assign
from training.services.programme_reminders import remind_all
from training.services.programmes import ProgrammeError
from training.tasks.programmes import assign_programmes, remind_of_programmes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul")]
DAY = dt.date(2026, 3, 2)


def after(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


@pytest.fixture
def house(owner: Membership) -> Iterator[None]:
    with staff_scope(owner.manufacturer_id):
        yield


@pytest.fixture
def first(owner: Membership) -> Course:
    return CourseFactory(manufacturer=owner.manufacturer, titles={"en": "First"}, lessons=1)


@pytest.fixture
def second(owner: Membership) -> Course:
    return CourseFactory(manufacturer=owner.manufacturer, titles={"en": "Second"}, lessons=1)


def joined(owner: Membership, partner: Any, **options: Any) -> Membership:
    """Somebody new, made outside the house's scope, in which nobody reads users."""
    with enter(CLOSED):
        return PartnerMemberFactory(manufacturer=owner.manufacturer, partner=partner, **options)


def audience_of(owner: Membership, *codes: str) -> Audience:
    rules = [{"field": "code", "test": "is", "value": code} for code in codes]
    return Audience.objects.create(
        name=f"Partners {' '.join(codes)}", owner=owner, definition={"op": "any", "rules": rules}
    )


def people(programme: LearningProgramme) -> dict[tuple[int, str], tuple[int, dt.date | None]]:
    """Person and state: courses done, and the day that is due."""
    rows = ProgrammePerson.objects.filter(programme=programme)
    return {(each.member_id, each.state): (each.done, each.due_on) for each in rows}


def taken(course: Course) -> dict[int, tuple[str, dt.date | None, str]]:
    """Who takes it: state, day and how it came; of several times the last."""
    rows = Enrolment.objects.filter(course=course).order_by("enrolled_at", "pk")
    return {each.member_id: (each.state, each.due_on, each.source) for each in rows}


def told(member: Membership) -> list[str]:
    kinds = Notice.objects.filter(recipient=member).order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("training.") for kind in kinds]


def finish(member: Membership, course: Course) -> None:
    enrolment = Enrolment.objects.get(member=member, course=course, state__in=["enrolled", "started"])
    for lesson in Lesson.objects.filter(version=enrolment.version_id):
        learning.finish_lesson(enrolment, lesson)


def test_who_fits_is_put_in_once_and_gets_the_first_course(
    owner: Membership,
    partner_admin: Membership,
    rep: Membership,
    sibling_rep: Membership,
    first: Course,
    second: Course,
    house: None,
) -> None:
    gone = joined(owner, rep.partner, is_active=False)
    programme = programme_of(owner, [first, second], audiences=[audience_of(owner, "A1")])
    assert assign(programme, day=DAY) == Assigned(entered=2, opened=2)
    fits = {partner_admin.pk, rep.pk}
    assert people(programme) == {(pk, "open"): (0, after(30)) for pk in fits}
    assert taken(first) == {pk: ("enrolled", after(30), "programme") for pk in fits}
    assert taken(second) == {}
    assert assign(programme, day=after(1)) == Assigned()
    assert taken(first) == {pk: ("enrolled", after(30), "programme") for pk in fits}
    assert (told(rep), told(sibling_rep), told(gone)) == (["programme_joined"], [], [])
    notice = Notice.objects.get(recipient=rep)
    assert notice.facts == {"programme": programme.pk, "title": programme.titles, "due_on": "2026-04-01"}


@pytest.mark.parametrize(("on_leaving", "begun"), [("keep", "started"), ("take_back", "withdrawn")])
def test_who_no_longer_fits_leaves_and_who_now_fits_comes_in(
    owner: Membership, partner_admin: Membership, rep: Membership, sibling_rep: Membership, first: Course,
    on_leaving: str, begun: str, house: None,
) -> None:  # fmt: skip
    audience = audience_of(owner, "A1")
    programme = programme_of(owner, [first], audiences=[audience], on_leaving=on_leaving)
    assign(programme, day=DAY)
    learning.open_lesson(Enrolment.objects.get(member=rep), Lesson.objects.get())
    moved = audience_of(owner, "B1")
    Audience.objects.filter(pk=audience.pk).update(definition=moved.definition)
    done = assign(programme, day=after(1))
    assert (done.entered, done.left, done.withdrawn) == (1, 2, 1)
    assert set(people(programme)) == {(partner_admin.pk, "left"), (rep.pk, "left"), (sibling_rep.pk, "open")}
    assert {pk: state for pk, (state, *_more) in taken(first).items()} == {
        partner_admin.pk: "withdrawn", rep.pk: begun, sibling_rep.pk: "enrolled"
    }  # fmt: skip
    Audience.objects.filter(pk=audience.pk).update(definition=audience_of(owner, "A1", "B1").definition)
    assert assign(programme, day=after(2)).entered == 2
    assert people(programme)[partner_admin.pk, "open"] == (0, after(32))
    assert taken(first)[rep.pk][0] == ("started" if on_leaving == "keep" else "enrolled")
    assert told(partner_admin) == ["programme_joined"] * 2


def test_only_new_people_of_some_roles_at_partners_that_may_learn(
    owner: Membership, rep: Membership, partner_admin: Membership, first: Course, house: None
) -> None:
    programme = programme_of(owner, [first], only_new=True, roles=[Role.PARTNER_TECHNICIAN])
    ended = PartnerFactory(manufacturer=owner.manufacturer, stage=Stage.ENDED)
    later = timezone.now() + dt.timedelta(minutes=1)
    new = [
        joined(owner, place, role=role)
        for place, role in (
            (rep.partner, Role.PARTNER_TECHNICIAN), (rep.partner, Role.PARTNER_REP), (ended, Role.PARTNER_TECHNICIAN)
        )
    ]  # fmt: skip
    Membership.objects.filter(pk__in=[each.pk for each in new]).update(created_at=later)
    assert assign(programme, day=DAY).entered == 1
    assert set(people(programme)) == {(new[0].pk, "open")}
    PaperType.objects.create(code="tax", names={"en": "Tax"}, is_required=True, guards=["training"])
    joined(owner, rep.partner, role=Role.PARTNER_TECHNICIAN)
    Membership.objects.update(created_at=later)
    assert assign(programme, day=DAY) == Assigned()


def test_courses_come_one_after_the_other_and_what_was_passed_counts(
    owner: Membership, rep: Membership, sibling_rep: Membership, first: Course, second: Course, house: None
) -> None:
    learning.enrol(first, sibling_rep)
    finish(sibling_rep, first)
    programme = programme_of(owner, [first, second], days=10)
    assign(programme, day=DAY)
    assert people(programme) == {(rep.pk, "open"): (0, after(10)), (sibling_rep.pk, "open"): (1, after(10))}
    assert (set(taken(second)), taken(first)[rep.pk][0]) == ({sibling_rep.pk}, "enrolled")
    finish(rep, first)
    opened = Enrolment.objects.get(member=rep, course=second)
    assert opened.due_on == timezone.localdate(opened.enrolled_at) + dt.timedelta(days=10)
    assert people(programme)[rep.pk, "open"] == (1, opened.due_on)
    finish(rep, second)
    assert people(programme)[rep.pk, "done"] == (2, None)
    assert told(rep) == ["programme_joined", "passed", "programme_next", "passed", "programme_done"]
    third = CourseFactory(manufacturer=owner.manufacturer, lessons=1)
    programmes.save_programme(programme, audiences=[], courses=[(first, 10), (second, 10), (third, 5)])
    assign(programme, day=DAY)
    assert people(programme)[rep.pk, "open"] == (2, after(5))


def test_in_any_order_all_courses_open_and_who_has_all_is_done(
    owner: Membership, rep: Membership, sibling_rep: Membership, first: Course, second: Course, house: None
) -> None:
    for course in (first, second):
        learning.enrol(course, sibling_rep)
        finish(sibling_rep, course)
    programme = programme_of(owner, [first, second], is_ordered=False)
    assert assign(programme, day=DAY) == Assigned(entered=2, opened=2)
    assert people(programme) == {(rep.pk, "open"): (0, after(30)), (sibling_rep.pk, "done"): (2, None)}
    assert (taken(first)[rep.pk][0], taken(second)[rep.pk][0]) == ("enrolled", "enrolled")
    assert told(sibling_rep) == ["passed", "passed"]


def test_who_fails_is_held_up_until_somebody_lets_them_in_again(
    owner: Membership, rep: Membership, first: Course, house: None
) -> None:
    programme = programme_of(owner, [first])
    assign(programme, day=DAY)
    learning.end(Enrolment.objects.get(), EnrolmentState.FAILED)
    person = ProgrammePerson.objects.get()
    assert (person.is_stuck, person.state, person.due_on) == (True, "open", after(30))
    assert assign(programme, day=after(1)) == Assigned()
    assert programme_people.let_in_again(person, by=owner) == [first]
    person.refresh_from_db()
    again = Enrolment.objects.get(state="enrolled")
    assert (person.is_stuck, person.due_on) == (False, again.due_on)
    with pytest.raises(learning.LearningError, match=r"“Programme 1” has days for it"):
        enrolling.set_due(again, None)
    enrolling.set_due(again, again.due_on + dt.timedelta(days=3))
    person.refresh_from_db()
    assert person.due_on == again.due_on + dt.timedelta(days=3)


def test_earlier_learning_is_recognised_and_exemptions_last(
    owner: Membership, rep: Membership, sibling_rep: Membership, first: Course, second: Course, house: None
) -> None:
    programme = programme_of(owner, [first, second])
    assign(programme, day=DAY)
    paper: Any = SimpleUploadedFile("diploma.pdf", b"%PDF-1.4")
    paper.checked_type = "application/pdf"
    exemptions.exempt_from(first, rep, reason="Trade school", by=owner, kind="recognised", paper=paper)
    made = Exemption.objects.get()
    assert (made.enrolment.state, made.reason, made.by_id, made.original_name) == (
        "exempt", "Trade school", owner.pk, "diploma.pdf"
    )  # fmt: skip
    assert set(taken(second)) == {rep.pk}
    with pytest.raises(learning.LearningError, match="has this course already"):
        exemptions.exempt_from(first, rep, reason="Again", by=owner)
    with pytest.raises(learning.LearningError, match="Say why"):
        exemptions.exempt_from(second, sibling_rep, reason=" ", by=owner)
    other = ProgrammePerson.objects.get(member=sibling_rep)
    programme_people.exempt_from_all(other, by=owner, reason="On leave")
    assert taken(first)[sibling_rep.pk][0] == "withdrawn"
    assert assign(programme, day=after(1)) == Assigned()
    assert people(programme)[sibling_rep.pk, "exempt"] == (0, None)
    programme_people.put_back(other, by=owner)
    assert taken(first)[sibling_rep.pk][0] == "enrolled"


def test_a_course_that_two_programmes_ask_for_stays_with_who_leaves_one(
    owner: Membership, rep: Membership, first: Course, house: None
) -> None:
    one, other = programme_of(owner, [first], days=5), programme_of(owner, [first], days=50)
    assign(one, day=DAY)
    assign(other, day=DAY)
    assert taken(first) == {rep.pk: ("enrolled", after(5), "programme")}
    programmes.finish(one, by=owner)
    one.refresh_from_db()
    assert assign(one, day=DAY) == Assigned(left=1)
    assert taken(first)[rep.pk][0] == "enrolled"
    programmes.finish(other, by=owner)
    assert assign(other, day=DAY) == Assigned(left=1, withdrawn=1)


def test_an_audience_that_cannot_be_read_keeps_everybody(
    owner: Membership, rep: Membership, first: Course, house: None
) -> None:
    audience = audience_of(owner, "A1")
    programme = programme_of(owner, [first], audiences=[audience])
    assign(programme, day=DAY)
    rule = {"field": "courses_passed", "test": "any_of", "value": ["999999"]}
    Audience.objects.filter(pk=audience.pk).update(
        definition={"op": "all", "rules": [{"field": "no_such", "test": "is", "value": "x"}, rule]}
    )
    assert assign(programme, day=after(1)) == Assigned()
    programme.refresh_from_db()
    assert "is not there any more" in programme.problem
    assert set(people(programme)) == {(rep.pk, "open")}
    with pytest.raises(ProgrammeError, match="cannot read"):
        programmes.save_programme(programme, audiences=[Audience.objects.get()], courses=[(first, 3)])


def test_each_reminder_comes_once_even_when_nights_are_missed(
    owner: Membership, manager: Membership, partner_admin: Membership, rep: Membership, first: Course, house: None
) -> None:
    Partner.objects.update(channel_manager=manager)
    programme = programme_of(owner, [first], roles=[Role.PARTNER_REP])
    assign(programme, day=DAY)
    none = {"people": 0, "admins": 0, "managers": 0}
    one = none | {"people": 1}
    assert remind_all(after(22)) == none
    assert remind_all(after(25)) == one  # the night of the seventh day before was missed
    assert remind_all(after(25)) == none
    assert remind_all(after(30)) == one
    assert remind_all(after(36)) == none
    assert remind_all(after(46)) == {"people": 1, "admins": 1, "managers": 1}  # ten nights were missed
    assert remind_all(after(47)) == none
    assert told(rep) == ["programme_joined", "programme_soon", "programme_soon", "programme_late"]
    assert (told(partner_admin), told(manager)) == (["programme_people_late"], ["programme_partners_late"])
    facts = Notice.objects.get(recipient=manager).facts
    assert (facts["count"], facts["names"]) == (1, "Seoul Agency")
    programme_people.extend(ProgrammePerson.objects.get(), timezone.localdate() + dt.timedelta(days=60))
    due = Enrolment.objects.get().due_on
    assert due is not None
    assert remind_all(due - dt.timedelta(days=7)) == one
    assert remind_all(due + dt.timedelta(days=7)) == one | {"admins": 1}
    finish(rep, first)
    assert remind_all(due + dt.timedelta(days=30)) == none


def test_reminders_of_a_short_course_do_not_begin_before_it(
    owner: Membership, rep: Membership, first: Course, house: None
) -> None:
    programme = programme_of(owner, [first], days=3, admin_after=None, manager_after=None)
    assign(programme, day=DAY)
    assert [remind_all(after(day))["people"] for day in range(5)] == [0, 0, 0, 1, 0]
    assert remind_all(after(90))["admins"] == 0


def test_at_night_a_job_assigns_what_runs_and_in_the_morning_people_are_reminded(
    owner: Membership, rep: Membership, first: Course
) -> None:
    pk = owner.manufacturer_id
    assert assign_programmes(manufacturer_id=pk) == 0
    programme_of(owner, [first], state="draft")
    programme = programme_of(owner, [first])
    assert assign_programmes(manufacturer_id=pk) == 1
    with staff_scope(pk):
        (job,) = Job.objects.filter(kind="training.assigning")
    ended = run_job(manufacturer_id=pk, job_id=job.pk)
    assert ended is not None
    assert (ended.state, ended.result["entered"], ended.done) == ("done", 1, ended.total)
    with staff_scope(pk):
        person = ProgrammePerson.objects.get()
        assert (person.programme_id, person.member_id) == (programme.pk, rep.pk)
        day = person.due_on
    assert remind_of_programmes(manufacturer_id=pk, day=str(day))["people"] == 1
    # One that has ended, and whose own job never came to its end, lets its people out the next night.
    with staff_scope(pk):
        programmes.finish(programme, by=owner)
        Job.objects.update(state="cancelled")
    assert assign_programmes(manufacturer_id=pk) == 1
    with staff_scope(pk):
        job = Job.objects.get(state="queued")
    run_job(manufacturer_id=pk, job_id=job.pk)
    with staff_scope(pk):
        assert (ProgrammePerson.objects.get().state, Enrolment.objects.get().state) == ("left", "withdrawn")
    assert assign_programmes(manufacturer_id=pk) == 0


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_repeats_nothing_and_two_at_once_do_it_once(
    owner: Membership, rep: Membership, sibling_rep: Membership, first: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk = owner.manufacturer_id
    programme = programme_of(owner, [first])
    monkeypatch.setattr(programme_assignment, "PARTNERS_AT_ONCE", 1)
    tell, calls = programme_assignment.tell_from, []

    def die(*args: Any, **kwargs: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        return tell(*args, **kwargs)

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(programme_assignment, "tell_from", die)
        with staff_scope(pk):
            assign(programme, day=DAY)
    with staff_scope(pk):
        assert set(people(programme)) == {(rep.pk, "open")}  # the first chunk stands
        assert (set(taken(first)), told(rep), told(sibling_rep)) == ({rep.pk}, ["programme_joined"], [])

    def work() -> int:
        with staff_scope(pk):
            return assign(programme, day=DAY).entered

    assert sorted(at_once(work, work)) == [0, 1]
    with staff_scope(pk):
        assert set(people(programme)) == {(rep.pk, "open"), (sibling_rep.pk, "open")}
        assert Enrolment.objects.count() == 2
        assert (told(rep), told(sibling_rep)) == (["programme_joined"], ["programme_joined"])


@pytest.mark.django_db(transaction=True)
def test_somebody_put_in_twice_at_once_is_in_it_once(owner: Membership, rep: Membership, first: Course) -> None:
    pk = owner.manufacturer_id
    programme = programme_of(owner, [first], is_automatic=False)

    def work() -> int:
        with staff_scope(pk):
            return programme_people.put_in(programme, [rep], by=owner)

    assert sorted(at_once(work, work)) == [0, 1]


def test_a_programme_is_started_with_courses_that_are_out(
    owner: Membership, first: Course, second: Course, house: None
) -> None:
    programme = programme_of(owner, [], state="draft")
    with pytest.raises(ProgrammeError, match="no course in it"):
        programmes.start(programme, by=owner)
    with pytest.raises(ProgrammeError, match="stands in it twice"):
        programmes.save_programme(programme, audiences=[], courses=[(first, 5), (first, 9)])
    programmes.save_programme(programme, audiences=[], courses=[(second, 5), (first, 9)])
    Course.objects.filter(pk=first.pk).update(state="retired")
    with pytest.raises(ProgrammeError, match="“First” is not out"):
        programmes.start(programme, by=owner)
    Course.objects.filter(pk=first.pk).update(state="published")
    read_before = LearningProgramme.objects.get(pk=programme.pk)
    read_before.titles = {"en": "Called otherwise"}
    assert programmes.start(programme, by=owner).params == {"programme": programme.pk}
    saved = programmes.save_programme(read_before, audiences=[], courses=[(second, 5), (first, 9)])
    saved.refresh_from_db()
    assert (saved.state, saved.started_at is not None, saved.title) == ("running", True, "Called otherwise")
    copied = programmes.copy(programme, by=owner)
    assert (copied.state, copied.started_at, copied.code) == (ProgrammeState.DRAFT, None, f"{programme.code}-2")
    assert list(copied.courses.values_list("course", "days")) == [(second.pk, 5), (first.pk, 9)]
    with pytest.raises(ProgrammeError, match="end it instead"):
        programmes.delete_draft(programme)
    programmes.delete_draft(copied)


@pytest.mark.parametrize("key", TEMPLATES)
def test_a_programme_begins_from_a_template_for_a_class_of_partner(
    owner: Membership, partner: Any, key: str, house: None
) -> None:
    template = TEMPLATES[key]
    for tree in (template.conditions, template.plain):
        assert ReadAudience(tree, Catalogue(owner)).problems == []
    made = programmes.from_template(template, by=owner)
    again = programmes.from_template(template, by=owner)
    assert (made.state, made.template, made.titles["ko"] != "") == ("draft", key, True)
    assert again.code == f"{made.code}-2"
    (audience,) = Audience.objects.all()
    assert {each.audiences.get().audience_id for each in (made, again)} == {audience.pk}
    reached = set(ReadAudience(audience.definition, Catalogue(owner)).partners)
    assert reached == ({partner} if key == "potential" else set())  # active, and has not bought yet


def test_figures_of_a_partner_are_asked_for_by_audiences_and_kpis(
    owner: Membership, partner: Partner, sibling: Partner, rep: Membership, partner_admin: Membership,
    sibling_rep: Membership, first: Course, second: Course, house: None,
) -> None:  # fmt: skip
    programme = programme_of(owner, [first, second], days=1)
    assign(programme, day=timezone.localdate() - dt.timedelta(days=9))
    for course in (first, second):
        finish(rep, course)
    finish(sibling_rep, first)

    def asked(**rule: Any) -> set[Partner]:
        return set(ReadAudience({"op": "all", "rules": [rule]}, Catalogue(owner)).partners)

    chosen = {"test": "any_of", "value": [str(programme.pk)]}
    assert asked(field="programme_done", **chosen) == {partner}
    assert asked(field="programme_open", **chosen) == {partner, sibling}
    assert asked(field="programme_finished_share", test="at_least", value="50") == {partner}
    assert asked(field="programme_late_share", test="at_least", value="50") == {partner}
    assert asked(field="programme_late_share", test="at_most", value="0") == {sibling}
    sql, params = kpi_rows(timezone.localdate(), 0, 2**60)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = {key: kpis for key, kpis, _facts in cursor.fetchall()}
    assert str(found[partner.pk]).replace('"', "'") in (
        "{'programmes_done': '50', 'programmes_late': '50'}", "{'programmes_late': '50', 'programmes_done': '50'}"
    )  # fmt: skip
    assert "'programmes_done': '50'" in str(found[sibling.pk]).replace('"', "'")
    Course.objects.filter(pk=second.pk).update(state="retired")
    assign(programme, day=timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = {key: kpis for key, kpis, _facts in cursor.fetchall()}
    assert "'programmes_done': '100'" in str(found[sibling.pk]).replace('"', "'")  # of the courses that are out


def test_somebody_put_in_by_hand_stays_until_taken_out(
    owner: Membership, rep: Membership, sibling_rep: Membership, first: Course, house: None
) -> None:
    programme = programme_of(owner, [first], is_automatic=False, audiences=[audience_of(owner, "A1")])
    assert assign(programme, day=DAY) == Assigned()
    assert programme_people.put_in(programme, [sibling_rep, owner], by=owner) == 1
    assert programme_people.put_in(programme, [sibling_rep], by=owner) == 0
    assert assign(programme, day=DAY) == Assigned()
    person = ProgrammePerson.objects.get()
    assert (person.member_id, person.source, person.by_id, told(sibling_rep)) == (
        sibling_rep.pk, "staff", owner.pk, ["programme_joined"]
    )  # fmt: skip
    programme_people.take_out(person)
    assert (people(programme), taken(first)[sibling_rep.pk][0]) == (
        {(sibling_rep.pk, PersonState.LEFT): (0, None)},
        "withdrawn",
    )
    Membership.objects.filter(pk=sibling_rep.pk).update(is_active=False)
    assert programme_people.put_in(programme, [sibling_rep], by=owner) == 0
