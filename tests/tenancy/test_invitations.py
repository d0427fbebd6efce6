"""Invitations: who may give them, what the mail says, that a link works once and ends."""

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tenancy.models import Invitation, Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope
from tenancy.services import (
    TenancyError,
    accept_as_new_user,
    accept_as_user,
    invite,
    open_invitation,
    resend_invitation,
    revoke_invitation,
)
from tenancy.services import mails as mail_services
from tenancy.services.invitations import hash_of
from tenancy.tasks import queue_waiting_mails, send_invitation
from tests.factories import ManufacturerFactory, MembershipFactory, PartnerFactory, PartnerMemberFactory, UserFactory
from tests.tenancy.helpers import at_once, invited, scope_of, sent_secret, stored


@pytest.mark.parametrize(
    ("by", "role", "to_partner", "may"),
    [
        ("owner", Role.OWNER, False, True),
        ("owner", Role.ANALYST, False, True),
        ("owner", Role.PARTNER_ADMIN, True, True),
        ("manager", Role.ANALYST, False, False),
        ("manager", Role.PARTNER_ADMIN, True, True),
        ("analyst", Role.ANALYST, False, False),
        ("analyst", Role.PARTNER_VIEWER, True, False),
        ("partner_admin", Role.PARTNER_ADMIN, True, True),
        ("partner_admin", Role.OWNER, False, False),
        ("partner_admin", Role.OWNER, True, False),
        ("partner_admin", Role.ANALYST, True, False),
        ("rep", Role.PARTNER_VIEWER, True, False),
        ("owner", Role.OWNER, True, False),
        ("owner", Role.PARTNER_ADMIN, False, False),
        ("owner", "emperor", False, False),
    ],
)
def test_who_may_invite_whom(
    by: str, role: str, to_partner: bool, may: bool, partner: Any, request: pytest.FixtureRequest
) -> None:
    member = request.getfixturevalue(by)
    target = partner if to_partner else None

    with scope_of(member):
        if may:
            invite(by=member, email="x@people.example", role=role, language="en", partner=target)
        else:
            with pytest.raises(TenancyError):
                invite(by=member, email="x@people.example", role=role, language="en", partner=target)

    with platform_scope():
        assert Invitation.objects.count() == int(may)


def test_a_partner_admin_invites_for_its_own_partner_alone(partner_admin: Membership, sibling: Any) -> None:
    with scope_of(partner_admin), pytest.raises(TenancyError):
        invite(by=partner_admin, email="x@a.example", role=Role.PARTNER_REP, language="en", partner=sibling)


def test_a_manager_of_assigned_partners_invites_for_those_alone(
    manufacturer: Manufacturer, partner: Any, sibling: Any
) -> None:
    member = MembershipFactory(manufacturer=manufacturer, assigned_only=True)
    with staff_scope(manufacturer.pk):
        type(partner).objects.filter(pk=partner.pk).update(channel_manager=member)
        partner.refresh_from_db()
        invite(by=member, email="x@a.example", role=Role.PARTNER_REP, language="en", partner=partner)
        with pytest.raises(TenancyError):
            invite(by=member, email="x@b.example", role=Role.PARTNER_REP, language="en", partner=sibling)


def test_the_mail_is_in_the_invitees_language_and_only_its_hash_is_kept(owner: Membership) -> None:
    invitation, secret = invited(owner, email="New@People.example", role=Role.MANAGER, assigned_only=True)

    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == ["new@people.example"]
    assert mail.outbox[0].subject == "Hanbit invites you to its partner portal"
    assert mail.outbox[0].body.startswith("Owner Kim invites you to the partner portal of Hanbit, as: Channel manager.")
    row = stored(invitation)
    assert row.secret_hash == hash_of(secret)
    assert row.mail_sent_at is not None
    assert row.assigned_only is True
    assert secret not in {str(value) for value in vars(row).values()}


