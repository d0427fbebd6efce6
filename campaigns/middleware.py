"""Clicks answered before all that a page needs and a redirect does not."""

import logging
import re
from collections.abc import Callable

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from campaigns.links import Purpose, ticket_of
from campaigns.machines import machine_by_request
from campaigns.services.responses import record_click
from tenancy.selectors import manufacturer_by_slug

log = logging.getLogger(__name__)
CLICK = re.compile(r"/([-\w]+)/public/c/([0-9a-z]+-[0-9a-z]+-[-\w]+)/", re.ASCII)
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


class ClickMiddleware:
    """Notes a click and leads on: no session, no language, no sign-in is asked for, since somebody waits for a page of
    somebody else's. It stands after what sees to HTTPS. An address that was never given out goes on to the view, which
    says that there is no such page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = CLICK.fullmatch(request.path_info)
        if found is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        return led_on(request, *found.groups()) or self.get_response(request)


def led_on(request: HttpRequest, slug: str, token: str) -> HttpResponse | None:
    """To where the link leads. The address is signed with it, and nothing else is followed."""
    to = request.GET.get("to", "")
    try:
        manufacturer = manufacturer_by_slug(slug)
    except Http404:
        return None
    ticket = ticket_of(Purpose.CLICK, manufacturer.pk, token, to)
    if ticket is None or not to.startswith(("https://", "http://")):
        return None
    machine = machine_by_request(request.method or "", request.headers)
    key = f"{machine}{timezone.now():%Y%m%d%H%M}{to}"
    try:
        record_click(manufacturer.pk, ticket.recipient, to, is_machine=bool(machine), key=key)
    except DatabaseError:  # where they want to go is no matter of ours
        log.exception("A click could not be kept.")
    return HttpResponseRedirect(to, headers=HEADERS)
