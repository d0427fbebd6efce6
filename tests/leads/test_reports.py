import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Lead
from leads.selectors.leads import leads_for
from leads.selectors.reports import narrowed, report
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.leads.factories import LeadFactory, LeadReasonFactory, LeadSourceFactory

SignIn = Callable[[Membership], Client]


@pytest.fixture
def told(manufacturer: Manufacturer, partner: Any, sibling: Any) -> dict[str, Any]:
    """Six leads of this year: two sources, two partners, three closed, and one that is too old."""
    now = timezone.now()
    fair = LeadSourceFactory(manufacturer=manufacturer, code="fair", names={"en": "Fair"})
    price = LeadReasonFactory(manufacturer=manufacturer, names={"en": "Price"})

    def lead(state: str, *, hours: int | None = None, days: int = 10, **values: Any) -> Lead:
        came = now - dt.timedelta(days=days)
        accepted = None if hours is None else came + dt.timedelta(hours=hours)
        contact = accepted + dt.timedelta(hours=1) if accepted else None
        return LeadFactory(
            manufacturer=manufacturer, state=state, received_at=came, accepted_at=accepted, first_contact_at=contact,
            **values,
        )  # fmt: skip

    lead("won", hours=2, source=fair, partner=partner, amount_base=1000)
    lead("won", hours=4, source=fair, partner=sibling, amount_base=500)
    lead("lost", hours=6, source=fair, partner=partner, reason=price)
    lead("new", source=fair)
    lead("new", country="JP", region="Tokyo")
    lead("accepted", hours=30, partner=partner)
    lead("won", hours=1, partner=partner, days=500)
    lead("merged")
    return {"fair": fair, "start": now - dt.timedelta(days=365), "end": now}


def read(member: Membership, told: dict[str, Any], **options: Any) -> Any:
    chosen = options.pop("chosen", {})
    leads = narrowed(leads_for(member), chosen)
    return report(leads, start=told["start"], end=told["end"], **({"by": "source"} | options))


def test_a_report_counts_how_far_leads_came_and_how_fast(manager: Membership, told: dict[str, Any]) -> None:
    with staff_scope(manager.manufacturer_id):
        found = read(manager, told)

    total = found.total
    assert (total.received, total.accepted, total.contacted, total.won, total.lost, total.open) == (6, 4, 4, 2, 1, 3)
    assert total.worth == 1500
    assert (total.to_accept, total.to_contact) == (5.0, 6.0)
    assert total.win_rate is not None
    assert round(total.win_rate.value, 3) == 0.667
    assert total.win_rate.low < 0.25 < 0.9 < total.win_rate.high
    assert [(row.name, row.figures.received, row.figures.won) for row in found.rows] == [("Fair", 4, 2), ("", 2, 0)]
    assert found.lost == [("Price", 1)]
    assert sum(figures.received for _month, figures in found.months) == 6


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("partner", {"Seoul Agency": 3, "Busan Dealer": 1, "": 2}),
        ("region", {"South Korea": 5, "Tokyo, Japan": 1}),
        ("campaign", {"": 6}),
        ("category", {"": 6}),
        ("kind", {"": 6}),
    ],
)
def test_leads_can_be_parted_by(manager: Membership, told: dict[str, Any], by: str, rows: dict[str, int]) -> None:
    with staff_scope(manager.manufacturer_id):
        found = read(manager, told, by=by)

    assert {row.name: row.figures.received for row in found.rows} == rows


def test_a_line_can_be_opened(manager: Membership, told: dict[str, Any]) -> None:
    with staff_scope(manager.manufacturer_id):
        by_fair = read(manager, told, by="partner", chosen={"source": str(told["fair"].pk)})
        without = read(manager, told, by="partner", chosen={"source": ""})
        tokyo = read(manager, told, chosen={"region": "JP/Tokyo"})
        nonsense = read(manager, told, chosen={"source": "1; DROP TABLE"})

    assert (by_fair.total.received, without.total.received) == (4, 2)
    assert (tokyo.total.received, nonsense.total.received) == (1, 0)


def test_the_page_tells_it_in_words_and_as_sheets(
    client_for: SignIn, manager: Membership, told: dict[str, Any]
) -> None:
    client = client_for(manager)

    page = client.get("/hanbit/leads/reports/")
    opened = client.get(page.context["rows"][0]["url"])
    sheet = client.get("/hanbit/leads/reports/export/?format=csv")
    book = client.get("/hanbit/leads/reports/export/?format=xlsx&by=partner")

    assert page.context["title"] == "2 of 3 leads that closed were won"
    assert page.context["speed"].startswith("Half of the leads accepted were accepted within 5 h.")
    assert opened.context["chips"][0][0] == "Source: Fair"
    assert opened.context["found"].total.received == 4
    lines = list(csv.reader(io.StringIO(sheet.getvalue().decode("utf-8-sig"))))
    assert lines[1][:5] == ["Fair", "4", "3", "3", "2"]
    assert lines[-1][:2] == ["All", "6"]
    assert book.getvalue()[:2] == b"PK"
    assert client.get("/hanbit/leads/reports/export/?format=exe").status_code == 404


def test_who_may_not_take_lists_out_gets_no_sheet(client_for: SignIn, manufacturer: Manufacturer) -> None:
    from tenancy.rights import Role
    from tests.factories import MembershipFactory

    service = MembershipFactory(manufacturer=manufacturer, role=Role.SERVICE)

    assert client_for(service).get("/hanbit/leads/reports/").status_code == 200
    assert client_for(service).get("/hanbit/leads/reports/export/").status_code == 403


def test_an_assigned_manager_counts_only_own_partners(
    client_for: SignIn, manager: Membership, partner: Any, told: dict[str, Any]
) -> None:
    with staff_scope(manager.manufacturer_id):
        manager.assigned_only = True
        manager.save()
        partner.channel_manager = manager
        partner.save()

    assert client_for(manager).get("/hanbit/leads/reports/").context["found"].total.received == 3


def test_a_partner_sees_its_own(client_for: SignIn, rep: Membership, told: dict[str, Any]) -> None:
    page = client_for(rep).get("/hanbit/portal/leads/reports/")

    assert page.context["found"].total.received == 3
    assert page.context["title"] == "1 of 2 leads that closed were won"
    assert "Busan Dealer" not in page.text


def test_without_leads_the_page_says_so(client_for: SignIn, manager: Membership) -> None:
    page = client_for(manager).get("/hanbit/leads/reports/?days=30&by=nonsense&source=x")

    assert page.status_code == 200
    assert page.context["title"] == "No lead came in this period"


@pytest.mark.parametrize("size", [1, 8])
def test_a_report_asks_as_much_at_any_size(
    manager: Membership, size: int, django_assert_num_queries: Any, manufacturer: Manufacturer
) -> None:
    with staff_scope(manufacturer.pk):
        for _number in range(size):
            LeadFactory(manufacturer=manufacturer, state="won", source=LeadSourceFactory(manufacturer=manufacturer))
        now = timezone.now()
        with django_assert_num_queries(8):
            read(manager, {"start": now - dt.timedelta(days=9), "end": now + dt.timedelta(days=1)})
