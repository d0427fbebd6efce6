"""What waits because of conflicts and sites, and what of both and of deals stands on a partner's timeline."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from leads.models import ConflictCase, ConflictMessage, DealRegistration, Site, SiteAccess
from leads.waiting.conflicts import cases_to_decide, own_cases
from leads.waiting.sites import own_sites, sites_looked_after
from partners.models import Partner
from partners.timeline import timeline_of
from tenancy.access import member_scope
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tenancy.waiting import waiting_for

pytestmark = pytest.mark.django_db


def titles(member: Membership, found: Any) -> list[str]:
    with member_scope(member, member.user):
        items = found(member)
        assert set(items) <= set(waiting_for(member))  # the probe lets it be asked
        return [str(item.title) for item in items]


def test_conflicts_wait_for_whoever_has_to_do_something(
    manufacturer: Manufacturer, rep: Membership, sibling_rep: Membership, manager: Membership, analyst: Membership
) -> None:
    now, own = timezone.now(), {"partner": rep.partner}
    with staff_scope(manufacturer.pk):
        asked = ConflictCase.objects.create(reference="C1", kind="two", other=sibling_rep.partner, **own)
        ConflictCase.objects.create(reference="C2", kind="outside", raised_by_partner=True, **own)
        decided = {"state": "decided", "outcome": "nothing", **own}
        ConflictCase.objects.create(reference="C3", kind="direct", decided_at=now - dt.timedelta(days=13), **decided)
        ConflictCase.objects.create(reference="C4", kind="direct", decided_at=now - dt.timedelta(days=15), **decided)
    assert titles(manager, cases_to_decide) == ["2 channel conflicts are open"]
    assert titles(analyst, cases_to_decide) == []
    knows = "Say what you know about channel conflict C1"
    assert titles(rep, own_cases) == ["Channel conflict C3 is decided", knows]
    assert titles(sibling_rep, own_cases) == [knows]
    with staff_scope(manufacturer.pk):
        ConflictMessage.objects.create(case=asked, partner=rep.partner, by=rep, by_name=rep.name, body="Ours")
        ConflictMessage.objects.create(case=asked, partner=sibling_rep.partner, by=manager, by_name="M", body="And?")
    assert titles(rep, own_cases) == ["Channel conflict C3 is decided"]
    assert titles(sibling_rep, own_cases) == [knows]


def test_sites_that_fell_behind_wait_for_who_registered_and_who_looks_after_them(
    manufacturer: Manufacturer, rep: Membership, sibling_rep: Membership, manager: Membership, owner: Membership
) -> None:
    today = timezone.localdate()
    past, day = today - dt.timedelta(days=1), {"registered_by": rep.partner, "owner": manager}
    rows = [
        ("Late tender", {"stage": "specified", "tender_on": past}),
        ("Late start", {"stage": "tender", "starts_on": past}),
        ("Late end", {"stage": "installing", "finishes_on": past}),
        ("In time", {"stage": "tender", "tender_on": past, "starts_on": today}),
    ]
    with staff_scope(manufacturer.pk):
        for number, (name, fields) in enumerate(rows):
            since = timezone.now() + dt.timedelta(minutes=number)
            site = Site.objects.create(reference=f"S{number}", name=name, stage_since=since, **day, **fields)
            for partner in (rep.partner, sibling_rep.partner):
                SiteAccess.objects.create(site=site, partner=partner)
    for member, found in ((rep, own_sites), (manager, sites_looked_after)):
        assert [each.split("still")[0] for each in titles(member, found)] == [
            "Is Late tender ", "Is Late start ", "Is Late end ",
        ]  # fmt: skip
    assert titles(sibling_rep, own_sites) == []
    assert titles(owner, sites_looked_after) == []


def test_both_partners_of_a_deal_a_case_and_a_site_have_it_on_their_timelines(
    manufacturer: Manufacturer, partner: Partner, sibling: Partner, owner: Membership, manager: Membership
) -> None:
    now = timezone.now()
    with staff_scope(manufacturer.pk):
        Site.objects.create(reference="S1", name="Harbour Tower", city="Busan", registered_by=partner)
        DealRegistration.objects.create(
            reference="D1", partner=partner, partner_name="Seoul Agency", second_partner=sibling, second_is="dealer",
            second_name="Busan Shop", customer_name="Hotel", state="submitted", submitted_at=now,
        )  # fmt: skip
        DealRegistration.objects.create(
            reference="D2", partner=sibling, partner_name="Busan Shop", customer_name="Clinic", state="submitted",
            submitted_at=now,
        )  # fmt: skip
        ConflictCase.objects.create(reference="C1", kind="two", partner=partner, other=sibling)

        def told(one: Partner, **page: Any) -> dict[str, str]:
            chosen = timeline_of(owner, one, sources=["deals", "sites", "conflicts"], **page)
            return {shown.entry.title: shown.entry.text for shown in chosen.entries}

        conflict = "Channel conflict C1: Two partners for one customer"
        assert told(partner) == {
            conflict: "Open",
            "Deal D1: Hotel": "Dealer: Busan Shop · Waits for an answer",
            "Site Harbour Tower": "Specified · Busan",
        }
        assert told(sibling) == {
            conflict: "Open",
            "Deal D2: Clinic": "Waits for an answer",
            "Deal D1: Hotel": "Registered by Seoul Agency · Waits for an answer",
        }
        assert len(told(sibling, size=1)) == 1
