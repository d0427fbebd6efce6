from decimal import Decimal

import pytest

from approvals.errors import ApprovalError
from approvals.models import Route, RouteStep, Who
from approvals.services import Draft, draft_of, problems_of, save_route
from tenancy.history import history_of
from tenancy.rights import Role
from tests.approvals.conftest import KEY
from tests.approvals.lines import agrees, ask, copies, decides, line, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("done", "in_scope")]


def problems(*steps, **more):
    return [
        (problem.place, problem.message) for problem in problems_of(Draft(KEY, "Offers", steps=list(steps), **more))
    ]


def test_a_line_needs_somebody_who_decides(manager, analyst):
    assert problems(copies(manager)) == [("steps.0.purpose", "Somebody must decide: add a step that does.")]
    assert "After the last opinion" in problems(decides(manager), agrees(analyst))[0][1]
    assert "may come too late" in problems(decides(manager), agrees(analyst, beside=True))[0][1]
    assert problems(agrees(analyst), decides(manager), copies(analyst)) == []


def test_a_time_limit_needs_somebody_else_after_it(manager, owner):
    assert "say who comes" in problems(decides(manager, hours=4))[0][1]
    assert "somebody else" in problems(decides(manager, hours=4, late_member=manager))[0][1]
    assert problems(decides(manager, hours=4, late_member=owner)) == []


def test_people_of_a_line_work_here(partner_admin, manager):
    assert problems(decides(partner_admin))[0][0] == "steps.0.who"
    assert problems(decides(role=Role.PARTNER_ADMIN))[0][0] == "steps.0.who"
    assert problems(decides(who=Who.MANAGER)) == []


@pytest.mark.parametrize(
    ("low", "high", "clashes"),
    [
        (None, None, True),
        (None, 100, False),
        (None, 101, True),
        (200, None, False),
        (199, None, True),
        (120, 130, True),
    ],
)
def test_two_lines_never_take_the_same_amount(manager, low, high, clashes):
    line(decides(manager), amount_from=Decimal(100), amount_below=Decimal(200))
    found = problems(decides(manager), amount_from=low and Decimal(low), amount_below=high and Decimal(high))

    assert bool(found) is clashes


def test_amounts_stand_in_order(manager):
    assert problems(decides(manager), amount_from=Decimal(5), amount_below=Decimal(5))[0][0] == "amount_below"


def test_a_change_is_kept_and_what_waits_stays_as_it_was(manager, owner, asker):
    route = line(decides(manager))
    request = ask(asker)
    draft = Draft(KEY, "New name", steps=[decides(manager), decides(owner)])

    save_route(draft, route=route)

    assert states(request) == ["open"]
    assert draft_of(Route.objects.get()) == draft
    assert RouteStep.objects.count() == 2
    assert [change.after for change in history_of(Route.objects.get())[0].changes] == ["New name"]


def test_what_is_wrong_is_not_saved(manager):
    with pytest.raises(ApprovalError, match="Somebody must decide"):
        line(copies(manager))
    assert not Route.objects.exists()
