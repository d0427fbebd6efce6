"""Posts to the public form as in production: gunicorn's workers serve, some visitors at once send, each post from a page of
its own and an address of its own. How many a second were taken, and whether each became a lead.

What sends costs little, since it runs on the same machine: whole requests made beforehand, over plain sockets. What came in
is counted in the database and removed.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache

from bench.harness import Measure, report
from bench.network import manufacturers
from leads.models import Lead, LeadForm
from leads.services import web_forms
from prm_portal.processes import dies_with_parent
from tenancy.models import Manufacturer
from tenancy.rls import as_owner, staff_scope

A_SECOND = 100
CAMPAIGN = "bench-intake"
HOST = "127.0.0.1"
TAKEN = 303


@contextmanager
def server() -> Iterator[int]:
    """The portal's web workers as the image starts them, behind one proxy; gives their port."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    env = os.environ | {"TRUSTED_PROXIES": "1", "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "--config", "prm_portal/gunicorn_conf.py", "--bind", f"{HOST}:{port}"]
    with (settings.PRM_HOME / "bench-web.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--log-level", "warning"],
            cwd=settings.BASE_DIR, env=env, stdout=log, stderr=log, preexec_fn=dies_with_parent(signal.SIGTERM),
        )  # fmt: skip
        try:
            for _try in range(600):
                try:
                    socket.create_connection((HOST, port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(60)


def requests(manufacturer: Manufacturer, language: str, count: int) -> list[bytes]:
    """Whole requests, each with the ticket of a page of its own."""
    path = f"/{manufacturer.slug}/public/leads/?{urlencode({'campaign': CAMPAIGN, 'lang': language})}"
    made = []
    for number in range(count):
        body = urlencode(
            {
                "name": f"Person {number}", "phone": f"010-{number:08}", "email": f"kim@bench{number}.example",
                "message": "Please call", "consent": "on", "ticket": web_forms.new_ticket(manufacturer),
            }
        ).encode()  # fmt: skip
        address = f"10.{number // 65_536}.{number // 256 % 256}.{number % 256}"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-For: {address}\r\nX-Forwarded-Proto: https\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def send(port: int, request: bytes) -> int:
    """Send one request; returns the status of its answer."""
    with socket.create_connection((HOST, port), timeout=60) as line:
        line.sendall(request)
        answer = b""
        while part := line.recv(65_536):
            answer += part
    return int(answer[9:12] or 0)


def processor_seconds() -> float:
    """What ended children have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Send them all, and count what is there."""
    parser = argparse.ArgumentParser(prog="bench.leads_intake", description=__doc__)
    parser.add_argument("--posts", type=int, default=3_000)
    parser.add_argument("--at-once", type=int, default=8)
    options = parser.parse_args(argv)
    largest = manufacturers().order_by("pk").first()
    assert largest is not None, "Build the network first."
    cache.clear()
    with staff_scope(largest.pk):
        pool = Lead.objects.count()
        form = LeadForm.objects.filter(state="published").first() or web_forms.publish_form(
            web_forms.draft_form("en"), by=None
        )
    pages = requests(largest, form.language, options.posts)
    warm = requests(largest, form.language, 40)
    of_workers = processor_seconds()
    with server() as port, ThreadPoolExecutor(options.at_once) as senders:
        time.sleep(web_forms.QUICKEST.total_seconds() + 1)  # nobody fills the form in faster
        list(senders.map(lambda request: send(port, request), warm))
        started = time.perf_counter()
        answers = Counter(senders.map(lambda request: send(port, request), pages))
        seconds = time.perf_counter() - started
    of_workers = processor_seconds() - of_workers
    with staff_scope(largest.pk):
        kept = Lead.objects.filter(campaign_code=CAMPAIGN).count() - len(warm)
    with as_owner():
        Lead.objects.filter(manufacturer=largest, campaign_code=CAMPAIGN).delete()
    lost = options.posts - kept
    fault = f"{lost} of {options.posts} were lost: {dict(answers)}" if lost or set(answers) != {TAKEN} else ""
    notes = {
        "leads": f"{pool:,}",
        "posts": options.posts,
        "kept": kept,
        "at once": options.at_once,
        "a second": f"{options.posts / seconds:.0f}",
        "of the workers, their start included": f"{1000 * of_workers / options.posts:.1f} ms of a processor each",
    }
    return report([Measure("a post to the public form", seconds / options.posts, 1 / A_SECOND, 1.0, notes, fault)])
