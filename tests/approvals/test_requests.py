"""A request on its way along its line."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from approvals import selectors
from approvals.errors import ApprovalError
from approvals.models import Delegation, Request, Route, State, Step, StepState, Who
from approvals.services import (
    comment,
    decide,
    delegate,
    escalate,
    recall,
    request_approval,
    retire_route,
    withdraw,
)
from notices.models import Notice
from tenancy.errors import DomainError
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.approvals.conftest import KEY
from tests.approvals.lines import agrees, ask, copies, decides, line, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_seoul", "narrow", "in_scope")]


def told(member: Any) -> list[str]:
    return [
        kind.removeprefix("approvals.")
        for kind in Notice.objects.filter(recipient=member).order_by("pk").values_list("kind", flat=True)
    ]


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_without_a_line_a_request_is_approved_at_once_and_says_so(done, asker):
    request = ask(asker)

    assert (request.state, request.decided_by, request.ended_because) == (State.APPROVED, None, "no line")
    assert done.calls == [("approved", 1, asker.pk)]


def test_asking_twice_is_one_request(done, asker, manager):
    line(decides(manager))

    assert ask(asker).pk == ask(asker).pk
    assert told(manager) == ["asked"]


def test_the_amount_chooses_the_line(done, asker, manager, owner):
    small = line(decides(manager), name="Small", amount_below=Decimal(1_000_000))
    large = line(decides(manager), decides(owner), name="Large", amount_from=Decimal(1_000_000))

    assert ask(asker, 1, amount=Decimal("999999.99")).route == small
    assert ask(asker, 2, amount=Decimal(1_000_000)).route == large
    assert ask(asker, 3).route == large, "an amount that nobody knows takes the line of the largest"


def test_an_amount_that_no_line_takes_is_approved_at_once(done, asker, manager):
    line(decides(manager), amount_from=Decimal(1_000_000))

    assert ask(asker, amount=Decimal(5)).state == State.APPROVED


def test_a_retired_line_takes_nothing_new_and_what_waits_goes_on(done, asker, manager):
    route = line(decides(manager))
    waiting = ask(asker, 1)
    retire_route(route)

    assert ask(asker, 2).state == State.APPROVED
    assert decide(waiting, by=manager, approve=True).state == State.APPROVED


def test_a_partner_asks_and_reads_nothing_of_it(done, partner_admin, manager, manufacturer):
    line(decides(manager))
    with partner_scope(manufacturer.pk, partner_admin.partner_id):
        request_approval(KEY, 7, "Deal", by=partner_admin, partner_id=partner_admin.partner_id)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Request.objects.exists()


# --- Steps ----------------------------------------------------------------------------------------------------------


def test_steps_in_order_come_one_after_the_other(done, asker, manager, owner):
    line(decides(manager), decides(owner))
    request = ask(asker)
    assert states(request) == ["open", "ahead"]
    with pytest.raises(ApprovalError, match="turn has not come"):
        decide(request, by=owner, approve=True)

    decide(request, by=manager, approve=True)
    assert (states(request), done.calls) == (["approved", "open"], [])
    decide(request, by=owner, approve=True)

    request.refresh_from_db()
    assert (request.state, request.decided_by) == (State.APPROVED, owner)
    assert done.calls == [("approved", 1, owner.pk)]
    assert told(owner) == ["asked"]
    assert told(asker) == ["decided"]


def test_steps_side_by_side_wait_for_all(done, asker, manager, second):
    line(decides(manager), decides(second, beside=True))
    request = ask(asker)
    assert states(request) == ["open", "open"]

    assert decide(request, by=second, approve=True).state == State.OPEN
    assert decide(request, by=manager, approve=True).state == State.APPROVED


def test_a_refusal_ends_it_and_needs_a_comment(done, asker, manager, owner):
    line(decides(manager), decides(owner))
    request = ask(asker)
    with pytest.raises(ApprovalError, match="Say why"):
        decide(request, by=manager, approve=False, comment=" ")

    decide(request, by=manager, approve=False, comment="Too dear")

    request.refresh_from_db()
    assert (request.state, states(request)) == (State.REFUSED, ["refused", "dropped"])
    assert done.calls == [("refused", 1, manager.pk)]
    assert Notice.objects.get(recipient=asker).facts["comment"] == "Too dear"
    with pytest.raises(ApprovalError, match="Manager Lee has refused this already"):
        decide(request, by=owner, approve=True)


def test_an_opinion_against_is_kept_for_who_decides(done, asker, analyst, manager):
    line(agrees(analyst), decides(manager))
    request = ask(asker)
    decide(request, by=analyst, approve=False, comment="I would not")

    assert states(request) == ["refused", "open"]
    assert decide(request, by=manager, approve=True).state == State.APPROVED


def test_copies_are_told_when_their_turn_comes_and_hold_nothing_up(done, asker, analyst, owner, manager):
    line(copies(analyst), decides(manager), copies(owner))
    request = ask(asker)
    assert (states(request), told(analyst), told(owner)) == (["told", "open", "ahead"], ["copied"], [])

    decide(request, by=manager, approve=True)

    request.refresh_from_db()
    assert (request.state, states(request), told(owner)) == (State.APPROVED, ["told", "approved", "told"], ["copied"])
    assert [row.pk for row in selectors.copies_of(owner)] == [request.pk]


def test_whoever_holds_the_role_decides_and_the_first_counts(done, asker, manager, second, analyst):
    line(decides(role=Role.MANAGER))
    request = ask(asker)
    assert not selectors.waiting_for(analyst).exists()
    with pytest.raises(ApprovalError):
        decide(request, by=analyst, approve=True)

    decide(request, by=second, approve=True)

    with pytest.raises(ApprovalError, match="Manager Park has approved this already"):
        decide(request, by=manager, approve=True)


def test_a_manager_of_own_partners_holds_the_role_for_these_alone(done, asker, partner, narrow):
    line(decides(role=Role.MANAGER))
    request = ask(asker, partner_id=partner.pk)
    assert not selectors.waiting_for(narrow).exists()
    with pytest.raises(ApprovalError):
        decide(request, by=narrow, approve=True)

    type(partner).objects.filter(pk=partner.pk).update(channel_manager=narrow)

    assert selectors.waiting_for(narrow).exists()
    assert decide(request, by=narrow, approve=True).state == State.APPROVED


def test_the_partners_channel_manager_is_found(done, asker, manager, partner):
    line(decides(who=Who.MANAGER))
    with pytest.raises(ApprovalError, match="Seoul Agency has no channel manager"):
        ask(asker, partner_id=partner.pk)
    with pytest.raises(ApprovalError, match="concerns no partner"):
        ask(asker)
    assert not Request.objects.exists()

    type(partner).objects.filter(pk=partner.pk).update(channel_manager=manager)

    assert Step.objects.get(request=ask(asker, partner_id=partner.pk)).member == manager


# --- Nobody approves what they asked for ----------------------------------------------------------------------------


def test_a_line_that_leads_to_who_asks_is_refused(done, manager):
    line(decides(manager))

    with pytest.raises(ApprovalError, match="nobody approves what they asked for"):
        ask(manager)
    assert not Request.objects.exists()


def test_it_goes_to_the_delegate_of_who_asks(done, manager, second):
    line(decides(manager))
    today = timezone.localdate()
    delegate(manager, second, starts_on=today, ends_on=today, by=manager)

    step = Step.objects.get(request=ask(manager))

    assert (step.member, step.instead_of) == (second, manager)


def test_or_to_who_comes_after_the_time_limit(done, manager, owner):
    line(decides(manager, hours=8, late_role=Role.OWNER))

    request = ask(manager)

    assert Step.objects.get(request=request).role == Role.OWNER
    assert decide(request, by=owner, approve=True).state == State.APPROVED


def test_a_role_that_only_who_asks_holds_is_refused(done, analyst):
    line(decides(role=Role.ANALYST))

    with pytest.raises(ApprovalError, match="which nobody else holds"):
        ask(analyst)


def test_nobody_decides_their_own_request_in_any_place(done, manager, second):
    today = timezone.localdate()
    line(decides(second))
    request = ask(manager)
    delegate(second, manager, starts_on=today, ends_on=today, by=second)

    assert not selectors.waiting_for(manager).exists()
    with pytest.raises(ApprovalError, match="You asked for this yourself"):
        decide(request, by=manager, approve=True)


# --- Delegates ------------------------------------------------------------------------------------------------------


def test_a_delegate_decides_and_it_says_so(done, asker, manager, second):
    today = timezone.localdate()
    delegate(manager, second, starts_on=today, ends_on=today + dt.timedelta(days=3), by=manager)
    line(decides(manager))
    request = ask(asker)
    assert "asked" in told(second)
    assert [row.pk for row in selectors.waiting_for(second)] == [request.pk]

    decide(request, by=second, approve=True)

    step = Step.objects.get(request=request)
    assert (step.decided_by, step.on_behalf_of) == (second, manager)


@pytest.mark.parametrize(("first", "last"), [(-5, -1), (1, 5)])
def test_a_delegate_decides_only_on_the_days_of_absence(done, asker, manager, second, first, last):
    today = timezone.localdate()
    Delegation.objects.create(
        member=manager,
        delegate=second,
        starts_on=today + dt.timedelta(days=first),
        ends_on=today + dt.timedelta(days=last),
        created_by=manager,
    )
    line(decides(manager))
    request = ask(asker)

    assert not selectors.waiting_for(second).exists()
    with pytest.raises(ApprovalError):
        decide(request, by=second, approve=True)


# --- Time limits ----------------------------------------------------------------------------------------------------


def late(request: Request) -> dt.datetime:
    """Let the time of the open steps be over; returns the limit."""
    limit = timezone.now() - dt.timedelta(hours=30)
    Step.objects.filter(request=request, state=StepState.OPEN).update(due_at=limit)
    return limit


def test_when_time_is_over_another_may_decide_also_where_no_worker_ran(done, asker, manager, owner):
    line(decides(manager, hours=8, late_role=Role.OWNER))
    request = ask(asker)
    assert not selectors.waiting_for(owner).exists()

    limit = late(request)

    assert selectors.waiting_for(owner).exists()
    assert selectors.waiting_for(manager).exists(), "who is late may still decide"
    decide(request, by=owner, approve=True)
    assert Step.objects.get(request=request).escalated_at == limit


def test_passing_on_is_noted_as_of_the_limit_and_told_once(done, asker, manager, owner):
    line(decides(manager, hours=8, late_member=owner))
    request = ask(asker)
    limit = late(request)

    assert escalate() == 1
    assert escalate() == 0

    assert Step.objects.get(request=request).escalated_at == limit
    assert told(owner) == ["escalated"]


def test_what_waits_for_somebody_who_left_goes_to_the_owners(done, asker, manager, owner):
    line(decides(manager))
    request = ask(asker)
    type(manager).objects.filter(pk=manager.pk).update(is_active=False)

    assert escalate() == 1

    assert told(owner) == ["escalated"]
    assert decide(request, by=owner, approve=True).state == State.APPROVED


def test_who_left_before_their_turn_is_passed_over(done, asker, manager, second, owner):
    line(decides(manager), decides(second, hours=8, late_member=owner))
    request = ask(asker)
    type(second).objects.filter(pk=second.pk).update(is_active=False)

    decide(request, by=manager, approve=True)

    assert told(owner) == ["asked"]
    assert decide(request, by=owner, approve=True).state == State.APPROVED


# --- Taking back, settling otherwise, talking -----------------------------------------------------------------------


def test_who_asked_takes_it_back(done, asker, manager, owner):
    line(decides(manager))
    request = ask(asker)
    with pytest.raises(ApprovalError, match="Only who asked"):
        recall(request, by=owner)

    recall(request, by=asker)

    assert (told(manager), done.calls) == (["asked", "ended"], [("recalled", 1, asker.pk)])
    with pytest.raises(ApprovalError, match="Asker Jung has taken this back"):
        decide(request, by=manager, approve=True)
    assert ask(asker).pk != request.pk


def test_owners_take_back_what_nobody_asked(done, manager, owner):
    line(decides(manager))
    request = ask(None)

    assert recall(request, by=owner).state == State.RECALLED


def test_a_subject_that_was_settled_otherwise_is_withdrawn(done, asker, manager):
    line(decides(manager))
    request = ask(asker)

    withdraw(KEY, 1, because="Decided by phone")

    request.refresh_from_db()
    assert (request.state, done.calls) == (State.WITHDRAWN, [])
    assert told(asker) == ["ended"]
    assert withdraw(KEY, 1, because="Again") is None


def test_a_comment_reaches_who_asked_and_who_decides(done, asker, manager, analyst):
    line(decides(manager))
    request = ask(asker)

    comment(request, by=analyst, text="Which customer?")

    assert (told(asker), told(manager), told(analyst)) == (["commented"], ["asked", "commented"], [])
    with pytest.raises(ApprovalError, match="Write a comment"):
        comment(request, by=analyst, text=" ")


def test_what_the_subject_refuses_takes_the_decision_back(done, asker, manager, monkeypatch):
    from dataclasses import replace

    from approvals import registry

    def refuse(request: Request, by: Any) -> None:
        raise DomainError("It has changed.")

    monkeypatch.setitem(registry._kinds, KEY, replace(registry._kinds[KEY], on_approved=refuse))
    line(decides(manager))
    request = ask(asker)

    with pytest.raises(DomainError, match="It has changed"):
        decide(request, by=manager, approve=True)

    request.refresh_from_db()
    assert (request.state, states(request)) == (State.OPEN, ["open"])


def test_another_manufacturer_sees_nothing(done, asker, manager, stranger):
    line(decides(manager))
    ask(asker)
    with staff_scope(stranger.manufacturer_id):
        assert not Request.objects.exists()
        assert not Route.objects.exists()
