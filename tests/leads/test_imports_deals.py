"""Registrations kept elsewhere so far are brought in, with what protects them, and stand in the log."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone

from leads.models import ClaimEntry, DealRegistration, Protection
from leads.services.claims import verify_claims
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.importing import bad, bring, counts
from tests.leads.deals import active_partner, approved, floors, rep_of

pytestmark = pytest.mark.django_db


def test_deals_are_taken_over_once_with_their_protection(
    manufacturer: Manufacturer, manager: Membership, tmp_path: Path
) -> None:
    category = floors(manufacturer, code="FL", names={"en": "Floors", "ko": "마루"})
    seoul = rep_of(active_partner(manufacturer, code="A1", name="Seoul Agency"))
    active_partner(manufacturer, code="B1", name="Busan Dealer")
    approved(seoul, category, staff=manager)
    today = timezone.localdate()
    soon, past = today + dt.timedelta(days=40), today - dt.timedelta(days=10)
    sheet = (
        "등록번호,대리점코드,고객명,전화,제품군,금액,등록일,보호만료일\n"
        f"R1,A1,부산병원,051-333-4444,마루,12000,{past},{soon}\n"
        f"R2,B1,제주리조트,064-555-6666,FL,,{past},{past}\n"
        f"R3,B1,㈜대한호텔,02-555-1234,FL,1,{past},{soon}\n"
        f"R4,B1,부산병원,051-333-4444,FL,1,{past},{soon}\n"
        f"R5,X9,Nobody,,Doors,1,{past},\n"
    )  # fmt: skip
    outcome = bring(manufacturer, "deals", sheet, tmp_path, only_good=True)
    assert counts(outcome) == (2, 0, 0, 3)
    found = [(row, column, code) for row, column, code, _value in bad(outcome)]
    assert found == [
        (4, "protected_until", "place_taken"), (5, "protected_until", "place_taken"),
        (6, "partner_code", "unknown_partner"), (6, "category", "unknown_category"),
    ]  # fmt: skip
    assert counts(bring(manufacturer, "deals", "\n".join(sheet.split("\n")[:3]) + "\n", tmp_path)) == (0, 0, 2, 0)
    with staff_scope(manufacturer.pk):
        rows = DealRegistration.objects.exclude(external_code=None).order_by("external_code")
        assert [(row.reference, row.state, row.customer_name) for row in rows] == [
            ("D000002", "approved", "부산병원"), ("D000003", "expired", "제주리조트"),
        ]  # fmt: skip
        assert Protection.objects.count() == 2
        assert rows[0].is_protected
        assert list(ClaimEntry.objects.values_list("step", flat=True)) == [
            "submitted", "approved", "imported", "imported",
        ]  # fmt: skip
        assert verify_claims().is_whole
