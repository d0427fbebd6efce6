"""Posts to the public form, one after the other for some seconds: how many a second, and whether each became a lead.

Each post is a page of its own from an address of its own; what came in is counted in the database and removed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.test import Client

from bench.harness import Measure, report
from bench.network import manufacturers
from leads.models import Lead, LeadForm
from leads.services import web_forms
from tenancy.rls import as_owner, staff_scope

A_SECOND = 100
CAMPAIGN = "bench-intake"


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Send as many as the limit asks for, and count what is there."""
    parser = argparse.ArgumentParser(prog="bench.leads_intake", description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000)
    options = parser.parse_args(argv)
    largest = manufacturers().order_by("pk").first()
    assert largest is not None, "Build the network first."
    web_forms.QUICKEST = dt.timedelta(seconds=-1)  # nobody fills these in
    cache.clear()
    with staff_scope(largest.pk):
        form = LeadForm.objects.filter(state="published").first() or web_forms.publish_form(
            web_forms.draft_form("en"), by=None
        )
    url = f"/{largest.slug}/public/leads/?campaign={CAMPAIGN}&lang={form.language}"
    client = Client(SERVER_NAME="localhost")
    answers: list[int] = []
    pages = [
        {
            "name": "Kim", "phone": f"010-{number:08}", "email": f"kim{number}@bench.example", "message": "Please call",
            "consent": "on", "ticket": web_forms.new_ticket(largest),
        }
        for number in range(options.posts)
    ]  # fmt: skip
    started = time.perf_counter()
    for number, page in enumerate(pages):
        address = f"10.{number // 65_536}.{number // 256 % 256}.{number % 256}"
        answers.append(client.post(url, page, REMOTE_ADDR=address).status_code)
    seconds = time.perf_counter() - started
    with staff_scope(largest.pk):
        kept = Lead.objects.filter(campaign_code=CAMPAIGN).count()
    with as_owner():
        Lead.objects.filter(manufacturer=largest, campaign_code=CAMPAIGN).delete()
    lost = options.posts - kept
    fault = f"{lost} of {options.posts} were lost" if lost or set(answers) != {303} else ""
    notes = {"posts": options.posts, "kept": kept, "a second": f"{options.posts / seconds:.0f}"}
    return report([Measure("a post to the public form", seconds / options.posts, 1 / A_SECOND, 1.0, notes, fault)])
