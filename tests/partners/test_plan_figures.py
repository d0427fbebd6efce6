"""Channel plans of all partners together."""

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from partners.models import (
    MixTarget,
    Partner,
    PartnerTerritory,
    Territory,
    TerritoryFigure,
)
from partners.plan_measures import MAIN
from partners.plan_terms import Light
from partners.selectors import coverage_map
from partners.selectors.coverage_map import Verdict
from partners.selectors.plan_rollup import PlanRollUp, RollUp, Scope
from partners.services import plans as services
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerMemberFactory, ProductFactory
from tests.partners.plans import YEAR, agreed
from tests.partners.test_plan_reports import sold


def test_what_is_not_due_yet_is_foreseen_as_planned(
    manufacturer: Any, partner: Any, sibling: Any, manager: Membership, partner_admin: Membership
) -> None:
    """Of 2400 one partner, with 280 of the 300 that were due, will reach 1120; the other has its 1200 in the last quarter."""
    busan_admin = PartnerMemberFactory(manufacturer=manufacturer, partner=sibling, role="partner_admin")
    agreed(partner, YEAR, manager, partner_admin)
    agreed(sibling, YEAR, manager, busan_admin, quarters=(0, 0, 0, 1200))
    product = ProductFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        sold(partner, product, 2, 280)

        def total(day: dt.date) -> RollUp:
            return PlanRollUp(manager, Scope(year=YEAR, measure=MAIN, first_month=1, day=day)).total()

        now = total(dt.date(YEAR, 3, 31))
        assert (now.plans, now.target, now.due, now.actual, now.forecast) == (2, 2400, 300, 280, 2320)
        assert (now.verdict, now.on_plan, now.close, now.behind) == (Light.CLOSE, 0, 1, 0)
        before = total(dt.date(YEAR - 1, 12, 31))
        assert (before.target, before.due, before.forecast, before.verdict) == (2400, 0, None, Light.UNKNOWN)


def test_partners_without_a_crew_are_too_few(
    manufacturer: Any, partner: Any, sibling: Any, manager: Membership, client_for: Callable[[Membership], Client]
) -> None:
    with staff_scope(manufacturer.pk):
        for place, (code, each, demand) in enumerate(
            [("north", partner, 1000), ("east", sibling, 200), ("south", None, 300), ("west", sibling, 0)]
        ):
            territory = Territory.objects.create(code=code, names={"en": code.title()}, order=place)
            TerritoryFigure.objects.create(territory=territory, year=YEAR, potential=demand)
            if each is not None:
                PartnerTerritory.objects.create(partner=each, territory=territory)
        Partner.objects.filter(pk=sibling.pk).update(crew_count=0)
        found = {spot.code: spot for spot in coverage_map.spots(manager, year=YEAR, crowded_from=9)}
        assert {code: (spot.verdict, spot.partners, spot.crews, spot.per_crew) for code, spot in found.items()} == {
            "north": (Verdict.FINE, 1, 1, 1000),
            "south": (Verdict.WHITE, 0, 0, None),
            "east": (Verdict.THIN, 1, 0, None),
            "west": (Verdict.FINE, 1, 0, None),  # nothing to do there
        }
    page = client_for(manager).get(f"/hanbit/plans/map/?year={YEAR}")
    assert page.context["sentences"][:2] == ["No partner: South.", "Partners, but no crew: East."]


def test_figures_of_the_whole_market_are_not_changed_by_who_sees_only_assigned_partners(
    manufacturer: Any, client_for: Callable[[Membership], Client], manager: Membership
) -> None:
    narrow = MembershipFactory(manufacturer=manufacturer, role="manager", assigned_only=True)
    with staff_scope(manufacturer.pk):
        north = Territory.objects.create(code="north", names={"en": "North"})
        TerritoryFigure.objects.create(territory=north, year=YEAR, potential=1000)
    url, page = f"/hanbit/plans/map/figures/?year={YEAR}", f"/hanbit/plans/map/?year={YEAR}"
    given = {f"territory_{north.pk}": "7"}
    client = client_for(narrow)
    assert client.get(page).context["can_edit"] is False
    assert [client.get(url).status_code, client.post(url, given).status_code] == [403, 403]
    with staff_scope(manufacturer.pk):
        assert TerritoryFigure.objects.get().potential == 1000
    client = client_for(manager)
    assert client.get(page).context["can_edit"] is True
    assert [client.get(url).status_code, client.post(url, given).status_code] == [200, 302]
    with staff_scope(manufacturer.pk):
        assert TerritoryFigure.objects.get().potential == 7


@pytest.mark.django_db(transaction=True)
def test_two_who_save_the_same_figures_at_once_both_save(manufacturer: Any, partner: Any) -> None:
    with staff_scope(manufacturer.pk):
        north = Territory.objects.create(code="north", names={"en": "North"})
        east = Territory.objects.create(code="east", names={"en": "East"})
    failed: list[Exception] = []

    def save(share: int) -> None:
        rows: dict[int | None, Any] = {None: {"share": Decimal(share)}, partner.kind_id: {"share": Decimal(40)}}
        services.save_mix(YEAR, rows)
        services.save_potentials(YEAR, {north.pk: Decimal(share), east.pk: None})

    def second() -> None:
        try:
            with staff_scope(manufacturer.pk):
                save(20)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    with staff_scope(manufacturer.pk), transaction.atomic():
        save(10)
        other = threading.Thread(target=second)
        other.start()
        other.join(0.5)  # it waits for the first
    other.join(30)
    assert failed == []
    with staff_scope(manufacturer.pk):
        assert set(MixTarget.objects.values_list("kind", "share")) == {(None, 20), (partner.kind_id, 40)}
        assert list(TerritoryFigure.objects.values_list("territory", "potential")) == [(north.pk, 20)]
        services.save_mix(YEAR, {None: {"share": None}, partner.kind_id: {"amount": Decimal(5)}})
        assert list(MixTarget.objects.values_list("kind", "share", "amount")) == [(partner.kind_id, None, 5)]
        services.save_mix(YEAR, {None: {"share": Decimal(1)}})
        assert list(MixTarget.objects.values_list("kind", "share", "amount")) == [(None, 1, None)]
        services.save_potentials(YEAR, {north.pk: None})
        assert not TerritoryFigure.objects.exists()
