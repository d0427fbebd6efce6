"""A click on a link of a campaign, noted and led on, against an empty public view: each by another reader, through all
middleware, one after the other. Whether each was kept is counted, and all of it is removed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory, override_settings
from django.utils import timezone

from bench.harness import Measure, report, side_by_side
from bench.network import manufacturers
from campaigns.links import Links, Ticket
from campaigns.models import Campaign, Recipient, Response
from tenancy.models import Membership
from tenancy.rls import as_owner, staff_scope

LIMIT = 1.5
CLICKS, AT_A_TIME, WARM_UP = 2_000, 20, 5
TO = "https://www.example.com/prices?model=a"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140 Safari/537.36"
NAME = "Bench of clicks"


def readers(manufacturer_id: int, count: int) -> tuple[int, list[int]]:
    """A campaign sent to so many."""
    with staff_scope(manufacturer_id):
        owner = Membership.objects.filter(partner=None).earliest("pk")
        today = timezone.localdate()
        campaign = Campaign.objects.create(
            name=NAME, owner=owner, goal_value=3, starts_on=today, ends_on=today, state="rollout"
        )
        rows = [
            Recipient(campaign=campaign, name=f"Reader {number}", language="en", arm="rest", sent_at=timezone.now())
            for number in range(count)
        ]
        return campaign.pk, [row.pk for row in Recipient.objects.bulk_create(rows, batch_size=1000)]


def remove(campaign: int) -> None:
    """Leave nothing behind."""
    with as_owner():
        of = Recipient.objects.filter(campaign=campaign)
        Response.objects.filter(recipient__in=of.values("pk")).delete()
        of.delete()
        Campaign.objects.filter(pk=campaign).delete()


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Measure clicks in small lots, in turn with as many empty views."""
    parser = argparse.ArgumentParser(prog="bench.campaign_click", description=__doc__)
    parser.add_argument("--clicks", type=int, default=CLICKS)
    options = parser.parse_args(argv)
    manufacturer = manufacturers().order_by("pk").first()
    assert manufacturer is not None, "Build the network first."
    lots = options.clicks // AT_A_TIME
    campaign, people = readers(manufacturer.pk, (lots + WARM_UP) * AT_A_TIME)
    links = Links(manufacturer.pk, f"/{manufacturer.slug}/public")
    addresses = iter([links.click(Ticket(pk, 1), TO) for pk in people])
    handler, factory = WSGIHandler(), RequestFactory(headers={"User-Agent": BROWSER, "Host": "127.0.0.1"})

    def ask(address: str, status: int) -> None:
        response = handler.get_response(factory.get(address))
        response.close()
        if response.status_code != status:
            raise RuntimeError(f"{address}: {response.status_code}")

    def clicks() -> None:
        for _number in range(AT_A_TIME):
            ask(next(addresses), 302)

    def empty() -> None:
        for _number in range(AT_A_TIME):
            ask(f"/{manufacturer.slug}/public/bench-empty/", 200)

    try:
        with override_settings(ROOT_URLCONF="bench.urls", SECURE_SSL_REDIRECT=False):
            taken = side_by_side({"click": clicks, "empty": empty}, times=lots, warm_up=WARM_UP)
        with staff_scope(manufacturer.pk):
            kept = Response.objects.filter(recipient__campaign=campaign, kind="click").count()
    finally:
        remove(campaign)
    lost = len(people) - kept
    notes = {"clicks": len(people), "a second": f"{AT_A_TIME / taken['click']:.0f}"}
    fault = f"{lost} of {len(people)} were not kept" if lost else ""
    return report(
        [Measure("a click led on", taken["click"] / AT_A_TIME, taken["empty"] / AT_A_TIME, LIMIT, notes, fault)]
    )
