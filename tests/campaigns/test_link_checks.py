"""Links of texts followed: what leads nowhere is said with its date, and nobody is led into our own network."""

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from campaigns import link_fetch
from campaigns.link_fetch import Followed, addresses_of, follow, is_public
from campaigns.models import LinkCheck
from campaigns.services import link_checks
from campaigns.services.campaigns import save_content
from jobs.models import Job
from jobs.running import run_job
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.campaigns.test_freezing import planned


class Site(http.server.BaseHTTPRequestHandler):
    """Each path is answered by its name."""

    asked: list[str]

    def do_HEAD(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        name = self.path.strip("/").partition("?")[0]
        headless = name == "headless" and self.command == "HEAD"
        status = {"gone": 404, "closed": 403, "broken": 500, "on": 302, "round": 302, "inside": 302, "odd": 302}.get(
            name, 200
        )
        self.send_response(405 if headless else status)
        if status == 302:
            to = {"on": "/fine", "round": "/round", "inside": "http://169.254.169.254/latest/", "odd": "http://["}[name]
            self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Any]:
    asked: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("OneSite", (Site,), {"asked": asked}))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def lookup(host: str, port: int) -> list[str]:
        """This machine stands for the site; everything else is looked up as always."""
        return ["127.0.0.1"] if host == "site.example" else addresses_of(host, port)

    def asking(path: str) -> Followed:
        return follow(f"http://site.example{path}", lookup=lookup, ports={"http": server.server_port, "https": 443})

    asking.asked = asked  # type: ignore[attr-defined]
    yield asking
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "is_fine"),
    [
        ("/fine", True),
        ("/on", True),
        ("/headless", True),
        ("/가격?q=여름", True),
        ("/gone", False),
        ("/broken", False),
        ("/round", False),
        ("/closed", None),
        ("/inside", None),
        ("/odd", None),
    ],
)
def test_what_a_page_answers_says_whether_a_link_leads_there(site: Any, path: str, is_fine: bool | None) -> None:
    assert site(path).is_fine is is_fine


def test_only_heads_are_asked_for_where_they_are_known(site: Any) -> None:
    site("/fine")
    site("/headless")
    assert site.asked == ["HEAD /fine", "HEAD /headless", "GET /headless"]
    site.asked.clear()
    assert site("/round").detail == "leads on and on"
    assert len(site.asked) == link_fetch.MOST_HOPS + 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_no_address_inside_is_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(0, 0, 0, "", ("93.184.215.14", 0)), (0, 0, 0, "", (address, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: rows)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("It connected."))
    assert not is_public(address)
    assert follow("http://inside.example/") == Followed(None, "not a public address")


@pytest.mark.parametrize(
    "url", ["http://a@b.example/", "http://b.example:22/", "ftp://b.example/", "http:///x", "http://[::1/"]
)
def test_what_is_no_address_of_the_web_is_not_followed(url: str) -> None:
    assert follow(url).is_fine is None


def test_public_addresses_are() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


# --- On the page ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_job_follows_each_link_once_and_the_page_says_which_are_broken(
    owner: Membership, client_for: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://prm.example.com"
    followed: list[str] = []

    def fake(url: str) -> Followed:
        followed.append(url)
        return Followed("good" in url, "404" if "bad" in url else "200")

    monkeypatch.setattr(link_checks, "follow", fake)
    with staff_scope(owner.manufacturer_id):
        campaign = planned(owner)
        for content in campaign.variants.get().contents.all():
            content.body = (
                "[a](https://good.example/) [b](https://bad.example/x) [m](mailto:a@b.example) "
                "[own](https://prm.example.com/hanbit/portal/)"
            )
            save_content(content)
    client, page = client_for(owner), f"/hanbit/campaigns/{campaign.pk}/"
    assert "Not followed yet" in client.get(f"{page}?tab=texts").content.decode()
    for _time in range(2):  # the second time it is known already
        client.post(f"{page}links/")
        with staff_scope(owner.manufacturer_id):
            (job,) = Job.objects.filter(kind="campaigns.links", state="queued")
        run_job(manufacturer_id=owner.manufacturer_id, job_id=job.pk)
    assert sorted(followed) == ["https://bad.example/x", "https://good.example/"]
    shown = client.get(f"{page}?tab=texts").content.decode()
    assert "1 link leads nowhere" in shown
    assert shown.index("bad.example") < shown.index("good.example")
    with staff_scope(owner.manufacturer_id):
        LinkCheck.objects.update(checked_at=timezone.now() - link_checks.FRESH)
        job = link_checks.check_links(campaign, by=owner)
    assert job is not None
    run_job(manufacturer_id=owner.manufacturer_id, job_id=job.pk)
    assert len(followed) == 4
