"""What the rest of the portal learns of material: KPI, audiences, timeline, what waits on the home pages."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.kpis import content_rows
from campaigns.models import Asset
from campaigns.services import asset_use, assets
from campaigns.tasks import assets as tasks
from partners.audiences.fields import Catalogue
from partners.models import Partner
from partners.selectors.audiences import ReadAudience
from partners.timeline import timeline_of
from tenancy.rls import partner_scope, staff_scope
from tenancy.searching import find_all
from tenancy.waiting import waiting_for
from tests.campaigns.factories import AssetFactory, AssetUseFactory, AssetVersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(owner: Any, rep: Any, sibling_rep: Any) -> Any:
    """A version that somebody of Seoul Agency looked at and downloaded, and an older one that Busan had."""
    common = {"manufacturer": owner.manufacturer}
    version = AssetVersionFactory(
        **common, number=2, asset=AssetFactory(**common, state="published", titles={"en": "Prices"})
    )
    old = AssetVersionFactory(**common, is_current=False, asset=version.asset)
    for kind in ("view", "download"):
        AssetUseFactory(**common, version=version, partner=rep.partner, member=rep, kind=kind)
    AssetUseFactory(
        **common,
        version=old,
        partner=sibling_rep.partner,
        member=sibling_rep,
        at=timezone.now() - dt.timedelta(days=400),
    )
    return version


def test_the_kpi_counts_pieces_of_material_in_twelve_months(owner, used, partner, sibling) -> None:
    with staff_scope(owner.manufacturer_id), connection.cursor() as cursor:
        sql, params = content_rows(timezone.now().date(), min(partner.pk, sibling.pk), max(partner.pk, sibling.pk))
        cursor.execute(sql, params)
        rows = {pk: values for pk, values, _explained in cursor.fetchall()}
    assert rows == {partner.pk: '{"content_use": "1"}', sibling.pk: '{"content_use": "0"}'}


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ({"field": "material_current", "test": "any_of"}, ["A1"]),
        ({"field": "material_current", "test": "none_of"}, ["B1"]),
        ({"field": "material_used", "test": "at_least", "value": "1"}, ["A1"]),
        ({"field": "material_used", "test": "is", "value": "0"}, ["B1"]),
    ],
)
def test_audiences_ask_who_has_what_is_current(owner, used, rule, codes) -> None:
    with staff_scope(owner.manufacturer_id):
        asked = ReadAudience({"op": "all", "rules": [{"value": [str(used.asset_id)]} | rule]}, Catalogue(owner))
        assert asked.problems == []
        assert sorted(asked.partners.values_list("code", flat=True)) == codes


def test_downloads_stand_on_the_timeline_and_looks_do_not(owner, used, rep, partner) -> None:
    with staff_scope(owner.manufacturer_id):
        page = timeline_of(owner, Partner.objects.get(pk=partner.pk), sources=["material"])
        assert [shown.entry.title for shown in page.entries] == [f"{rep.name} downloaded “Prices”"]


def test_the_search_over_everything_finds_material_on_both_sides(owner, rep, used) -> None:
    with staff_scope(owner.manufacturer_id):
        assets.write_texts(used.asset)
        staff = [found.url for group in find_all(owner, "prices") for found in group.found]
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        portal = [found.url for group in find_all(rep, "prices") for found in group.found]
    assert staff == [owner.url("campaigns:asset", pk=used.asset_id)]
    assert portal == [rep.url("campaigns_portal:asset", pk=used.asset_id)]


def test_new_material_waits_until_the_library_was_visited(owner, rep, used) -> None:
    def waiting() -> list[str]:
        with partner_scope(owner.manufacturer_id, rep.partner_id):
            return [item.title for item in waiting_for(rep) if "material" in item.title]

    assert waiting() == ["1 piece of material is new for you"]
    with partner_scope(owner.manufacturer_id, rep.partner_id):
        asset_use.note_visit(rep)
    assert waiting() == []


def test_who_keeps_material_hears_that_it_ends(owner, manager, used) -> None:
    with staff_scope(owner.manufacturer_id):
        Asset.objects.update(owner=owner, valid_to=timezone.localdate() + dt.timedelta(days=3))
        found = {member.pk: [item.title for item in waiting_for(member)] for member in (owner, manager)}
    assert "“Prices” ends soon" in found[owner.pk]
    assert "“Prices” ends soon" not in found[manager.pk]


def test_the_clock_asks_every_manufacturer_and_what_was_never_drawn(owner, used, monkeypatch) -> None:
    asked: list[dict[str, int]] = []
    monkeypatch.setattr(tasks.draw_previews, "delay", lambda **kwargs: asked.append(kwargs))
    monkeypatch.setattr(tasks.look_through_assets, "delay", lambda **kwargs: asked.append(kwargs))
    late = AssetVersionFactory(
        manufacturer=owner.manufacturer, preview="waiting", created_at=timezone.now() - dt.timedelta(hours=1)
    )
    assert tasks.sweep_previews() == 1
    assert asked == [{"manufacturer_id": owner.manufacturer_id, "version_id": late.pk}]
    monkeypatch.setattr(tasks, "MORNING", 0)
    assert tasks.look_through_all_assets() == 1
