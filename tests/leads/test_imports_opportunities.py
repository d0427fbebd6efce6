"""Opportunities from a sheet: open and closed ones, brought in once and updated."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from commerce.models import CustomerKey, EndCustomer
from leads.models import Opportunity, Site
from leads.services.sites import create_site
from tenancy.models import Manufacturer
from tenancy.rls import partner_scope, staff_scope
from tests.factories import ExchangeRateFactory
from tests.importing import bad, bring, counts
from tests.leads.deals import active_partner, rep_of
from tests.leads.factories import LeadReasonFactory

pytestmark = pytest.mark.django_db

SHEET = (
    "案件番号,代理店コード,件名,顧客名,電話番号,ステージ,現場コード,金額,通貨,受注予定日,登録日,受注日,受注金額,失注理由\n"
    "O1,A1,ロビー,大韓ホテル,02-1,見積提出,S1,1000,KRW,2027-03-01,2026-05-01,,,\n"
    "O2,A1,Roof,大韓ホテル,,won,,10,USD,,2026-01-05,2026-02-01,12,\n"
    "O3,B1,Wall,Mirae,,lost,,5,KRW,,2026-01-05,2026-02-01,,Price\n"
)


@pytest.fixture
def sheet(manufacturer: Manufacturer) -> str:
    seoul = rep_of(active_partner(manufacturer, code="A1", name="Seoul Agency"))
    active_partner(manufacturer, code="B1", name="Busan Dealer")
    ExchangeRateFactory(manufacturer=manufacturer, currency="USD", date=dt.date(2026, 1, 1), rate=Decimal(1300))
    LeadReasonFactory(manufacturer=manufacturer, code="price", names={"en": "Price"}, use="lost")
    with partner_scope(manufacturer.pk, seoul.partner_id or 0):
        create_site(Site(name="Harbour Tower"), by=seoul)
    with staff_scope(manufacturer.pk):
        Site.objects.update(external_code="S1")
    return SHEET


def test_opportunities_come_in_once_with_customers_amounts_and_first_moves(
    manufacturer: Manufacturer, sheet: str, tmp_path: Path
) -> None:
    assert counts(bring(manufacturer, "opportunities", sheet, tmp_path)) == (3, 0, 0, 0)
    assert counts(bring(manufacturer, "opportunities", sheet, tmp_path)) == (0, 0, 3, 0)
    with staff_scope(manufacturer.pk):
        one, two, three = Opportunity.objects.select_related("stage", "customer", "reason").order_by("external_code")
        assert EndCustomer.objects.count() == 2
        assert CustomerKey.objects.filter(customer=one.customer).exists()
        assert one.customer == two.customer
        assert (one.customer.name, one.customer.phone, one.customer.served_by_id) == (  # type: ignore[union-attr]
            "大韓ホテル", "02-1", one.partner_id,
        )  # fmt: skip
        assert (one.stage.code, one.closed_at, one.amount_base, one.site_id) == (
            "quote", None, Decimal(1000), Site.objects.get().pk,
        )  # fmt: skip
        assert timezone.localdate(one.stage_since) == one.due_on == dt.date(2026, 5, 1)
        assert (two.stage.code, two.won_amount, two.won_amount_base) == ("won", Decimal(12), Decimal(15600))
        assert timezone.localdate(two.closed_at) == dt.date(2026, 2, 1)
        assert (three.stage.code, three.won_amount, three.reason.code) == ("lost", None, "price")  # type: ignore[union-attr]
        assert [(move.from_stage_id, move.to_stage_id) for move in one.moves.all()] == [(None, one.stage_id)]


def test_an_update_moves_what_is_open_and_nothing_else(manufacturer: Manufacturer, sheet: str, tmp_path: Path) -> None:
    bring(manufacturer, "opportunities", sheet, tmp_path)
    again = (
        "案件番号,代理店コード,件名,ステージ,受注日,受注金額\nO1,A1,Lobby,won,2026-06-01,900\nO2,A1,Roof,quote,,\n"
        "O3,A1,Wall,lost,,\nO4,A1,Floor,won,,\nO5,A1,Door,nowhere,,\n"
    )  # fmt: skip
    outcome = bring(manufacturer, "opportunities", again, tmp_path, only_good=True)
    assert counts(outcome) == (0, 1, 0, 4)
    assert [(row, code) for row, _column, code, _value in sorted(bad(outcome))] == [
        (3, "is_closed"), (4, "other_partner"), (5, "no_amount"), (6, "unknown_stage"),
    ]  # fmt: skip
    with staff_scope(manufacturer.pk):
        one = Opportunity.objects.select_related("stage").get(external_code="O1")
        assert (one.name, one.stage.code, one.won_amount, one.won_amount_base) == ("Lobby", "won", 900, 900)
        assert one.amount == 1000  # the file says nothing of it
        assert [move.to_stage.code for move in one.moves.select_related("to_stage").order_by("pk")] == ["quote", "won"]


def test_a_site_of_another_partner_is_refused(manufacturer: Manufacturer, sheet: str, tmp_path: Path) -> None:
    outcome = bring(manufacturer, "opportunities", sheet.replace("O1,A1", "O1,B1"), tmp_path, only_good=True)
    assert [(row, code) for row, _column, code, _value in bad(outcome)] == [(2, "not_its_site")]
