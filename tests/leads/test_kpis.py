import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from leads.kpis import lead_rows
from leads.models import Offer
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.leads.factories import LeadFactory

DAY = dt.date(2026, 6, 15)


def at(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def kpis(manufacturer: Manufacturer, partner: Any) -> dict[str, Decimal]:
    with staff_scope(manufacturer.pk), connection.cursor() as cursor:
        cursor.execute(*lead_rows(DAY, 1, 2**40))
        found = {pk: json.loads(values) for pk, values, _facts in cursor.fetchall()}
    return {key: Decimal(value) for key, value in found[partner.pk].items()}


def test_a_partner_without_leads_is_not_measured_by_them(manufacturer: Manufacturer, partner: Any) -> None:
    assert kpis(manufacturer, partner) == {}


def test_answers_and_wins_of_twelve_months_count(manufacturer: Manufacturer, partner: Any, sibling: Any) -> None:
    inside, outside = DAY - dt.timedelta(days=300), DAY - dt.timedelta(days=400)
    with staff_scope(manufacturer.pk):
        for number, state in enumerate(["accepted", "accepted", "accepted", "declined", "expired", "withdrawn"]):
            lead = LeadFactory(manufacturer=manufacturer)
            Offer.objects.create(
                lead=lead, partner=partner, state=state, due_at=at(inside), answered_at=at(inside), answer_hours=number
            )
        for number in range(8):
            state, day = ("won" if number < 2 else "lost"), (inside if number < 6 else outside)
            LeadFactory(manufacturer=manufacturer, partner=partner, state=state, closed_at=at(day))
        LeadFactory(manufacturer=manufacturer, partner=sibling, state="won", closed_at=at(inside))

    assert kpis(manufacturer, partner) == {
        "leads_accepted": Decimal(60),
        "leads_answer_hours": Decimal(2),
        "leads_won_share": Decimal("33.3333"),
    }
    assert kpis(manufacturer, sibling) == {}
