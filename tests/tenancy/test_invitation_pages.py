"""Invitations: who sends them, and what their link does."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenancy.models import Invitation, Membership, User
from tenancy.rls import platform_scope
from tests.factories import PASSWORD, PartnerMemberFactory, UserFactory
from tests.tenancy.helpers import invited, stored

pytestmark = pytest.mark.django_db

# --- Staff: invitations -----------------------------------------------------------------------------------------------


def test_an_owner_invites_a_colleague(client_for: Any, owner: Any) -> None:
    response = client_for(owner).post(
        "/hanbit/users/invite/", {"email": "new@a.example", "role": "manager", "language": "ko", "assigned_only": "on"}
    )

    assert response.url == "/hanbit/users/invitations/"
    with platform_scope():
        invitation = Invitation.objects.get()
    assert (
        invitation.email,
        invitation.role,
        invitation.language,
        invitation.assigned_only,
        invitation.partner_id,
    ) == (
        "new@a.example",
        "manager",
        "ko",
        True,
        None,
    )
    assert invitation.invited_by_id == owner.pk
    assert invitation.manufacturer_id == owner.manufacturer_id


def test_a_manager_invites_people_of_partners_alone(client_for: Any, manager: Any, partner: Any) -> None:
    browser = client_for(manager)
    assert browser.get("/hanbit/users/invite/").status_code == 403
    assert browser.post("/hanbit/users/invite/", {"email": "x@a.example", "role": "owner"}).status_code == 403

    page = browser.get("/hanbit/users/invite/partner/?partner=A1")
    assert 'value="A1"' in page.content.decode()
    fields = {"partner_code": "A1", "email": "x@a.example", "language": "en"}
    assert browser.post("/hanbit/users/invite/partner/", fields | {"role": "owner"}).status_code == 200
    assert browser.post("/hanbit/users/invite/partner/", fields | {"role": "partner_admin"}).status_code == 302

    with platform_scope():
        assert [(row.partner_id, row.role) for row in Invitation.objects.all()] == [(partner.pk, "partner_admin")]


def test_another_manufacturers_partner_is_not_found_by_its_code(client_for: Any, manager: Any, stranger: Any) -> None:
    PartnerMemberFactory(manufacturer=stranger.manufacturer, partner__code="F1")
    fields = {"partner_code": "F1", "email": "x@a.example", "language": "en", "role": "partner_admin"}

    response = client_for(manager).post("/hanbit/users/invite/partner/", fields)

    assert response.context["form"].errors == {"partner_code": ["No partner has this code."]}


def test_a_wrong_invitation_form_says_what_is_wrong(client_for: Any, owner: Any, manager: Any) -> None:
    browser = client_for(owner)
    for fields, errors in [
        ({"email": "no address", "role": "analyst"}, {"email": ["Enter a valid email address."]}),
        (
            {"email": "x@a.example", "role": "emperor"},
            {"role": ["Select a valid choice. emperor is not one of the available choices."]},
        ),
        ({"email": manager.email, "role": "analyst"}, {"__all__": [f"{manager.email} has a place here already."]}),
    ]:
        response = browser.post("/hanbit/users/invite/", {"language": "en", **fields})
        assert response.context["form"].errors == errors
    with platform_scope():
        assert Invitation.objects.count() == 0


@pytest.mark.parametrize("step", ["resend", "revoke"])
def test_steps_on_invitations_by_who_may_and_who_may_not(
    step: str, client_for: Any, owner: Any, manager: Any, analyst: Any, stranger: Any, partner_admin: Any
) -> None:
    invitation, _secret = invited(owner)
    path = f"/hanbit/users/invitations/{invitation.pk}/{step}/"
    before = stored(invitation)

    assert client_for(manager).post(path).status_code == 403
    assert client_for(analyst).post(path).status_code == 403
    assert client_for(stranger).post(path).status_code == 404
    assert client_for(partner_admin).post(path).status_code == 404
    own_path = f"/hanbit/portal/colleagues/invitations/{invitation.pk}/{step}/"
    assert client_for(partner_admin).post(own_path).status_code == 404
    assert vars(stored(invitation)) | {"_state": None} == vars(before) | {"_state": None}

    assert client_for(owner).get(path).status_code == 405
    assert client_for(owner).post(path).status_code == 302
    assert (stored(invitation).revoked_at is None) == (step == "resend")
    assert (stored(invitation).secret_hash == before.secret_hash) == (step == "revoke")


# --- The link of an invitation ----------------------------------------------------------------------------------------


def test_a_new_person_accepts_and_is_signed_in(owner: Any, manufacturer: Any) -> None:
    _invitation, secret = invited(owner, name="Nam")
    browser = Client()
    path = f"/hanbit/public/invitation/{secret}/"

    page = browser.get(path)
    assert page.status_code == 200
    assert page.context["form"]["name"].value() == "Nam"
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    response = browser.post(path, {"name": "Nam", "password": "a good long one", "language": "en"})

    assert response.url == "/hanbit/"
    assert browser.get("/hanbit/users/").status_code == 200
    again = browser.post(path, {"name": "Nam", "password": "a good long one", "language": "en"})
    assert again.status_code == 410
    assert "This invitation has been used." in again.content.decode()


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "too short"),
        ("1234567890123", "entirely numeric"),
        ("password123", "too common"),
        ("new@people.example", "too similar"),
    ],
)
def test_a_weak_password_is_refused_and_the_invitation_stays_open(owner: Any, password: str, problem: str) -> None:
    invitation, secret = invited(owner)
    response = Client().post(
        f"/hanbit/public/invitation/{secret}/", {"name": "N", "password": password, "language": "en"}
    )
    assert response.status_code == 200
    assert problem in " ".join(response.context["form"].errors["password"])
    assert stored(invitation).accepted_at is None
    assert not User.objects.filter(email="new@people.example").exists()


def test_extra_fields_in_the_acceptance_give_nothing(owner: Any) -> None:
    _invitation, secret = invited(owner)
    Client().post(
        f"/hanbit/public/invitation/{secret}/",
        {
            "name": "N",
            "password": "a good long one",
            "language": "en",
            "role": "owner",
            "email": "other@a.example",
            "is_superuser": "on",
            "is_staff": "on",
            "partner": "1",
        },
    )
    user = User.objects.get(email="new@people.example")
    assert (user.is_superuser, user.is_staff) == (False, False)
    with platform_scope():
        place = Membership.objects.get(user=user)
    assert (place.role, place.partner_id) == ("analyst", None)


def test_a_known_person_signs_in_and_comes_back_to_accept(owner: Any) -> None:
    user = UserFactory(email="known@people.example")
    _invitation, secret = invited(owner, email=user.email)
    path = f"/hanbit/public/invitation/{secret}/"
    browser = Client()

    page = browser.get(path).content.decode()
    assert f"/accounts/login/?next={path}" in page
    assert "password" not in re.sub(r"<head>.*</head>", "", page, flags=re.S).lower()
    assert browser.post(path, {"name": "X", "password": "a good long one"}).url == f"/accounts/login/?next={path}"
    signed_in = browser.post(f"/accounts/login/?next={path}", {"login": user.email, "password": PASSWORD, "next": path})
    assert signed_in.url == path
    assert browser.post(path).url == "/hanbit/"


def test_somebody_else_who_is_signed_in_is_asked_first(owner: Any, stranger: Any, client_for: Any) -> None:
    invitation, secret = invited(owner)
    browser = client_for(stranger)
    path = f"/hanbit/public/invitation/{secret}/"

    page = browser.get(path).content.decode()
    assert f"You are signed in as {stranger.email}." in page
    assert "The invitation was sent to new@people.example." in page
    assert stored(invitation).accepted_at is None
    assert browser.post(path).url == "/hanbit/"
    with platform_scope():
        assert Membership.objects.filter(user_id=stranger.user_id).count() == 2


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"expires_at": timezone.now()}, "This invitation has ended."),
        ({"revoked_at": timezone.now()}, "This invitation was taken back."),
        ({"accepted_at": timezone.now()}, "This invitation has been used."),
        ({"secret_hash": "0" * 64}, "This link does not work."),
    ],
)
def test_a_link_that_does_not_work_says_why(owner: Any, what: dict[str, Any], sentence: str) -> None:
    _invitation, secret = invited(owner)
    with platform_scope():
        Invitation.objects.update(**what)
    for response in (
        Client().get(f"/hanbit/public/invitation/{secret}/"),
        Client().post(f"/hanbit/public/invitation/{secret}/", {"name": "N", "password": "a good long one"}),
    ):
        assert response.status_code == 410
        assert sentence in response.content.decode()
    assert not User.objects.filter(email="new@people.example").exists()


def test_a_link_under_another_manufacturers_address_does_not_work(owner: Any, stranger: Any) -> None:
    _invitation, secret = invited(owner)
    assert Client().get(f"/tokai/public/invitation/{secret}/").status_code == 410
    assert Client().get(f"/nobody/public/invitation/{secret}/").status_code == 404
