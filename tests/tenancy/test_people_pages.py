"""The pages about people, through the browser: what each sees, what each may, and what a forged form changes."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from notices.models import Notice
from tenancy.models import Invitation, JoinRequest, Membership, User
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope
from tests.factories import PASSWORD, MembershipFactory, PartnerMemberFactory, UserFactory
from tests.tenancy.helpers import invited, stored

SCRIPT = "<script>alert('x')</script>"
ESCAPED = "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"


def names_in(response: Any) -> list[str]:
    return [row.name for row in response.context["list"].page.rows]


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- Staff: users -----------------------------------------------------------------------------------------------------


def test_the_users_page_shows_own_staff(client_for: Any, owner: Any, manager: Any, rep: Any, stranger: Any) -> None:
    response = client_for(owner).get("/hanbit/users/")

    assert response.status_code == 200
    assert names_in(response) == ["Manager Lee", "Owner Kim"]


def test_the_page_of_partner_people_shows_all_or_the_assigned(
    client_for: Any, manager: Any, rep: Any, sibling_rep: Any, stranger: Any
) -> None:
    PartnerMemberFactory(manufacturer=stranger.manufacturer)
    assert names_in(client_for(manager).get("/hanbit/users/partners/")) == sorted([rep.name, sibling_rep.name])

    kept = MembershipFactory(manufacturer=manager.manufacturer, assigned_only=True)
    with staff_scope(manager.manufacturer_id):
        type(rep.partner).objects.filter(pk=rep.partner_id).update(channel_manager=kept)
    browser = client_for(kept)
    assert names_in(browser.get("/hanbit/users/partners/")) == [rep.name]
    assert browser.get(f"/hanbit/users/{rep.pk}/").status_code == 200
    assert browser.get(f"/hanbit/users/{sibling_rep.pk}/").status_code == 404


@pytest.mark.parametrize("size", [1, 8])
@pytest.mark.parametrize("path", ["/hanbit/users/", "/hanbit/users/partners/", "/hanbit/users/invitations/"])
def test_lists_of_people_ask_as_much_at_any_size(
    path: str, size: int, client_for: Any, owner: Any, partner: Any, django_assert_num_queries: Any
) -> None:
    MembershipFactory.create_batch(size, manufacturer=owner.manufacturer)
    PartnerMemberFactory.create_batch(size, manufacturer=owner.manufacturer)
    for number in range(size):
        invited(owner, email=f"n{number}@a.example", role=Role.PARTNER_REP, partner=partner)
    browser = client_for(owner)
    browser.get(path)
    expected = {"/hanbit/users/": 13, "/hanbit/users/partners/": 12, "/hanbit/users/invitations/": 12}

    with django_assert_num_queries(expected[path]):
        assert browser.get(path).status_code == 200


def test_search_finds_people_by_name_mail_and_partner(client_for: Any, owner: Any, rep: Any, sibling_rep: Any) -> None:
    browser = client_for(owner)
    for text, found in [
        (rep.name, [rep.name]),
        (sibling_rep.email.upper(), [sibling_rep.name]),
        ("Seoul", [rep.name]),
        ("nobody", []),
    ]:
        assert names_in(browser.get("/hanbit/users/partners/", {"q": text})) == found


def test_an_owner_changes_a_role_and_the_history_says_who(client_for: Any, owner: Any, manager: Any) -> None:
    browser = client_for(owner)
    response = browser.post(f"/hanbit/users/{manager.pk}/", {"role": "analyst", "title": "Analysis", "phone": ""})

    assert response.status_code == 302
    assert (stored(manager).role, stored(manager).title) == ("analyst", "Analysis")
    entry = browser.get(f"/hanbit/users/{manager.pk}/").context["entries"][0]
    assert entry.who == "Owner Kim"
    assert [(change.label, change.before, change.after) for change in entry.changes] == [
        ("Role", "Channel manager", "Analyst"),
        ("Job title", "", "Analysis"),
    ]


@pytest.mark.parametrize(
    ("by", "target", "status"),
    [
        ("manager", "owner", 403),
        ("manager", "analyst", 403),
        ("manager", "manager", 403),
        ("analyst", "rep", 403),
        ("stranger", "manager", 404),
        ("rep", "manager", 404),
        ("partner_admin", "rep", 404),
    ],
)
def test_a_forged_role_form_of_who_may_not_changes_nothing(
    by: str, target: str, status: int, client_for: Any, request: pytest.FixtureRequest
) -> None:
    member, person = request.getfixturevalue(by), request.getfixturevalue(target)
    before = person.role

    response = client_for(member).post(f"/hanbit/users/{person.pk}/", {"role": "owner"})

    assert (response.status_code, stored(person).role) == (status, before)


def test_role_escalation_by_fields_that_the_form_does_not_offer(
    client_for: Any, manager: Any, owner: Any, rep: Any, partner_admin: Any
) -> None:
    manager_browser, admin_browser = client_for(manager), client_for(partner_admin)

    refused = manager_browser.post(f"/hanbit/users/{rep.pk}/", {"role": "owner", "partner": ""})
    assert refused.status_code == 200
    assert "role" in refused.context["form"].errors
    admin_browser.post(f"/hanbit/portal/colleagues/{rep.pk}/", {"role": "manager", "partner_id": "", "is_staff": "1"})
    manager_browser.post(
        f"/hanbit/users/{rep.pk}/",
        {"role": "partner_viewer", "assigned_only": "on", "is_active": "", "user": owner.user_id, "partner": ""},
    )

    fresh = stored(rep)
    assert (fresh.role, fresh.partner_id, fresh.user_id, fresh.is_active, fresh.assigned_only) == (
        "partner_viewer",
        rep.partner_id,
        rep.user_id,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("by", "target", "status", "ends"),
    [
        ("owner", "manager", 302, True),
        ("manager", "rep", 302, True),
        ("manager", "analyst", 403, False),
        ("analyst", "rep", 403, False),
        ("partner_admin", "manager", 404, False),
        ("stranger", "manager", 404, False),
    ],
)
def test_who_ends_whose_access(
    by: str, target: str, status: int, ends: bool, client_for: Any, request: pytest.FixtureRequest
) -> None:
    member, person = request.getfixturevalue(by), request.getfixturevalue(target)

    response = client_for(member).post(f"/hanbit/users/{person.pk}/end/")

    assert (response.status_code, stored(person).is_active) == (status, not ends)


def test_the_last_owner_is_told_why_they_stay(client_for: Any, owner: Any) -> None:
    response = client_for(owner).post(f"/hanbit/users/{owner.pk}/end/", follow=True)

    assert messages_of(response) == ["This is the last owner. Make somebody else owner first."]
    assert stored(owner).is_active is True


def test_a_name_with_markup_is_text_on_every_page(client_for: Any, owner: Any, partner_admin: Any, rep: Any) -> None:
    User.objects.filter(pk=rep.user_id).update(name=SCRIPT)
    with staff_scope(owner.manufacturer_id):
        Membership.objects.filter(pk=rep.pk).update(title=SCRIPT)
    invited(owner, email="x@a.example", name=SCRIPT, role=Role.PARTNER_REP, partner=rep.partner)

    pages = [
        (owner, "/hanbit/users/partners/"),
        (owner, f"/hanbit/users/{rep.pk}/"),
        (owner, "/hanbit/users/invitations/"),
        (partner_admin, "/hanbit/portal/colleagues/"),
        (partner_admin, f"/hanbit/portal/colleagues/{rep.pk}/"),
    ]
    for member, path in pages:
        html = client_for(member).get(path).content.decode()
        assert SCRIPT not in html, path
        assert ESCAPED in html, path


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


# --- Portal: colleagues -----------------------------------------------------------------------------------------------


def test_colleagues_are_the_own_partners_people(
    client_for: Any, rep: Any, partner_admin: Any, sibling_rep: Any, manager: Any
) -> None:
    with staff_scope(manager.manufacturer_id):
        type(rep.partner).objects.filter(pk=rep.partner_id).update(channel_manager=manager)

    response = client_for(rep).get("/hanbit/portal/colleagues/")

    assert [person.pk for person in response.context["active"]] == sorted(
        [rep.pk, partner_admin.pk], key=lambda pk: {rep.pk: rep.name, partner_admin.pk: partner_admin.name}[pk]
    )
    assert "Change" not in response.content.decode()


def test_a_partner_admin_runs_its_own_users(client_for: Any, partner_admin: Any, rep: Any) -> None:
    browser = client_for(partner_admin)
    assert browser.post(f"/hanbit/portal/colleagues/{rep.pk}/", {"role": "partner_technician"}).status_code == 302
    assert stored(rep).role == "partner_technician"
    assert browser.post(f"/hanbit/portal/colleagues/{rep.pk}/end/").status_code == 302
    assert stored(rep).is_active is False
    assert browser.post(f"/hanbit/portal/colleagues/{rep.pk}/reopen/").status_code == 302
    assert stored(rep).is_active is True
    response = browser.post(
        "/hanbit/portal/colleagues/invite/", {"email": "n@a.example", "role": "partner_viewer", "language": "en"}
    )
    assert response.status_code == 302
    with platform_scope():
        assert Invitation.objects.get().partner_id == partner_admin.partner_id


@pytest.mark.parametrize("step", ["", "end/", "reopen/"])
def test_people_of_others_do_not_exist_for_a_partner_admin(
    step: str, client_for: Any, partner_admin: Any, sibling_rep: Any, manager: Any, stranger: Any
) -> None:
    with staff_scope(manager.manufacturer_id):
        type(partner_admin.partner).objects.filter(pk=partner_admin.partner_id).update(channel_manager=manager)
    for person in (sibling_rep, manager, stranger):
        response = client_for(partner_admin).post(
            f"/hanbit/portal/colleagues/{person.pk}/{step}", {"role": "partner_viewer"}
        )
        assert response.status_code == 404
        assert (stored(person).role, stored(person).is_active) == (person.role, True)


@pytest.mark.parametrize("step", ["", "end/", "reopen/"])
def test_a_rep_manages_nobody(step: str, client_for: Any, rep: Any, partner_admin: Any) -> None:
    response = client_for(rep).post(f"/hanbit/portal/colleagues/{partner_admin.pk}/{step}", {"role": "partner_viewer"})
    assert (response.status_code, stored(partner_admin).role) == (403, "partner_admin")


def test_a_partner_admin_who_leaves_lands_on_the_hub(client_for: Any, partner_admin: Any) -> None:
    PartnerMemberFactory(
        manufacturer=partner_admin.manufacturer, partner=partner_admin.partner, role=Role.PARTNER_ADMIN
    )
    response = client_for(partner_admin).post(f"/hanbit/portal/colleagues/{partner_admin.pk}/end/", follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert "You have no place in a partner portal yet" in response.content.decode()


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


# --- Asking to join ---------------------------------------------------------------------------------------------------


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
