"""A subject that exists for these tests alone, and keeps what was done to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from approvals import registry
from approvals.models import Request
from approvals.registry import SubjectKind
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory

KEY = "tests.offer"


@dataclass
class Done:
    """What the engine called, in order: (what, number of the subject, who)."""

    calls: list[tuple[str, int, Any]] = field(default_factory=list)

    def note(self, what: str) -> Any:
        def keep(request: Request, by: Membership | None) -> None:
            self.calls.append((what, request.subject_id, by and by.pk))

        return keep


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    done = Done()
    kind = SubjectKind(
        KEY,
        label="Offers",
        describe=lambda request: [("Customer", "Tower <b>1</b>")],
        url=lambda member, request: member.url("partners:list"),
        on_approved=done.note("approved"),
        on_refused=done.note("refused"),
        on_recalled=done.note("recalled"),
        has_amount=True,
        right=Right.PROGRAMMES_EDIT,
    )
    monkeypatch.setitem(registry._kinds, KEY, kind)
    return done


@pytest.fixture
def second(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, user__name="Manager Park")


@pytest.fixture
def asker(manufacturer: Manufacturer) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role="marketing", user__name="Asker Jung")


@pytest.fixture
def narrow(manufacturer: Manufacturer) -> Membership:
    """A manager of no more than assigned partners."""
    return MembershipFactory(manufacturer=manufacturer, assigned_only=True, user__name="Narrow Han")


@pytest.fixture
def everybody(
    owner: Membership,
    manager: Membership,
    second: Membership,
    analyst: Membership,
    asker: Membership,
    partner_admin: Membership,
    stranger: Membership,
) -> None:
    """Made before there is a scope, in which nobody new can sign up."""


@pytest.fixture
def in_scope(manufacturer: Manufacturer, everybody: None) -> Iterator[None]:
    """The staff scope of hanbit."""
    with staff_scope(manufacturer.pk):
        yield
