"""Django admin: for platform administrators alone, over all manufacturers; each of its pages opens."""

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from notices.models import Delivery, Preference
from prm_portal.schedules import create_missing_schedules
from tenancy.models import Invitation, JoinRequest, Manufacturer, Membership, Sharing, User
from tenancy.rights import Role
from tenancy.rls import as_owner, platform_scope, staff_scope
from tenancy.tasks import send_invitation
from tests import factories
from tests.factories import PASSWORD, PartnerFactory, UserFactory
from tests.tenancy.helpers import invited, stored

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture(autouse=True)
def _schedules(db: None) -> None:
    """As after every migrate; a test that committed has emptied all tables."""
    with as_owner():
        create_missing_schedules()


@pytest.fixture
def platform(db: None) -> Client:
    """The browser of a platform administrator."""
    client = Client()
    client.force_login(UserFactory(email="admin@prm.example", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def filled(owner: Membership, rep: Membership, sibling: Any, stranger: Membership) -> None:
    """At least one row of most kinds, of two manufacturers."""
    manufacturer = owner.manufacturer
    factories.SpecialisationFactory(manufacturer=manufacturer)
    factories.CustomFieldFactory(manufacturer=manufacturer)
    factories.ProductFactory(manufacturer=manufacturer)
    factories.ExchangeRateFactory(manufacturer=manufacturer)
    notice = factories.NoticeFactory(manufacturer=manufacturer, recipient=rep, partner=rep.partner)
    PartnerFactory(manufacturer=stranger.manufacturer)
    invited(owner)
    CrontabSchedule.objects.get_or_create(minute="0", hour="3")
    TOTP.activate(rep.user, "JBSWY3DPEHPK3PXP")
    Client().post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    with staff_scope(manufacturer.pk):
        Delivery.objects.create(notice=notice, channel="email")
        Preference.objects.create(member=rep, kind="job_done", channel="email", mode="off")
        JoinRequest.objects.create(partner=rep.partner, email="j@a.example", name="J")
        Sharing.objects.create(partner=sibling, above=rep.partner, data_kind="sales", agreed_by=rep)
        for name, values in OTHERS.items():
            model = next(model for model in MODELS if model._meta.label == name)
            model._default_manager.create(**values)


OTHERS: dict[str, dict[str, Any]] = {
    "jobs.Job": {"kind": "import"},
    "jobs.ImportFile": {"kind": "partners", "original_name": "a.csv", "size": 1, "file": "imports/a.csv"},
    "jobs.ImportMapping": {"kind": "partners", "headers_hash": "0" * 64},
    "valuation.Programme": {"code": "main", "effective_from": dt.date(2026, 1, 1)},
    "valuation.GradeRun": {"day": dt.date(2026, 6, 30)},
}


WITHOUT_ROWS = {
    "commerce.SalesMonth",
    "django_celery_beat.ClockedSchedule",
    "django_celery_beat.SolarSchedule",
    "notices.QuietHours",
    "tenancy.SavedView",
    "valuation.Grade",
    "valuation.GradeChange",
    "valuation.ProgrammeKpi",
    "valuation.Tier",
    "valuation.TierRequirement",
}
"""Kinds of rows that this test does not make; their lists open all the same."""


def opened(model: type[models.Model], platform: Client) -> tuple[dict[str, int], dict[str, int]]:
    """What the pages of a model answer, and what they should."""
    listed = platform.get(address(model, "changelist"), {"q": "a"})
    may_add = admin.site._registry[model].has_add_permission(listed.wsgi_request)
    answers = {
        "searched": listed.status_code,
        "list": platform.get(address(model, "changelist")).status_code,
        "add": platform.get(address(model, "add")).status_code,
    }
    wanted = {"searched": 200, "list": 200, "add": 200 if may_add else 403}
    with platform_scope():
        row = model._default_manager.first()
    if row is not None:
        answers |= {page: platform.get(address(model, page, row.pk)).status_code for page in ("change", "history")}
    if model._meta.label not in WITHOUT_ROWS:
        wanted |= {"change": 200, "history": 200}
    return answers, wanted


def test_list_form_and_history_of_each_model_open(platform: Client, filled: None) -> None:
    found = {model._meta.label: opened(model, platform) for model in MODELS}
    answers = {label: answer for label, (answer, _wanted) in found.items()}
    assert answers == {label: wanted for label, (_answer, wanted) in found.items()}


def test_lists_reach_over_all_manufacturers(platform: Client, owner: Any, stranger: Any) -> None:
    response = platform.get("/admin/tenancy/membership/")
    assert {row.pk for row in response.context["cl"].result_list} == {owner.pk, stranger.pk}
    narrowed = platform.get("/admin/tenancy/membership/", {"manufacturer__id__exact": stranger.manufacturer_id})
    assert [row.pk for row in narrowed.context["cl"].result_list] == [stranger.pk]


@pytest.mark.parametrize("path", ["/admin/", "/admin/tenancy/manufacturer/", "/admin/tenancy/user/", "/admin/jsi18n/"])
def test_nobody_else_gets_in(path: str, owner: Any, rep: Any, client_for: Any) -> None:
    almost = UserFactory(is_staff=True)
    browser = Client()
    browser.force_login(almost)
    for client in (client_for(owner), client_for(rep), browser):
        assert client.get(path, follow=True).status_code == 403
    assert Client().get(path, follow=True).redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_administrators_sign_in_where_everybody_does_with_their_second_factor(db: None) -> None:
    user = UserFactory(is_staff=True, is_superuser=True)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    client = Client()
    assert client.post("/admin/login/", {"username": user.email, "password": PASSWORD}).url.startswith(
        "/accounts/login/?next="
    )
    response = client.post("/accounts/login/?next=/admin/", {"login": user.email, "password": PASSWORD})
    assert response.url.startswith("/accounts/2fa/authenticate/")
    assert client.get("/admin/").status_code == 302
    for target in ("https://evil.example/", "//evil.example"):
        assert Client().get("/admin/login/", {"next": target}).url == "/accounts/login/?next=%2Fadmin%2F"


def test_a_manufacturer_is_made_with_its_first_owner_invited(
    platform: Client, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_invitation, "delay", send_invitation)
    fields = {
        "slug": "newco",
        "name": "New Co",
        "languages": ["ko", "en"],
        "timezone": "Asia/Seoul",
        "currency": "KRW",
        "fiscal_year_start": "1",
        "brand_colour": "#0f5e69",
        "is_active": "on",
    }
    refused = platform.post("/admin/tenancy/manufacturer/add/", fields)
    assert refused.context["adminform"].form.errors == {"owner_email": ["Who should run it?"]}
    reserved = platform.post(
        "/admin/tenancy/manufacturer/add/", fields | {"slug": "admin", "owner_email": "o@a.example"}
    )
    assert list(reserved.context["adminform"].form.errors) == ["slug"]

    with django_capture_on_commit_callbacks(execute=True):
        response = platform.post("/admin/tenancy/manufacturer/add/", fields | {"owner_email": "o@newco.example"})

    assert response.url == "/admin/tenancy/manufacturer/"
    manufacturer = Manufacturer.objects.get(slug="newco")
    assert (manufacturer.languages, manufacturer.domain) == (["ko", "en"], None)
    with platform_scope():
        assert [(row.manufacturer_id, row.role) for row in Invitation.objects.all()] == [(manufacturer.pk, "owner")]
    assert mail.outbox[0].to == ["o@newco.example"]
    assert "/newco/public/invitation/" in mail.outbox[0].body
    entry = LogEntry.objects.get()
    assert (entry.user.email, entry.object_id, entry.action_flag) == ("admin@prm.example", str(manufacturer.pk), 1)


def test_a_change_is_logged_and_stands_in_the_history_with_who_made_it(platform: Client, owner: Any) -> None:
    path = f"/admin/tenancy/membership/{owner.pk}/change/"
    assert platform.post(path, {"role": "analyst", "title": "", "phone": "", "is_active": "on"}).status_code == 302

    assert stored(owner).role == "analyst"
    assert LogEntry.objects.get().object_repr == "Owner Kim"
    with platform_scope():
        event = owner.events.get()
    assert (event.role, event.pgh_context["user"]) == ("owner", User.objects.get(email="admin@prm.example").pk)
    page = platform.get(f"/admin/tenancy/membership/{owner.pk}/history/").content.decode()
    assert "Role: Owner → Analyst" in page


def test_a_place_keeps_its_side(platform: Client, owner: Any, rep: Any) -> None:
    for person, role in ((owner, "partner_admin"), (rep, "owner")):
        response = platform.post(f"/admin/tenancy/membership/{person.pk}/change/", {"role": role, "is_active": "on"})
        assert list(response.context["adminform"].form.errors) == ["role"]
        assert stored(person).role == person.role


def test_what_manufacturers_own_is_read_not_changed(platform: Client, partner: Any) -> None:
    assert platform.post(f"/admin/partners/partner/{partner.pk}/change/", {"name": "Forged"}).status_code == 403
    assert platform.post(f"/admin/partners/partner/{partner.pk}/delete/", {"post": "yes"}).status_code == 403
    assert stored(partner).name == "Seoul Agency"


def test_secrets_and_files_are_not_shown(platform: Client, filled: None) -> None:
    with platform_scope():
        invitation = Invitation.objects.get()
    assert (
        invitation.secret_hash
        not in platform.get(f"/admin/tenancy/invitation/{invitation.pk}/change/").content.decode()
    )
    user = User.objects.first()
    assert user is not None
    assert user.password not in platform.get(f"/admin/tenancy/user/{user.pk}/change/").content.decode()


def test_a_lost_device_is_taken_away_and_a_session_ended(platform: Client, filled: None, rep: Any, owner: Any) -> None:
    factor = Authenticator.objects.get(user=rep.user)
    page = platform.get(f"/admin/mfa/authenticator/{factor.pk}/change/").content.decode()
    assert factor.data["secret"] not in page
    platform.post(f"/admin/mfa/authenticator/{factor.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.filter(user=rep.user).exists()

    client = Client()
    client.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    for session in UserSession.objects.filter(user=owner.user):
        platform.post(f"/admin/usersessions/usersession/{session.pk}/delete/", {"post": "yes"})
    assert client.get("/accounts/profile/").status_code == 302


def test_an_administrator_makes_closes_and_signs_out_users(platform: Client, owner: Any) -> None:
    fields = {"email": "New@A.example", "name": "New", "language": "ko", "phone": "+82 10-1234-5678", "is_active": "on"}
    assert platform.post("/admin/tenancy/user/add/", fields).status_code == 302
    user = User.objects.get(email="new@a.example")
    assert (user.has_usable_password(), user.is_superuser, user.phone) == (False, False, "+821012345678")
    assert EmailAddress.objects.get(user=user).verified is True

    client = Client()
    client.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    platform.post("/admin/tenancy/user/", {"action": "sign_out", "_selected_action": [owner.user_id]})
    assert client.get("/accounts/profile/").status_code == 302

    change = {"email": "moved@a.example", "name": "Moved", "language": "en", "phone": ""}
    assert platform.post(f"/admin/tenancy/user/{owner.user_id}/change/", change).status_code == 302
    user = User.objects.get(pk=owner.user_id)
    assert (user.is_active, user.email, user.phone) == (False, "moved@a.example", None)
    assert [(row.email, row.verified) for row in EmailAddress.objects.filter(user=user)] == [("moved@a.example", True)]
    assert (stored(owner).name, stored(owner).email) == ("Moved", "moved@a.example")


def test_schedules_can_be_changed(platform: Client) -> None:
    task = PeriodicTask.objects.get(task="tenancy.queue_waiting_mails")
    page = platform.get(f"/admin/django_celery_beat/periodictask/{task.pk}/change/")
    form = page.context["adminform"].form
    fields = {name: value for name, value in form.initial.items() if value not in (None, False)}
    fields.pop("last_run_at", None)
    response = platform.post(
        f"/admin/django_celery_beat/periodictask/{task.pk}/change/",
        {key: value for key, value in fields.items() if key != "enabled"} | {"regtask": "", "task": task.task},
    )
    assert response.status_code == 302, response.context["adminform"].form.errors
    task.refresh_from_db()
    assert task.enabled is False


def test_an_error_in_the_admin_rolls_back(platform: Client, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("django.contrib.admin.ModelAdmin.log_change", fail)
    platform.raise_request_exception = False
    path = f"/admin/tenancy/membership/{owner.pk}/change/"
    assert platform.post(path, {"role": "analyst", "title": "", "phone": "", "is_active": "on"}).status_code == 500
    assert stored(owner).role == Role.OWNER


def test_an_owner_taken_out_here_is_out_at_once(
    platform: Client, manager: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": manager.email, "password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):
        platform.post(f"/admin/tenancy/membership/{manager.pk}/change/", {"role": "manager", "title": "", "phone": ""})
    assert (stored(manager).is_active, stored(manager).left_at is not None) == (False, True)
    assert client.get("/hanbit/users/").status_code == 302


def test_pages_of_a_foreign_origin_cannot_frame_or_script_it(platform: Client) -> None:
    html = platform.get("/admin/tenancy/user/").content.decode()
    assert "onclick=" not in html
    assert " style=" not in html
