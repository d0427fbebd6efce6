"""Several people at the same moment, each on a connection of their own."""

from typing import Any

import pytest

from approvals.errors import ApprovalError
from approvals.models import Request, State, Step
from approvals.services import decide, recall
from notices.models import Notice
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.approvals.lines import ask, decides, line
from tests.tenancy.helpers import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]


def in_scope_of(member: Any, step: Any) -> Any:
    def run() -> Any:
        with staff_scope(member.manufacturer_id):
            return step()

    return run


def test_two_approvers_at_once_decide_once(done, asker, manager, second):
    with staff_scope(asker.manufacturer_id):
        line(decides(role=Role.MANAGER))
        request = ask(asker)

    outcomes = at_once(
        in_scope_of(manager, lambda: decide(request, by=manager, approve=True)),
        in_scope_of(second, lambda: decide(request, by=second, approve=False, comment="No")),
    )

    assert {type(outcome) for outcome in outcomes} == {ApprovalError, Request}
    assert len(done.calls) == 1
    with staff_scope(asker.manufacturer_id):
        request.refresh_from_db()
        assert done.calls == [(request.state, 1, request.decided_by_id)]
        assert Step.objects.get(request=request).decided_by == request.decided_by
        assert Notice.objects.filter(recipient=asker, kind="approvals.decided").count() == 1


def test_the_last_two_side_by_side_at_once_approve_once(done, asker, manager, second):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager), decides(second, beside=True))
        request = ask(asker)

    outcomes = at_once(
        in_scope_of(manager, lambda: decide(request, by=manager, approve=True)),
        in_scope_of(second, lambda: decide(request, by=second, approve=True)),
    )

    assert sorted(outcome.state for outcome in outcomes) == [State.APPROVED, State.OPEN]
    assert len(done.calls) == 1


def test_a_double_click_decides_once(done, asker, manager, owner):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager), decides(owner))
        request = ask(asker)

    outcomes = at_once(*[in_scope_of(manager, lambda: decide(request, by=manager, approve=True))] * 2)

    refused = [outcome for outcome in outcomes if isinstance(outcome, ApprovalError)]
    assert [str(error) for error in refused] == ["You have decided this already; it waits for somebody else now."]


def test_taking_back_and_deciding_at_once_is_one_of_both(done, asker, manager):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager))
        request = ask(asker)

    outcomes = at_once(
        in_scope_of(asker, lambda: recall(request, by=asker)),
        in_scope_of(manager, lambda: decide(request, by=manager, approve=True)),
    )

    assert {type(outcome) for outcome in outcomes} == {ApprovalError, Request}
    assert len(done.calls) == 1


def test_asking_twice_at_once_is_one_request(done, asker, manager):
    with staff_scope(asker.manufacturer_id):
        line(decides(manager))

    first, again = at_once(*[in_scope_of(asker, lambda: ask(asker))] * 2)

    assert first.pk == again.pk
