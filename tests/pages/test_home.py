"""What stands on the home pages: the most urgent of what waits, and the way to the rest of it."""

from collections.abc import Callable

import pytest
from django.test import Client

from prm_portal.home import views
from tenancy.models import Membership
from tenancy.waiting import WaitingItem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def eight_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [WaitingItem(f"Thing {number}", "", f"/thing/{number}/", "Open") for number in range(1, 9)]
    monkeypatch.setattr(views, "waiting_for", lambda _member: items)


@pytest.mark.parametrize(("who", "path"), [("rep", "/hanbit/portal/"), ("owner", "/hanbit/")])
def test_all_that_waits_can_be_reached_from_home(
    who: str, path: str, request: pytest.FixtureRequest, client_for: Callable[[Membership], Client]
) -> None:
    client = client_for(request.getfixturevalue(who))

    first = client.get(path)
    assert [item.title for item in first.context["waiting"]] == [f"Thing {number}" for number in range(1, 7)]
    assert 'href="?waiting=all#waiting">Show 2 more</a>' in first.content.decode()

    every = client.get(path, {"waiting": "all"})
    assert [item.title for item in every.context["waiting"]] == [f"Thing {number}" for number in range(1, 9)]
    assert "waiting=all#waiting" not in every.content.decode()
