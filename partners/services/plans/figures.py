"""Figures of the manufacturer that plans are seen against: the channel mix, and what could be sold by territory."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import (
    MixTarget,
    TerritoryFigure,
)
from partners.services.plans.steps import PlanError


@transaction.atomic
def save_mix(year: int, rows: Mapping[int | None, Mapping[str, Decimal | None]]) -> None:
    """Keep the targets of the channel mix of a year, by kind of partner; None stands for direct sales."""
    shares = [values.get("share") or Decimal(0) for values in rows.values()]
    if sum(shares) > 100:
        raise PlanError(_("The target shares add up to more than 100 %. Lower one of them."))
    kept = [
        MixTarget(year=year, kind_id=kind, share=values.get("share"), amount=values.get("amount"))
        for kind, values in rows.items()
        if values.get("share") is not None or values.get("amount") is not None
    ]
    MixTarget.objects.bulk_create(
        kept,
        update_conflicts=True,
        update_fields=["share", "amount"],
        unique_fields=["manufacturer", "year", "kind"],
    )
    gone = MixTarget.objects.filter(year=year).exclude(kind__in=[row.kind_id for row in kept if row.kind_id])
    if any(row.kind_id is None for row in kept):
        gone = gone.exclude(kind=None)
    gone.delete()


@transaction.atomic
def save_potentials(year: int, potentials: Mapping[int, Decimal | None]) -> int:
    """Keep what could be sold in a year by territory; None takes a figure away. Returns how many stand."""
    known = [
        TerritoryFigure(territory_id=territory, year=year, potential=value)
        for territory, value in sorted(potentials.items())
        if value is not None
    ]
    TerritoryFigure.objects.bulk_create(
        known,
        update_conflicts=True,
        update_fields=["potential"],
        unique_fields=["manufacturer", "territory", "year"],
    )
    gone = [territory for territory, value in potentials.items() if value is None]
    TerritoryFigure.objects.filter(year=year, territory__in=gone).delete()
    return len(known)
