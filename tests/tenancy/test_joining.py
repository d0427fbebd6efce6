"""Colleagues who ask to join a partner."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from notices.models import Notice
from tenancy.models import Invitation, JoinRequest, Membership, User
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope
from tests.factories import PartnerMemberFactory
from tests.tenancy.helpers import ESCAPED, SCRIPT, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks run at once: what the worker would do a moment later."""
    from tenancy import tasks

    for task in (tasks.send_join_link, tasks.send_join_refusal, tasks.send_invitation):
        monkeypatch.setattr(task, "delay", task)


@pytest.fixture
def joinable(partner: Any) -> Any:
    with staff_scope(partner.manufacturer_id):
        partner.email_domain = "seoul-agency.example"
        partner.save()
    return partner


def test_the_answer_is_the_same_whether_the_domain_is_a_partners(eager: None, joinable: Any) -> None:
    pages = [
        Client().post("/hanbit/public/join/", {"email": email}).content.decode().replace(email, "")
        for email in ("kim@seoul-agency.example", "kim@other-agency.example")
    ]
    assert re.sub(r"csrf\S+ value=\S+", "", pages[0]) == re.sub(r"csrf\S+ value=\S+", "", pages[1])
    assert [message.to for message in mail.outbox] == [["kim@seoul-agency.example"]]


def test_a_free_mail_address_is_refused_even_if_a_partner_names_its_domain(eager: None, partner: Any) -> None:
    with staff_scope(partner.manufacturer_id):
        partner.email_domain = "naver.com"
        partner.save()
    response = Client().post("/hanbit/public/join/", {"email": "kim@Naver.com"})
    assert list(response.context["form"].errors) == ["email"]
    assert mail.outbox == []