def test_a_name_with_markup_is_text_in_the_mail(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        partner.name = "<script>alert(1)</script>"
        partner.save()
    invited(owner, role=Role.PARTNER_REP, partner=partner)

    html = mail.outbox[0].alternatives[0][0]
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "for <script>alert(1)</script>, as: Sales rep." in mail.outbox[0].body


def test_the_mail_goes_out_once_however_often_the_task_runs(owner: Membership) -> None:
    invitation, secret = invited(owner)

    assert send_invitation(manufacturer_id=owner.manufacturer_id, invitation_id=invitation.pk) is False
    assert len(mail.outbox) == 1
    assert stored(invitation).secret_hash == hash_of(secret)


def test_a_mail_that_fails_is_tried_again(owner: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    with staff_scope(owner.manufacturer_id):
        invitation = invite(by=owner, email="x@a.example", role=Role.ANALYST, language="en")

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        with pytest.raises(ConnectionRefusedError):
            mail_services.send_invitation(manufacturer_id=owner.manufacturer_id, invitation_id=invitation.pk)

    assert stored(invitation).mail_sent_at is None
    assert send_invitation(manufacturer_id=owner.manufacturer_id, invitation_id=invitation.pk) is True
    assert stored(invitation).secret_hash == hash_of(sent_secret())


def test_a_mail_refused_for_good_is_not_tried_again_until_somebody_asks(
    owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    with staff_scope(owner.manufacturer_id):
        invitation = invite(by=owner, email="gone@a.example", role=Role.ANALYST, language="en")
        Invitation.objects.update(created_at=timezone.now() - dt.timedelta(minutes=2))

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({"gone@a.example": (550, b"No such user")})

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        assert (
            mail_services.send_invitation(manufacturer_id=owner.manufacturer_id, invitation_id=invitation.pk) is False
        )

    assert (stored(invitation).mail_sent_at, stored(invitation).mail_refused) == (None, "550 No such user")
    assert queue_waiting_mails() == 0
    assert send_invitation(manufacturer_id=owner.manufacturer_id, invitation_id=invitation.pk) is False
    with staff_scope(owner.manufacturer_id):
        resend_invitation(invitation, by=owner)
    assert stored(invitation).mail_refused == ""
    assert send_invitation(manufacturer_id=owner.manufacturer_id, invitation_id=invitation.pk) is True


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The broker is away: queueing a task fails as it does in production."""
    from kombu.exceptions import OperationalError

    queued: list[dict[str, Any]] = []
    state = {"away": True}

    def delay(**kwargs: Any) -> None:
        if state["away"]:
            raise OperationalError("connection refused")
        queued.append(kwargs)

    monkeypatch.setattr(send_invitation, "delay", delay)
    return state, queued


def test_a_broker_that_is_away_loses_no_invitation(
    owner: Membership, no_broker: Any, django_capture_on_commit_callbacks: Any
) -> None:
    state, queued = no_broker
    with django_capture_on_commit_callbacks(execute=True), staff_scope(owner.manufacturer_id):
        invitation = invite(by=owner, email="x@a.example", role=Role.ANALYST, language="en")
    assert queued == []

    state["away"] = False
    assert queue_waiting_mails() == 0  # it may be on its way
    with platform_scope():
        Invitation.objects.update(created_at=timezone.now() - dt.timedelta(minutes=2))
    assert queue_waiting_mails() == 1
    assert queued == [{"manufacturer_id": owner.manufacturer_id, "invitation_id": invitation.pk}]
    send_invitation(**queued[0])
    assert queue_waiting_mails() == 0


def test_a_mail_whose_worker_died_is_begun_again_after_an_hour(owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        invitation = invite(by=owner, email="x@a.example", role=Role.ANALYST, language="en")
        old = timezone.now() - dt.timedelta(minutes=61)
        Invitation.objects.update(created_at=old, mail_tried_at=timezone.now() - dt.timedelta(minutes=59))
    assert send_invitation(manufacturer_id=owner.manufacturer_id, invitation_id=invitation.pk) is False
    assert queue_waiting_mails() == 0
    with platform_scope():
        Invitation.objects.update(mail_tried_at=old)
    assert queue_waiting_mails() == 1
    assert send_invitation(manufacturer_id=owner.manufacturer_id, invitation_id=invitation.pk) is True


def test_a_new_user_gets_place_and_account(owner: Membership, manufacturer: Manufacturer) -> None:
    _invitation, secret = invited(owner, role=Role.MANAGER, assigned_only=True)

    member = accept_as_new_user(manufacturer, secret, name="New One", password="a good long one", language="ko")

    user = User.objects.get(email="new@people.example")
    assert user.check_password("a good long one")
    assert (user.name, user.language, user.is_superuser, user.is_staff) == ("New One", "ko", False, False)
    assert user.emailaddress_set.get().verified is True
    assert (member.user_id, member.role, member.assigned_only, member.partner_id) == (user.pk, "manager", True, None)
    assert (member.name, member.email, member.language) == ("New One", "new@people.example", "ko")


def test_a_known_user_gets_a_place_in_a_partner(
    partner_admin: Membership, manufacturer: Manufacturer, stranger: Membership
) -> None:
    _invitation, secret = invited(
        partner_admin, email=stranger.email, role=Role.PARTNER_REP, partner=partner_admin.partner
    )

    member = accept_as_user(manufacturer, secret, user=stranger.user)

    assert (member.user_id, member.role, member.partner_id) == (
        stranger.user_id,
        "partner_rep",
        partner_admin.partner_id,
    )


def test_a_link_works_once(owner: Membership, manufacturer: Manufacturer) -> None:
    _invitation, secret = invited(owner)
    accept_as_new_user(manufacturer, secret, name="One", password="a good long one", language="en")

    with pytest.raises(TenancyError, match="has been used"):
        accept_as_user(manufacturer, secret, user=UserFactory())
    with pytest.raises(TenancyError, match="has been used"):
        open_invitation(manufacturer, secret)


def test_a_link_ends(owner: Membership, manufacturer: Manufacturer) -> None:
    invitation, secret = invited(owner)
    assert stored(invitation).expires_at - stored(invitation).created_at > dt.timedelta(days=13, hours=23)
    with platform_scope():
        Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    with pytest.raises(TenancyError, match="has ended"):
        accept_as_user(manufacturer, secret, user=UserFactory())


def test_a_link_of_another_manufacturer_or_a_made_up_one_does_not_work(owner: Membership) -> None:
    _invitation, secret = invited(owner)
    for manufacturer, tried in [(ManufacturerFactory(), secret), (owner.manufacturer, "made-up")]:
        with pytest.raises(TenancyError, match="does not work"):
            accept_as_user(manufacturer, tried, user=UserFactory())
    with platform_scope():
        assert Invitation.objects.filter(accepted_at=None).count() == 1


def test_resending_makes_the_link_before_useless(owner: Membership, manufacturer: Manufacturer) -> None:
    invitation, first = invited(owner)
    with platform_scope():
        Invitation.objects.update(expires_at=timezone.now())
    with staff_scope(manufacturer.pk):
        resend_invitation(invitation, by=owner)
    send_invitation(manufacturer_id=manufacturer.pk, invitation_id=invitation.pk)

    assert len(mail.outbox) == 2
    with pytest.raises(TenancyError, match="does not work"):
        open_invitation(manufacturer, first)
    assert open_invitation(manufacturer, sent_secret()) == invitation


def test_a_revoked_link_does_not_work(owner: Membership, manufacturer: Manufacturer) -> None:
    invitation, secret = invited(owner)
    with staff_scope(manufacturer.pk):
        revoke_invitation(invitation, by=owner)

    with pytest.raises(TenancyError, match="taken back"):
        accept_as_user(manufacturer, secret, user=UserFactory())
    with staff_scope(manufacturer.pk), pytest.raises(TenancyError):
        resend_invitation(invitation, by=owner)


def test_only_who_may_invite_there_resends_and_revokes(owner: Membership, manager: Membership) -> None:
    invitation, _secret = invited(owner)
    with staff_scope(manager.manufacturer_id):
        for step in (resend_invitation, revoke_invitation):
            with pytest.raises(TenancyError):
                step(invitation, by=manager)
    assert stored(invitation).revoked_at is None


def test_a_second_invitation_of_the_same_address_replaces_the_first(
    owner: Membership, manufacturer: Manufacturer
) -> None:
    _first, old = invited(owner)
    _second, new = invited(owner, role=Role.OWNER)

    with pytest.raises(TenancyError, match="taken back"):
        open_invitation(manufacturer, old)
    assert open_invitation(manufacturer, new).role == Role.OWNER


def test_two_partners_may_invite_the_same_person_and_the_first_accepted_counts(
    partner_admin: Membership, manufacturer: Manufacturer, sibling: Any
) -> None:
    other_admin = PartnerMemberFactory(manufacturer=manufacturer, partner=sibling, role=Role.PARTNER_ADMIN)
    _one, first = invited(partner_admin, role=Role.PARTNER_REP, partner=partner_admin.partner)
    _two, second = invited(other_admin, role=Role.PARTNER_REP, partner=sibling)

    user = accept_as_new_user(manufacturer, second, name="N", password="a good long one", language="en").user
    with pytest.raises(TenancyError, match="You have a place at Hanbit already"):
        accept_as_user(manufacturer, first, user=user)


def test_somebody_who_has_a_place_is_not_invited_again(owner: Membership, manager: Membership) -> None:
    with staff_scope(owner.manufacturer_id), pytest.raises(TenancyError, match="has a place here already"):
        invite(by=owner, email=manager.email.upper(), role=Role.OWNER, language="en")


def test_who_left_comes_back_by_invitation_to_the_same_place(owner: Membership, manufacturer: Manufacturer) -> None:
    gone = MembershipFactory(manufacturer=manufacturer, is_active=False, left_at=timezone.now())
    _invitation, secret = invited(owner, email=gone.email, role=Role.ANALYST)

    member = accept_as_user(manufacturer, secret, user=gone.user)

    assert (member.pk, member.role, member.is_active, member.left_at) == (gone.pk, Role.ANALYST, True, None)


def test_who_moves_to_another_partner_leaves_the_old_place_as_it_was(
    manufacturer: Manufacturer, rep: Membership, sibling: Any
) -> None:
    other_admin = PartnerMemberFactory(manufacturer=manufacturer, partner=sibling, role=Role.PARTNER_ADMIN)
    with staff_scope(manufacturer.pk):
        Membership.objects.filter(pk=rep.pk).update(is_active=False)
    _invitation, secret = invited(other_admin, email=rep.email, role=Role.PARTNER_REP, partner=sibling)

    member = accept_as_user(manufacturer, secret, user=rep.user)

    with staff_scope(manufacturer.pk):
        places = Membership.objects.filter(user_id=rep.user_id).order_by("pk")
        assert [(place.pk, place.partner_id, place.is_active) for place in places] == [
            (rep.pk, rep.partner_id, False),
            (member.pk, sibling.pk, True),
        ]


def test_a_closed_account_accepts_nothing(owner: Membership, manufacturer: Manufacturer) -> None:
    _invitation, secret = invited(owner)
    with pytest.raises(TenancyError, match="closed"):
        accept_as_user(manufacturer, secret, user=UserFactory(is_active=False))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_exactly_one_gets_the_place() -> None:
    owner = MembershipFactory(role=Role.OWNER)
    manufacturer = owner.manufacturer
    _invitation, secret = invited(owner)
    first, second = UserFactory(), UserFactory()

    outcomes = at_once(
        lambda: accept_as_user(manufacturer, secret, user=first),
        lambda: accept_as_user(manufacturer, secret, user=second),
        lambda: accept_as_new_user(manufacturer, secret, name="N", password="a good long one", language="en"),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "InvitationError",
        "InvitationError",
        "Membership",
    ]
    with staff_scope(manufacturer.pk):
        assert Membership.objects.exclude(pk=owner.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_invitations_accepted_by_one_user_at_once_one_place_comes() -> None:
    owner = MembershipFactory(role=Role.OWNER)
    manufacturer = owner.manufacturer
    partners = [PartnerFactory(manufacturer=manufacturer) for _ in range(2)]
    secrets = [invited(owner, role=Role.PARTNER_REP, partner=partner)[1] for partner in partners]
    user = UserFactory()

    outcomes = at_once(*(lambda secret=secret: accept_as_user(manufacturer, secret, user=user) for secret in secrets))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InvitationError", "Membership"]


@pytest.mark.django_db(transaction=True)
def test_of_two_invitations_accepted_by_one_new_person_at_once_one_account_comes() -> None:
    owners = [MembershipFactory(role=Role.OWNER), MembershipFactory(role=Role.OWNER)]
    secrets = [invited(owner)[1] for owner in owners]

    outcomes = at_once(
        *(
            lambda owner=owner, secret=secret: accept_as_new_user(
                owner.manufacturer, secret, name="N", password="a good long one", language="en"
            )
            for owner, secret in zip(owners, secrets, strict=True)
        )
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InvitationError", "Membership"]
    assert User.objects.filter(email="new@people.example").count() == 1


def test_partners_see_their_own_invitations_alone(owner: Membership, partner_admin: Membership, sibling: Any) -> None:
    invited(owner, email="staff@a.example")
    invited(owner, email="sib@a.example", role=Role.PARTNER_REP, partner=sibling)
    invited(owner, email="own@a.example", role=Role.PARTNER_REP, partner=partner_admin.partner)
    invited(MembershipFactory(role=Role.OWNER), email="other@a.example")

    with scope_of(partner_admin):
        assert [row.email for row in Invitation.objects.all()] == ["own@a.example"]
