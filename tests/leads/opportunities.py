"""What tests of opportunities begin with."""

import datetime as dt
from decimal import Decimal
from typing import Any

from leads.models import Opportunity, PipelineStage
from leads.services.opportunities import Details, open_opportunity
from leads.services.stages import ensure_stages
from tenancy.access import member_scope
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.leads.factories import EndCustomerFactory

SHOWN = ("stage", "lead__reason", "customer__served_by", "reason", "partner", "rep", "created_by")


def stages_of(manufacturer: Any) -> dict[str, PipelineStage]:
    """The proposed stages by code."""
    with staff_scope(manufacturer.pk):
        return {stage.code: stage for stage in ensure_stages()}


def customer_of(member: Membership, **kwargs: Any) -> Any:
    """An end customer of the member's partner."""
    return EndCustomerFactory(manufacturer=member.manufacturer, served_by=member.partner, **kwargs)


def opened(member: Membership, name: str = "Lobby floor", **kwargs: Any) -> Opportunity:
    """An opportunity that the member has begun, in its own scope, with its customer."""
    lines = kwargs.pop("lines", ())
    kwargs.setdefault("amount", Decimal(1000000))
    if "customer" not in kwargs:
        kwargs["customer"] = customer_of(member)
    partner: Any = member.partner
    with member_scope(member, member.user):
        return open_opportunity(Details(name=name, **kwargs), partner=partner, by=member, lines=lines)


def fresh(opportunity: Any) -> Any:
    """The opportunity as the database has it now, as staff see it."""
    with staff_scope(opportunity.manufacturer_id):
        return Opportunity.objects.select_related(*SHOWN).get(pk=opportunity.pk)


def age(opportunity: Opportunity, days: int) -> None:
    """Make its last news that old."""
    with staff_scope(opportunity.manufacturer_id):
        row = Opportunity.objects.get(pk=opportunity.pk)
        then = row.last_activity_at - dt.timedelta(days=days)
        Opportunity.objects.filter(pk=row.pk).update(last_activity_at=then, stage_since=then)
