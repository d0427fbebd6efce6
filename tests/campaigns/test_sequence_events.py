"""The events that sequences begin with: just these partners, moments and keys."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from campaigns.events import known_event
from partners.models import Agreement, AgreementTemplate, AgreementType, Paper, PaperType, StageMove
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.leads.factories import LeadFactory
from tests.valuation.sales import on, sell

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")


def day(text: str, hour: int = 0) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(hour), SEOUL)


def found(key: str, since: str, until: str, days: int = 0) -> list[tuple[int, dt.datetime, str]]:
    event = known_event(key)
    assert event is not None
    with connection.cursor() as cursor:
        cursor.execute(event.sql, {"since": day(since), "until": day(until), "days": days, "zone": "Asia/Seoul"})
        return sorted((partner, at, key) for partner, _contact, at, key in cursor.fetchall())


def test_stages_that_were_come_to_and_not_taken_back(owner: Membership, partner: Any, sibling: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        kept = StageMove.objects.create(partner=partner, before="onboarding", after="active", at=day("2026-05-04", 9))
        back = StageMove.objects.create(partner=sibling, before="active", after="onboarding", at=day("2026-05-06"))
        StageMove.objects.create(
            partner=sibling, before="onboarding", after="active", at=day("2026-05-05"), reversed_by=back
        )
        assert found("active", "2026-05-01", "2026-06-01") == [(partner.pk, day("2026-05-04", 9), f"stage:{kept.pk}")]
        assert found("welcomed", "2026-05-01", "2026-06-01") == [(sibling.pk, day("2026-05-06"), f"stage:{back.pk}")]
        assert found("active", "2026-05-05", "2026-06-01") == []


def test_first_and_second_order_whatever_was_returned(owner: Membership, partner: Any, sibling: Any) -> None:
    sell(partner, [on("2026-04-01", -5, order="R"), on("2026-05-02", 9, order="1"), on("2026-05-20", 9, order="2")])
    sell(sibling, [on("2026-05-10", 9, order="1"), on("2026-05-10", 9, order="2"), on("2026-06-01", 9, order="3")])
    with staff_scope(owner.manufacturer_id):
        assert found("first_order", "2026-05-01", "2026-06-01") == [
            (partner.pk, day("2026-05-02"), f"order:1:{partner.pk}"),
            (sibling.pk, day("2026-05-10"), f"order:1:{sibling.pk}"),
        ]
        assert found("second_order", "2026-05-01", "2026-06-01") == [
            (partner.pk, day("2026-05-20"), f"order:2:{partner.pk}"),
            (sibling.pk, day("2026-05-10"), f"order:2:{sibling.pk}"),
        ]
        assert found("first_order", "2026-05-10", "2026-06-01") == []  # after, not at the moment itself


def test_every_gap_that_grew_long_enough_is_a_silence(owner: Membership, partner: Any, sibling: Any) -> None:
    sell(partner, [on("2026-01-01", 9, order="1"), on("2026-01-31", 9, order="2"), on("2026-03-05", 9, order="3")])
    sell(sibling, [on("2026-03-01", 9, order="1"), on("2026-03-20", -9, order="R")])
    with staff_scope(owner.manufacturer_id):
        assert found("silence", "2026-01-01", "2026-06-01", days=30) == [
            (partner.pk, day("2026-03-02"), f"silence:{partner.pk}:2026-01-31"),  # 30 days to the day are none
            (partner.pk, day("2026-04-04"), f"silence:{partner.pk}:2026-03-05"),
            (sibling.pk, day("2026-03-31"), f"silence:{sibling.pk}:2026-03-01"),
        ]
        assert found("silence", "2026-03-02", "2026-04-04", days=30) == [
            (partner.pk, day("2026-04-04"), f"silence:{partner.pk}:2026-03-05"),
            (sibling.pk, day("2026-03-31"), f"silence:{sibling.pk}:2026-03-01"),
        ]


def test_agreements_that_end_and_are_not_renewed_by_then(owner: Membership, partner: Any, sibling: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        kind = AgreementType.objects.create(code="dealer", names={"en": "Dealer"})
        template = AgreementTemplate.objects.create(type=kind, texts={"en": "Text"})

        def agreement(who: Any, ends: str, accepted: str = "2026-01-01", **values: Any) -> Agreement:
            return Agreement.objects.create(
                **{
                    "partner": who, "type": kind, "template": template, "title": "Deal", "language": "en", "text": "T",
                    "starts_on": dt.date(2026, 1, 1), "ends_on": dt.date.fromisoformat(ends), "state": "accepted",
                    "accepted_at": day(accepted), "accepted_name": "Kim",
                } | values
            )  # fmt: skip

        ending = agreement(partner, "2026-07-30")
        agreement(partner, "2026-07-31", renewal="automatic")
        noticed = agreement(partner, "2026-08-01", renewal="automatic", notice_on=dt.date(2026, 3, 1))
        short = agreement(partner, "2026-06-20", accepted="2026-06-10")  # made when it had less than 60 days to go
        renewed = agreement(sibling, "2026-07-15")
        agreement(sibling, "2027-07-15", accepted="2026-05-01", first=renewed, version=2)
        agreement(sibling, "2026-07-15", state="terminated")
        assert found("agreement_ends", "2026-05-01", "2026-06-30", days=60) == [
            (partner.pk, day("2026-05-31"), f"agreement:{ending.pk}:2026-07-30"),
            (partner.pk, day("2026-06-02"), f"agreement:{noticed.pk}:2026-08-01"),
            (partner.pk, day("2026-06-10"), f"agreement:{short.pk}:2026-06-20"),
        ]


def test_papers_that_run_out_without_a_newer_one(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        licence, insurance = (PaperType.objects.create(code=code, names={"en": code}) for code in ("licence", "cover"))

        def paper(kind: Any, until: str, reviewed: str, state: str = "accepted") -> Paper:
            return Paper.objects.create(
                partner=partner, type=kind, valid_until=dt.date.fromisoformat(until), file="x", original_name="x.pdf",
                content_type="application/pdf", size=1, sha256="0" * 64, state=state, reviewed_at=day(reviewed),
                reason="Blurred" if state == "refused" else "",
            )  # fmt: skip

        ending = paper(licence, "2026-06-30", "2026-01-01")
        paper(licence, "2027-06-30", "2026-06-01", state="refused")
        paper(insurance, "2026-06-30", "2026-01-01")
        paper(insurance, "2027-06-30", "2026-05-01")
        assert found("paper_ends", "2026-05-01", "2026-06-30", days=30) == [
            (partner.pk, day("2026-05-31"), f"paper:{ending.pk}")
        ]


def test_leads_accepted_and_won(owner: Membership, partner: Any) -> None:
    own = {"manufacturer": owner.manufacturer, "partner": partner}
    won = LeadFactory(**own, state="won", accepted_at=day("2026-05-02"), closed_at=day("2026-05-20"))
    LeadFactory(**own, state="lost", accepted_at=day("2026-04-02"), closed_at=day("2026-05-20"))
    with staff_scope(owner.manufacturer_id):
        window = ("2026-05-01", "2026-06-01")
        assert found("lead_accepted", *window) == [(partner.pk, day("2026-05-02"), f"lead:accepted_at:{won.pk}")]
        assert found("lead_won", *window) == [(partner.pk, day("2026-05-20"), f"lead:closed_at:{won.pk}")]
