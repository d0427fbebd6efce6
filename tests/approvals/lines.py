"""Lines in one call: `line(decides(manager), agrees(role="analyst"))`."""

from typing import Any

from approvals.models import Purpose, Request, Route, Step, Who
from approvals.services import Draft, DraftStep, request_approval, save_route
from tenancy.models import Membership
from tests.approvals.conftest import KEY


def step(purpose: str, member: Membership | None = None, role: str = "", who: str = "", **more: Any) -> DraftStep:
    found = who or (Who.ROLE if role else Who.MEMBER)
    return DraftStep(purpose=purpose, who=found, member=member, role=role, **more)


def decides(*args: Any, **kwargs: Any) -> DraftStep:
    return step(Purpose.DECIDE, *args, **kwargs)


def agrees(*args: Any, **kwargs: Any) -> DraftStep:
    return step(Purpose.AGREE, *args, **kwargs)


def copies(*args: Any, **kwargs: Any) -> DraftStep:
    return step(Purpose.COPY, *args, **kwargs)


def line(*steps: DraftStep, name: str = "Offers", **amounts: Any) -> Route:
    return save_route(Draft(KEY, name, steps=list(steps), **amounts))


def ask(by: Membership | None, subject: int = 1, **kwargs: Any) -> Request:
    return request_approval(KEY, subject, "Offer for Tower 1", by=by, **kwargs)


def states(request: Request) -> list[str]:
    return list(Step.objects.filter(request=request).order_by("stage", "pk").values_list("state", flat=True))