def test_a_broker_that_is_away_is_said_alike_for_all(joinable: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kombu.exceptions import OperationalError

    from tenancy import tasks

    def away(**kwargs: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.send_join_link, "delay", away)
    for email in ("kim@seoul-agency.example", "kim@other-agency.example"):
        response = Client().post("/hanbit/public/join/", {"email": email})
        assert response.context["form"].non_field_errors() == [
            "No mail can be sent just now. Try again in a few minutes."
        ]


def join_path(email: str) -> str:
    Client().post("/hanbit/public/join/", {"email": email})
    found = re.search(r"http://[^/]+(/hanbit/public/join/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_a_colleague_asks_and_is_approved(
    eager: None, joinable: Any, partner_admin: Any, client_for: Any, django_capture_on_commit_callbacks: Any
) -> None:
    path = join_path("Kim@Seoul-Agency.example")
    assert Client().get(path).status_code == 200
    with platform_scope():
        assert JoinRequest.objects.count() == 0  # opening the link is not asking: mail scanners do that

    fields = {"name": SCRIPT, "message": SCRIPT, "partner": joinable.pk}
    assert Client().post(path, fields).status_code == 200
    assert Client().post(path, fields).status_code == 200
    with platform_scope():
        request = JoinRequest.objects.get()
    assert (request.email, request.partner_id, request.state) == ("kim@seoul-agency.example", joinable.pk, "waiting")

    with platform_scope():
        assert [(notice.recipient_id, notice.kind) for notice in Notice.objects.all()] == [
            (partner_admin.pk, "notices.join_requested")
        ]
    admin = client_for(partner_admin)
    assert f"{ESCAPED} asks to join Seoul Agency" in admin.get("/hanbit/portal/notices/").content.decode()
    page = admin.get("/hanbit/portal/colleagues/").content.decode()
    assert SCRIPT not in page
    assert "1 person asks to join you" in page
    approve = f"/hanbit/portal/colleagues/requests/{request.pk}/approve/"
    assert admin.post(approve, {"role": "owner"}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(approve, {"role": "partner_rep"}).status_code == 302
    assert admin.post(approve, {"role": "partner_rep"}).status_code == 404
    assert stored(request).state == "approved"
    assert stored(request).decided_by_id == partner_admin.pk
    assert mail.outbox[-1].to == ["kim@seoul-agency.example"]

    link = re.search(r"http://[^/]+(/hanbit/public/invitation/\S+)", str(mail.outbox[-1].body))
    assert link
    browser = Client()
    answer = browser.post(link[1], {"name": "Kim", "password": "a good long one", "language": "en"})
    assert answer.url == "/hanbit/portal/"
    with platform_scope():
        place = Membership.objects.get(email="kim@seoul-agency.example")
    assert (place.partner_id, place.role) == (joinable.pk, "partner_rep")


def test_without_an_admin_who_looks_after_the_partner_is_told(
    eager: None, joinable: Any, owner: Any, manager: Any, rep: Any
) -> None:
    def told(email: str) -> list[int]:
        Client().post(join_path(email), {"name": "Kim", "partner": joinable.pk})
        with platform_scope():
            return list(Notice.objects.filter(facts__email=email).values_list("recipient_id", flat=True))

    assert told("first@seoul-agency.example") == [owner.pk]
    with staff_scope(joinable.manufacturer_id):
        type(joinable).objects.filter(pk=joinable.pk).update(channel_manager=manager)
    assert told("second@seoul-agency.example") == [manager.pk]


def test_a_refusal_is_told_by_mail_once(
    eager: None, joinable: Any, partner_admin: Any, client_for: Any, django_capture_on_commit_callbacks: Any
) -> None:
    Client().post(join_path("kim@seoul-agency.example"), {"name": "Kim", "partner": joinable.pk})
    with platform_scope():
        request = JoinRequest.objects.get()
    path = f"/hanbit/portal/colleagues/requests/{request.pk}/refuse/"
    with django_capture_on_commit_callbacks(execute=True):
        assert client_for(partner_admin).post(path).status_code == 302
        assert client_for(partner_admin).post(path).status_code == 404

    assert [message.subject for message in mail.outbox[1:]] == ["Your request for access to Hanbit"]
    assert stored(request).mail_sent_at is not None
    with platform_scope():
        assert Invitation.objects.count() == 0


def test_requests_are_seen_and_decided_by_the_own_partner_and_by_staff(
    eager: None, joinable: Any, rep: Any, sibling: Any, manager: Any, analyst: Any, stranger: Any, client_for: Any
) -> None:
    sibling_admin = PartnerMemberFactory(manufacturer=manager.manufacturer, partner=sibling, role=Role.PARTNER_ADMIN)
    Client().post(join_path("kim@seoul-agency.example"), {"name": "Kim", "partner": joinable.pk})
    with platform_scope():
        request = JoinRequest.objects.get()
    for member, status in [(rep, 403), (sibling_admin, 404), (manager, 404), (stranger, 404)]:
        for step in ("approve", "refuse"):
            path = f"/hanbit/portal/colleagues/requests/{request.pk}/{step}/"
            assert client_for(member).post(path, {"role": "partner_rep"}).status_code == status
    for member, status in [(analyst, 403), (stranger, 404), (sibling_admin, 404)]:
        path = f"/hanbit/users/requests/{request.pk}/refuse/"
        assert client_for(member).post(path).status_code == status
    assert stored(request).state == "waiting"
    assert (
        client_for(manager).post(f"/hanbit/users/requests/{request.pk}/approve/", {"role": "partner_rep"}).status_code
        == 302
    )
    assert stored(request).state == "approved"


def test_a_join_link_is_of_one_manufacturer_ends_and_cannot_be_made_up(
    eager: None, joinable: Any, stranger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = join_path("kim@seoul-agency.example")
    assert Client().get(path.replace("/hanbit/", "/tokai/")).status_code == 410
    assert Client().get(path[:-6] + "XXXXX/").status_code == 410
    import time

    real = time.time
    monkeypatch.setattr("django.core.signing.time.time", lambda: real() + 24 * 3600 + 1)
    late = Client().get(path)
    assert late.status_code == 410
    assert "This link has ended." in late.content.decode()


def test_of_several_partners_with_one_domain_the_person_chooses(eager: None, joinable: Any, sibling: Any) -> None:
    with staff_scope(joinable.manufacturer_id):
        type(sibling).objects.filter(pk=sibling.pk).update(email_domain="seoul-agency.example")
    foreign = PartnerMemberFactory(partner__email_domain="seoul-agency.example").partner
    path = join_path("kim@seoul-agency.example")

    assert Client().post(path, {"name": "Kim", "partner": foreign.pk}).status_code == 200
    with platform_scope():
        assert JoinRequest.objects.count() == 0
    Client().post(path, {"name": "Kim", "partner": sibling.pk})
    with platform_scope():
        assert [request.partner_id for request in JoinRequest.objects.all()] == [sibling.pk]


def test_who_has_a_place_is_sent_to_sign_in(eager: None, joinable: Any, rep: Any) -> None:
    User.objects.filter(pk=rep.user_id).update(email="kim@seoul-agency.example")
    response = Client().post(join_path("kim@seoul-agency.example"), {"name": "Kim", "partner": joinable.pk})
    assert response.status_code == 410
    assert "You have a place here already." in response.content.decode()
