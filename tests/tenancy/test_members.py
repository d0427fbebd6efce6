"""Places: roles, leaving and coming back, and that the last who can look after people stays."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from tenancy.models import Membership
from tenancy.rights import ROLE_RIGHTS, STAFF_ROLES, Right, Role
from tenancy.rls import staff_scope
from tenancy.services import TenancyError, change_place, end_place, reopen_place
from tests.factories import PASSWORD, MembershipFactory, PartnerMemberFactory
from tests.tenancy.helpers import at_once, scope_of, stored


@pytest.mark.parametrize(
    ("by", "target", "role", "may"),
    [
        ("owner", "manager", Role.OWNER, True),
        ("owner", "manager", Role.ANALYST, True),
        ("owner", "manager", Role.PARTNER_REP, False),
        ("owner", "rep", Role.PARTNER_ADMIN, True),
        ("owner", "rep", Role.OWNER, False),
        ("manager", "analyst", Role.SERVICE, False),
        ("manager", "manager", Role.OWNER, False),
        ("manager", "rep", Role.PARTNER_VIEWER, True),
        ("analyst", "rep", Role.PARTNER_VIEWER, False),
        ("partner_admin", "rep", Role.PARTNER_ADMIN, True),
        ("partner_admin", "rep", Role.OWNER, False),
        ("partner_admin", "sibling_rep", Role.PARTNER_VIEWER, False),
        ("partner_admin", "manager", Role.ANALYST, False),
        ("rep", "rep", Role.PARTNER_ADMIN, False),
        ("stranger", "manager", Role.ANALYST, False),
    ],
)
def test_who_may_change_whose_role_to_what(
    by: str, target: str, role: Role, may: bool, request: pytest.FixtureRequest
) -> None:
    member, person = request.getfixturevalue(by), request.getfixturevalue(target)
    before = person.role

    with scope_of(member):
        if may:
            change_place(person, by=member, role=role)
        else:
            with pytest.raises(TenancyError):
                change_place(person, by=member, role=role)

    assert stored(person).role == (role if may else before)


def test_no_staff_role_gives_rights_that_it_does_not_hold() -> None:
    """Only owners manage staff; were another role to, it must not raise anybody above itself."""
    managing = [role for role in STAFF_ROLES if Right.USERS_MANAGE in ROLE_RIGHTS[role]]
    assert managing == [Role.OWNER]
    assert all(ROLE_RIGHTS[role] <= ROLE_RIGHTS[Role.OWNER] for role in STAFF_ROLES)


def test_only_managers_are_kept_to_assigned_partners(owner: Membership, manager: Membership) -> None:
    with scope_of(owner):
        assert change_place(manager, by=owner, assigned_only=True).assigned_only is True
        assert change_place(manager, by=owner, role=Role.ANALYST).assigned_only is False


@pytest.mark.parametrize("step", [end_place, lambda person, by: change_place(person, by=by, role=Role.ANALYST)])
def test_the_last_owner_stays(step: Any, owner: Membership) -> None:
    MembershipFactory(manufacturer=owner.manufacturer, role=Role.OWNER, is_active=False, left_at=timezone.now())
    MembershipFactory(role=Role.OWNER)  # of another manufacturer

    with scope_of(owner), pytest.raises(TenancyError, match="last owner"):
        step(owner, by=owner)
    assert (stored(owner).role, stored(owner).is_active) == (Role.OWNER, True)

    MembershipFactory(manufacturer=owner.manufacturer, role=Role.OWNER)
    with scope_of(owner):
        step(owner, by=owner)


def test_the_last_partner_admin_stays_for_partner_admins_but_not_for_staff(
    partner_admin: Membership, manager: Membership, sibling: Any
) -> None:
    PartnerMemberFactory(manufacturer=manager.manufacturer, partner=sibling, role=Role.PARTNER_ADMIN)

    with scope_of(partner_admin), pytest.raises(TenancyError, match="last partner admin"):
        end_place(partner_admin, by=partner_admin)
    with scope_of(manager):
        end_place(partner_admin, by=manager)
    assert stored(partner_admin).is_active is False


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one() -> None:
    first = MembershipFactory(role=Role.OWNER)
    second = MembershipFactory(manufacturer=first.manufacturer, role=Role.OWNER)

    def remove(person: Membership, by: Membership) -> Membership:
        with scope_of(by):
            return end_place(person, by=by)

    outcomes = at_once(lambda: remove(first, second), lambda: remove(second, first))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Membership", "TenancyError"]
    assert sorted([stored(first).is_active, stored(second).is_active]) == [False, True]


def test_who_leaves_loses_access_at_the_next_request(
    owner: Membership, manager: Membership, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    assert client.post("/accounts/login/", {"login": manager.email, "password": PASSWORD}).status_code == 302
    assert client.get("/hanbit/users/").status_code == 200
    assert UserSession.objects.filter(user=manager.user).count() == 1

    with django_capture_on_commit_callbacks(execute=True), scope_of(owner):
        end_place(manager, by=owner)

    assert UserSession.objects.filter(user=manager.user).count() == 0
    assert client.get("/hanbit/users/").url == "/accounts/login/?next=/hanbit/users/"
    assert stored(manager).left_at is not None


def test_who_leaves_one_place_keeps_working_at_the_others(
    owner: Membership, manager: Membership, other_manufacturer: Any, django_capture_on_commit_callbacks: Any
) -> None:
    MembershipFactory(manufacturer=other_manufacturer, user=manager.user)
    client = Client()
    client.force_login(manager.user)

    with django_capture_on_commit_callbacks(execute=True), scope_of(owner):
        end_place(manager, by=owner)

    assert client.get("/hanbit/users/").status_code == 404
    assert client.get("/tokai/users/").status_code == 200


def test_a_place_is_reopened_with_its_role_unless_there_is_another(
    owner: Membership, rep: Membership, sibling: Any
) -> None:
    with scope_of(owner):
        end_place(rep, by=owner)
        assert reopen_place(rep, by=owner).is_active is True
        end_place(rep, by=owner)
    PartnerMemberFactory(manufacturer=owner.manufacturer, user=rep.user, partner=sibling)
    with scope_of(owner), pytest.raises(TenancyError, match="another place"):
        reopen_place(rep, by=owner)


def test_a_manager_of_assigned_partners_changes_their_people_alone(
    manufacturer: Any, rep: Membership, sibling_rep: Membership
) -> None:
    member = MembershipFactory(manufacturer=manufacturer, assigned_only=True)
    with staff_scope(manufacturer.pk):
        type(rep.partner).objects.filter(pk=rep.partner_id).update(channel_manager=member)
        end_place(rep, by=member)
        with pytest.raises(TenancyError):
            end_place(sibling_rep, by=member)


def test_names_of_members_follow_their_user(manager: Membership, other_manufacturer: Any) -> None:
    second = MembershipFactory(manufacturer=other_manufacturer, user=manager.user)
    bystander = MembershipFactory(manufacturer=other_manufacturer)

    user = manager.user
    user.name, user.email, user.language = "New Name", "new@name.example", "ja"
    user.save()

    for member in (manager, second):
        fresh = stored(member)
        assert (fresh.name, fresh.email, fresh.language) == ("New Name", "new@name.example", "ja")
    assert stored(bystander).name == bystander.name
