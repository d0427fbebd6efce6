import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from leads.kpis import PIPELINE, lead_rows
from leads.models import Offer, Opportunity
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.leads.factories import LeadFactory
from tests.leads.opportunities import opened, stages_of
from valuation.registry import Unit

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


def test_a_pipeline_is_kept_where_next_steps_are_not_overdue(
    manufacturer: Manufacturer, partner: Any, sibling: Any, rep: Any, sibling_rep: Any
) -> None:
    for due in (DAY, DAY + dt.timedelta(days=1), DAY - dt.timedelta(days=1)):
        opened(rep, next_step="Call", next_step_on=due)
    closed = opened(rep, next_step="Call", next_step_on=DAY - dt.timedelta(days=9))
    opened(sibling_rep, next_step="Call", next_step_on=DAY - dt.timedelta(days=1))
    with staff_scope(manufacturer.pk):
        Opportunity.objects.filter(pk=closed.pk).update(
            closed_at=at(DAY), stage=stages_of(manufacturer)["won"], won_amount=700, won_amount_base=700
        )
    assert kpis(manufacturer, partner) == {"pipeline_kept": Decimal("66.6667"), "opportunities_won": Decimal(700)}
    assert kpis(manufacturer, sibling) == {"pipeline_kept": Decimal(0), "opportunities_won": Decimal(0)}
    assert (PIPELINE.unit, PIPELINE.higher_is_better, PIPELINE.limit) == (Unit.PERCENT, True, Decimal(100))
