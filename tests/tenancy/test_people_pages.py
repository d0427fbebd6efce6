"""The pages about people: users of the manufacturer, colleagues of a partner."""

from typing import Any

import pytest

from tenancy.models import Invitation, Membership, User
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope
from tests.factories import MembershipFactory, PartnerMemberFactory
from tests.tenancy.helpers import ESCAPED, SCRIPT, invited, stored

pytestmark = pytest.mark.django_db


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
