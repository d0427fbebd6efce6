"""Two colleagues edit one row in two tabs: nothing that either of them saved is lost unasked."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from leads.models import Site
from partners.models import Partner
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory, SpecialisationFactory

pytestmark = pytest.mark.django_db


class Sent(HTMLParser):
    """What a browser sends of the form on a page when nothing is touched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.is_in = False
        self.name = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.is_in = "novalidate" in found
        if not self.is_in:
            return
        if tag in ("select", "textarea"):
            self.name = found["name"] or ""
        if tag == "option" and "selected" in found:
            self.values.setdefault(self.name, []).append(found.get("value") or "")
        if tag != "input" or not found.get("name") or found.get("type") == "file":
            return
        if found.get("type") not in ("checkbox", "radio") or "checked" in found:
            self.values.setdefault(found["name"] or "", []).append(found.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self.is_in and data.strip():
            self.values[self.name] = [data.lstrip()]


class Tab:
    """A page with a form, as a browser keeps it."""

    def __init__(self, client: Client, path: str) -> None:
        self.client, self.path, self.page = client, path, client.get(path)

    def send(self, **changes: Any) -> Any:
        values = Sent(self.page.content.decode()).values
        assert len(values) > 10
        self.page = self.client.post(self.path, values | changes)
        return self.page


@pytest.fixture
def partner(manufacturer: Any) -> Partner:
    with staff_scope(manufacturer.pk):
        partner = PartnerFactory(
            manufacturer=manufacturer,
            name="Seoul Agency",
            city="Seoul",
            phone="02-1",
            employees=7,
            showroom_area=70,
            languages=["ko"],
        )
        partner.specialisations.set([SpecialisationFactory(manufacturer=manufacturer)])
        return partner


def saved(partner: Partner) -> Partner:
    with staff_scope(partner.manufacturer_id):
        return Partner.objects.get(pk=partner.pk)


def test_each_keeps_what_the_other_left_alone(client_for: Any, owner: Any, manager: Any, partner: Partner) -> None:
    path = f"/hanbit/partners/{partner.pk}/edit/"
    mine, theirs = Tab(client_for(owner), path), Tab(client_for(manager), path)

    assert theirs.send(city="Busan", employees="9", languages=["ko", "ja"], showroom_area="80").status_code == 302
    assert mine.send(phone="02-2").status_code == 302

    now = saved(partner)
    assert (now.city, now.employees, now.languages, now.phone) == ("Busan", 9, ["ko", "ja"], "02-2")
    assert now.showroom_area == 80


def test_what_both_changed_is_asked_about_once(client_for: Any, owner: Any, manager: Any, partner: Partner) -> None:
    path = f"/hanbit/partners/{partner.pk}/edit/"
    mine, theirs = Tab(client_for(owner), path), Tab(client_for(manager), path)
    theirs.send(city="Busan", employees="9")

    asked = mine.send(city="Incheon", phone="02-2")

    assert asked.status_code == 200
    assert dict(asked.context["form"].errors) == {
        "city": ["A colleague has changed this meanwhile, to “Busan”. Save again to put yours in its place."]
    }
    assert (saved(partner).city, saved(partner).phone) == ("Busan", "02-1")

    assert mine.send().status_code == 302
    now = saved(partner)
    assert (now.city, now.employees, now.phone) == ("Incheon", 9, "02-2")


def test_the_same_change_twice_is_no_question(client_for: Any, owner: Any, manager: Any, partner: Partner) -> None:
    path = f"/hanbit/partners/{partner.pk}/edit/"
    mine, theirs = Tab(client_for(owner), path), Tab(client_for(manager), path)
    theirs.send(city="Busan")

    assert mine.send(city="Busan").status_code == 302


def test_what_the_page_would_not_take_is_asked_about(client_for: Any, owner: Any, partner: Partner) -> None:
    tab = Tab(client_for(owner), f"/hanbit/partners/{partner.pk}/edit/")
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(name="")

    asked = tab.send(phone="02-2")

    said = "A colleague has changed this meanwhile, to “–”. Save again to put yours in its place."
    assert dict(asked.context["form"].errors) == {"name": [said]}
    assert tab.send().status_code == 302
    assert (saved(partner).name, saved(partner).phone) == ("Seoul Agency", "02-2")


def test_what_two_have_saved_is_checked_together(client_for: Any, owner: Any, manager: Any) -> None:
    site = Site(manufacturer=owner.manufacturer, name="Tower", starts_on="2026-01-01", finishes_on="2026-12-01")
    with staff_scope(owner.manufacturer_id):
        site.save()
    path = f"/hanbit/sites/{site.pk}/edit/"
    mine, theirs = Tab(client_for(owner), path), Tab(client_for(manager), path)
    assert theirs.send(finishes_on="2026-03-01").status_code == 302

    refused = mine.send(starts_on="2026-06-01")

    assert refused.status_code == 200
    assert list(refused.context["form"].errors) == ["finishes_on"]
    with staff_scope(owner.manufacturer_id):
        site.refresh_from_db()
    assert (str(site.starts_on), str(site.finishes_on)) == ("2026-01-01", "2026-03-01")


@pytest.mark.parametrize("seen", ["", "{", "[]", "[" * 100_000, '{"city": 3, "nothing": "x"}'])
def test_a_page_that_does_not_say_what_it_showed_saves_as_it_is(
    client_for: Any, owner: Any, partner: Partner, seen: str
) -> None:
    tab = Tab(client_for(owner), f"/hanbit/partners/{partner.pk}/edit/")

    assert tab.send(as_seen=seen, phone="02-3").status_code == 302
    assert saved(partner).phone == "02-3"
