"""Pages of learning programmes, on both sides."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import Audience, Partner
from partners.timeline import Before
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory
from tests.training.factories import CourseFactory, programme_of
from training.models import Course, Enrolment, EnrolmentState, LearningProgramme, ProgrammePerson
from training.partner_panels.programmes import programmes_of
from training.search_sources.programmes import find_programmes
from training.selectors.programmes import partner_rows
from training.services import learning
from training.services.programme_assignment import assign
from training.timeline_sources.programmes import finished
from training.views.staff import bulk
from training.waiting.programmes import held_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul")]
SignIn = Callable[[Membership], Client]
LIST = "/hanbit/training/programmes/"


@pytest.fixture
def courses(owner: Membership) -> list[Course]:
    return [CourseFactory(manufacturer=owner.manufacturer, titles={"en": name}, lessons=1) for name in ("One", "Two")]


def given(courses: list[Course], owner: Membership, **more: Any) -> dict[str, Any]:
    """What the form sends: the second course before the first."""
    return {
        "titles_en": "Basics", "code": "BASICS", "owner": owner.pk, "is_automatic": "on", "is_ordered": "on",
        "on_leaving": "keep", "reminders": "7, -7, 0", "admin_after": "7", "manager_after": "14",
        "course_0": courses[0].pk, "place_0": "2", "days_0": "20",
        "course_1": courses[1].pk, "place_1": "1", "days_1": "10",
    } | more  # fmt: skip


def test_a_programme_is_written_previewed_and_started(
    owner: Membership, rep: Membership, sibling_rep: Membership, courses: list[Course], client_for: SignIn
) -> None:
    client = client_for(owner)
    with staff_scope(owner.manufacturer_id):
        rule = {"field": "code", "test": "is", "value": "A1"}
        audience = Audience.objects.create(name="Seoul", owner=owner, definition={"op": "all", "rules": [rule]})
    sent = given(courses, owner, audiences=[audience.pk])
    preview = client.get(f"{LIST}preview/", sent).content.decode()
    assert preview == "It reaches 1 person at 1 partner now."
    refused = client.post(f"{LIST}add/", sent | {"manager_after": "3", "reminders": "soon"}).content.decode()
    assert "not before" in refused
    assert "such as -7, 0, 7" in refused
    page = client.post(f"{LIST}add/", sent)["Location"]
    with staff_scope(owner.manufacturer_id):
        programme = LearningProgramme.objects.get()
        assert (programme.reminders, programme.state) == ([-7, 0, 7], "draft")
        assert list(programme.courses.values_list("course", "days")) == [(courses[1].pk, 10), (courses[0].pk, 20)]
    assert page == f"{LIST}{programme.pk}/"
    client.post(f"{page}step/", {"step": "start"})
    with staff_scope(owner.manufacturer_id):
        assign(programme, day=timezone.localdate())
    assert "0 of 1 person has finished" in client.get(page).content.decode()


def test_a_class_of_partner_is_begun_with_one_button(owner: Membership, client_for: SignIn) -> None:
    client = client_for(owner)
    page = client.get(f"{LIST}new/").content.decode()
    assert page.count('name="template"') == 3
    edit = client.post(f"{LIST}new/", {"template": "at_risk"})["Location"]
    assert "AT-RISK" in client.get(edit).content.decode()
    assert client.post(f"{LIST}new/", {"template": "nothing"}).status_code == 404


def test_managers_of_some_partners_see_and_decide_of_their_people_only(
    owner: Membership, manager: Membership, rep: Membership, sibling: Partner, sibling_rep: Membership,
    courses: list[Course], client_for: SignIn,
) -> None:  # fmt: skip
    programme = programme_of(owner, courses)
    with staff_scope(owner.manufacturer_id):
        Membership.objects.filter(pk=manager.pk).update(assigned_only=True)
        Partner.objects.filter(pk=sibling.pk).update(channel_manager=manager)
        assign(programme, day=timezone.localdate() - dt.timedelta(days=40))
        mine, other = (ProgrammePerson.objects.get(member=each) for each in (sibling_rep, rep))
    client = client_for(manager)
    page = f"{LIST}{programme.pk}/"
    shown = client.get(page).content.decode()
    assert "0 of 1 person has finished, 1 person is late" in shown
    assert (sibling_rep.name in shown, rep.name in shown) == (True, False)
    listed = client.get(f"{page}people/?stands=late").content.decode()
    assert (sibling_rep.name in listed, rep.name in listed) == (True, False)
    steps = "/hanbit/training/programme-people/"
    assert [client.get(f"{steps}{each.pk}/").status_code for each in (mine, other)] == [200, 404]
    bulk = {"do": "exempt", "everything": "1", "confirmed": "1"}
    client.post(f"{page}people/", bulk | {"reason": " "})
    client.post(f"{steps}{other.pk}/step/", {"step": "exempt", "reason": "No"})
    with staff_scope(owner.manufacturer_id):
        assert not ProgrammePerson.objects.exclude(state="open").exists()
    client.post(f"{page}people/", bulk | {"reason": "Master fitters"})
    with staff_scope(owner.manufacturer_id):
        states = dict(ProgrammePerson.objects.values_list("member", "state"))
    assert states == {sibling_rep.pk: "exempt", rep.pk: "open"}
    assert client.post(f"{page}step/", {"step": "finish"}).status_code == 403


def test_partner_by_partner_it_is_told_how_far_their_people_are(
    owner: Membership, manager: Membership, partner: Partner, rep: Membership, partner_admin: Membership,
    sibling: Partner, sibling_rep: Membership, courses: list[Course], client_for: SignIn,
) -> None:  # fmt: skip
    programme = programme_of(owner, courses[:1])
    with staff_scope(owner.manufacturer_id):
        Membership.objects.filter(pk=manager.pk).update(assigned_only=True)
        Partner.objects.filter(pk=sibling.pk).update(channel_manager=manager)
        assign(programme, day=timezone.localdate() - dt.timedelta(days=40))
        for member in (rep, sibling_rep):
            learning.end(Enrolment.objects.get(member=member), EnrolmentState.PASSED)
        found = {row.pk: row for row in partner_rows(programme, owner)}
        ours, theirs = found[partner.pk], found[sibling.pk]
        assert (ours.learning, ours.late, ours.stuck, ours.finished, ours.exempt, ours.share) == (1, 1, 0, 1, 0, 50)
        assert (theirs.learning, theirs.late, theirs.finished, theirs.share) == (0, 0, 1, 100)
    page = f"{LIST}{programme.pk}/partners/"
    shown = client_for(owner).get(f"{page}?sort=-late").content.decode()
    assert shown.index(partner.name) < shown.index(sibling.name)
    assert f"{LIST}{programme.pk}/people/?q={partner.code}" in shown
    for stands, here in (("late", (True, False)), ("open", (True, False)), ("done", (False, True))):
        listed = client_for(owner).get(f"{page}?stands={stands}").content.decode()
        assert (partner.name in listed, sibling.name in listed) == here, stands
    own = client_for(manager).get(page).content.decode()
    assert (partner.name in own, sibling.name in own) == (False, True)


def test_who_sees_some_partners_writes_own_programmes_only(
    owner: Membership, courses: list[Course], client_for: SignIn
) -> None:
    trainer: Membership = MembershipFactory(manufacturer=owner.manufacturer, role=Role.TRAINER, assigned_only=True)
    programme = programme_of(owner, courses)
    client = client_for(trainer)
    page, sent = f"{LIST}{programme.pk}/", given(courses, owner)
    shown = client.get(page).content.decode()
    assert [f'value="{step}"' in shown for step in ("copy", "finish", "assign")] == [True, False, False]
    assert client.get(f"{page}edit/").status_code == 404
    assert client.get(f"{page}preview/", sent).status_code == 404
    assert client.post(f"{page}edit/", sent).status_code == 404
    assert {client.post(f"{page}step/", {"step": each}).status_code for each in ("finish", "assign", "start")} == {404}
    assert client.post(f"{LIST}add/", sent).status_code == 200  # somebody else cannot be chosen as responsible
    made = client.post(f"{LIST}add/", sent | {"owner": trainer.pk})["Location"]
    assert client.post(f"{made}step/", {"step": "start"}).status_code == 302
    with staff_scope(owner.manufacturer_id):
        states = LearningProgramme.objects.order_by("pk").values_list("owner", "state")
        assert list(states) == [(owner.pk, "running"), (trainer.pk, "running")]


def test_more_people_than_go_at_once_are_refused_and_stay(
    owner: Membership, rep: Membership, sibling_rep: Membership, courses: list[Course], client_for: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    programme = programme_of(owner, courses)
    with staff_scope(owner.manufacturer_id):
        assign(programme, day=timezone.localdate())
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    sent = {"do": "exempt", "everything": "1", "confirmed": "1", "reason": "Master fitters"}
    answer = client_for(owner).post(f"{LIST}{programme.pk}/people/", sent, follow=True).content.decode()
    assert "At most 1 people at once" in answer
    with staff_scope(owner.manufacturer_id):
        assert set(ProgrammePerson.objects.values_list("state", flat=True)) == {"open"}


def test_an_admin_puts_own_people_into_what_is_offered(
    owner: Membership, partner_admin: Membership, rep: Membership, sibling_rep: Membership, courses: list[Course],
    client_for: SignIn,
) -> None:  # fmt: skip
    offered = programme_of(owner, courses, is_automatic=False, is_offered=True, titles={"en": "Offered"})
    closed = programme_of(owner, courses, is_automatic=False, titles={"en": "Closed"})
    with staff_scope(owner.manufacturer_id):
        Course.objects.update(is_open=False)
    client = client_for(partner_admin)
    listed = client.get("/hanbit/portal/learning/team/programmes/").content.decode()
    assert ("Offered" in listed, "Closed" in listed) == (True, False)
    page = f"/hanbit/portal/learning/team/programmes/{offered.pk}/"
    assert client.post(page.replace(str(offered.pk), str(closed.pk))).status_code == 404
    client.post(page, {"people": [rep.pk, sibling_rep.pk]})
    with staff_scope(owner.manufacturer_id):
        assert not ProgrammePerson.objects.exists()
    client.post(page, {"people": [rep.pk]})
    with staff_scope(owner.manufacturer_id):
        person = ProgrammePerson.objects.get()
        assert (person.member_id, person.source, person.by_id) == (rep.pk, "partner", partner_admin.pk)
        assert Enrolment.objects.get().course_id == courses[0].pk
    own = client_for(rep)
    shown = own.get("/hanbit/portal/learning/").content.decode()
    assert "Offered" in shown
    assert "Two" in shown  # the course to come, though it is open to nobody by itself
    assert own.get(f"/hanbit/portal/learning/programmes/{offered.pk}/").status_code == 200
    assert own.get(page).status_code == 403
    other = client_for(sibling_rep)
    assert other.get(f"/hanbit/portal/learning/programmes/{offered.pk}/").status_code == 404
    assert "Offered" not in other.get("/hanbit/portal/learning/").content.decode()


def test_an_admin_of_many_people_looks_for_who_is_to_be_put_in(
    owner: Membership,
    courses: list[Course],
    partner_admin: Membership,
    rep: Membership,
    client_for: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offered = programme_of(owner, courses, is_offered=True)
    client, page = client_for(partner_admin), f"/hanbit/portal/learning/team/programmes/{offered.pk}/"
    assert 'name="q"' not in client.get(page).content.decode()
    monkeypatch.setattr("training.views.portal.team.COLLEAGUES_SHOWN", 1)
    first = client.get(page).content.decode()
    assert ('name="q"' in first, first.count('name="people"')) == (True, 1)
    assert "The first 1 are shown; search more narrowly for others." in first
    found = client.get(page, {"q": rep.name}).content.decode()
    assert re.findall(r'name="people" value="(\d+)"', found) == [str(rep.pk)]
    nobody = client.get(page, {"q": "nobody at all"}).content.decode()
    assert ('name="q"' in nobody, "All of your people are in it already" in nobody) == (True, False)
    client.post(f"{page}?q=nobody", {"people": [rep.pk]})
    with staff_scope(owner.manufacturer_id):
        assert list(ProgrammePerson.objects.values_list("member", flat=True)) == [rep.pk]
    assert rep.name not in re.findall(r'name="people".*?</label>', client.get(page).content.decode(), re.DOTALL)


def test_what_goes_on_in_programmes_is_told_where_partners_are_looked_after(
    owner: Membership, partner: Partner, sibling: Partner, rep: Membership, sibling_rep: Membership,
    courses: list[Course],
) -> None:  # fmt: skip
    programme = programme_of(owner, courses[:1], titles={"en": "Walls"})
    with staff_scope(owner.manufacturer_id):
        assign(programme, day=timezone.localdate())
        ended = {each.member_id: each for each in Enrolment.objects.all()}
        learning.end(ended[rep.pk], EnrolmentState.PASSED)
        learning.end(ended[sibling_rep.pk], EnrolmentState.FAILED)
        told = [entry.title for entry in finished(partner.pk, Before(), 5)]
        assert told == [f"{rep.name} has finished the learning programme “Walls”"]
        assert finished(sibling.pk, Before(), 5) == []
        assert [item.title for item in held_up(owner)] == ["1 person is held up in a learning programme"]
        assert [found.title for found in find_programmes(owner, "wal", 5)] == ["Walls"]
        panel = programmes_of(owner, partner)
        assert panel is not None
        assert [(row["title"], row["people"], row["finished"]) for row in panel["rows"]] == [("Walls", 1, 1)]
        assert programmes_of(owner, PartnerFactory(manufacturer=owner.manufacturer)) is None


def test_pages_ask_as_much_for_few_as_for_many(
    owner: Membership, partner: Partner, partner_admin: Membership, rep: Membership, courses: list[Course],
    client_for: SignIn,
) -> None:  # fmt: skip
    main = programme_of(owner, courses, is_offered=True)
    pages = (
        (client_for(owner), LIST),
        (client_for(owner), f"{LIST}{main.pk}/"),
        (client_for(owner), f"{LIST}{main.pk}/partners/"),
        (client_for(owner), f"{LIST}{main.pk}/people/"),
        (client_for(rep), "/hanbit/portal/learning/"),
        (client_for(partner_admin), "/hanbit/portal/learning/team/programmes/"),
        (client_for(partner_admin), f"/hanbit/portal/learning/team/programmes/{main.pk}/"),
    )

    def asked() -> list[int]:
        counts = []
        for client, url in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts.append(len(queries))
        return counts

    def more(count: int) -> None:
        for _each in range(count):
            made = programme_of(owner, courses, is_offered=True)
            PartnerMemberFactory(manufacturer=owner.manufacturer, partner=partner, role=Role.PARTNER_TECHNICIAN)
            PartnerMemberFactory(manufacturer=owner.manufacturer)
            with staff_scope(owner.manufacturer_id):
                for programme in (main, made):
                    assign(programme, day=timezone.localdate() - dt.timedelta(days=60))

    more(1)
    asked()
    few = asked()
    more(4)
    assert asked() == few
