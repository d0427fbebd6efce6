"""What is answered at the origin of packages: the page that plays one, its files, and its reports. Nothing else is there.

No cookie is read or set here, and nobody is signed in: an address carries a ticket (training.scorm_addresses). A package's
scripts can do all that stands here, and that is no more than reporting on their own lesson.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from pages.places import parts_of
from tenancy.errors import DomainError
from tenancy.files import RANGE
from tenancy.hooks import portal_is_open
from tenancy.rls import staff_scope
from training.models import ScormActivity, ScormFile, ScormVersion
from training.scorm_addresses import BadSignature, SignatureExpired, Ticket, ticket_of
from training.scorm_archive import Entry, pieces
from training.scorm_data import MOST_BYTES, ReportError, beginning
from training.selectors.scorm import Visit, file_of, visit_of
from training.services import scorm as services

ADDRESS = re.compile(
    r"/(?P<token>[A-Za-z0-9_~=-]{20,400})/(?:(?P<activity>\d{1,18})/(?P<step>start|keep)?|files/(?P<path>.+))",
    re.DOTALL,
)
SANDBOX = "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads"
"""Nothing leads the portal's own page elsewhere; the origin is the package's, which is never the portal's."""
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
RUNTIMES = {
    ScormVersion.SCORM_12: "vendor/scorm-again/scorm12.min.js",
    ScormVersion.SCORM_2004: "vendor/scorm-again/scorm2004.min.js",
}
STATIC = (*RUNTIMES.values(), "js/package.js", "css/package.css")
"""What the page that plays needs beside the package."""


def answer(request: HttpRequest) -> HttpResponseBase:
    """The answer to a request to the origin of packages."""
    found = ADDRESS.fullmatch(request.path_info)
    if found is None or request.headers.get("Service-Worker"):
        return _plain(404)
    try:
        ticket = ticket_of(found["token"], request.get_host())
    except SignatureExpired:
        with translation.override(translation.get_language_from_request(request)):
            return _told(_("This page was open for too long. Load the lesson again."), 410)
    except (BadSignature, ValueError, TypeError):
        return _plain(404)
    with staff_scope(ticket.manufacturer):
        if found["path"] is not None:
            return _file(request, ticket, found["path"])
        visit = visit_of(ticket)
        if visit is None or (visit.member.partner is not None and not portal_is_open(visit.member.partner)):
            return _plain(404)
        activity = ScormActivity.objects.filter(pk=int(found["activity"]), package=visit.package).first()
        if activity is None or not activity.launch:
            return _plain(404)
        activity.package = visit.package
        with translation.override(visit.member.language):
            if not found["step"]:
                return _page(visit, activity) if request.method == "GET" else _plain(405)
            if request.method != "POST":
                return _plain(405)
            if parts_of(request.headers.get("Origin", "")).netloc != request.get_host():
                return _plain(403)
            return _start(visit, activity) if found["step"] == "start" else _keep(request, visit, activity)


def _page(visit: Visit, activity: ScormActivity) -> HttpResponse:
    """The page that plays an activity: it holds the runtime, where the activity below it looks for it."""
    context = {
        "activity": activity,
        "package": visit.package,
        "runtime": RUNTIMES[ScormVersion(visit.package.version)],
        "language": translation.get_language(),
        "portals": " ".join(settings.PORTAL_ORIGINS),
        "keeps": visit.enrolment is not None,
    }
    response = HttpResponse(render_to_string("training/package/player.html", context), headers=HEADERS)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = _policy(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self';"
        " base-uri 'none'; form-action 'none'"
    )
    return response


def _start(visit: Visit, activity: ScormActivity) -> HttpResponse:
    """A visit begins: its number, and what the data model begins with."""
    member, version = visit.member, visit.package.version
    told: dict[str, Any] = {"learner": (f"learner-{member.pk}", member.name), "given": activity.given}
    if visit.enrolment is None:
        return JsonResponse({"session": 0, "cmi": beginning(version, **told, is_browsing=True)}, headers=HEADERS)
    state = services.launch(visit.enrolment, visit.lesson, activity)
    cmi = beginning(version, **told, kept=state.cmi or None, seconds=state.seconds)
    return JsonResponse({"session": state.visits, "cmi": cmi}, headers=HEADERS)


def _keep(request: HttpRequest, visit: Visit, activity: ScormActivity) -> HttpResponse:
    """A report; who only looks reports nothing."""
    if visit.enrolment is None:
        return _plain(403)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return _plain(413)
    try:
        told = json.loads(request.body)
        session, sequence, cmi = told["session"], told["sequence"], told["cmi"]
        if type(session) is not int or type(sequence) is not int or max(session, sequence) >= 2**31:
            raise ReportError("no number")
        kept = services.keep(visit.enrolment, visit.lesson, activity, session=session, sequence=sequence, cmi=cmi)
    except (ReportError, ArithmeticError, ValueError, KeyError, TypeError, RecursionError):
        return _plain(400)
    except DomainError as error:
        return JsonResponse({"error": str(error)}, status=409, headers=HEADERS)
    return JsonResponse({"activity": activity.pk, **vars(kept)}, headers=HEADERS)


def _file(request: HttpRequest, ticket: Ticket, path: str) -> HttpResponseBase:
    """A file of a package, whole or in pieces where a player of video asks for a range (RFC 9110, one range)."""
    if request.method not in ("GET", "HEAD"):
        return _plain(405)
    row = file_of(ticket, unicodedata.normalize("NFC", path)) if "\x00" not in path else None
    if row is None:
        return _plain(404)
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    first, last, status = 0, row.size - 1, 200
    if asked is not None and (asked[1] or asked[2]):
        first = int(asked[1]) if asked[1] else max(0, row.size - int(asked[2]))
        last = min(int(asked[2]), last) if asked[1] and asked[2] else last
        status = 206
        if first > last:
            return HttpResponse(status=416, headers={**HEADERS, "Content-Range": f"bytes */{row.size}"})
    response = StreamingHttpResponse(_content(row, first, last) if request.method == "GET" else [], status=status)
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers["Content-Type"] = row.content_type
    response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Security-Policy"] = _policy(
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self';"
        " form-action 'self'",
        above="'self'",
    )
    if status == 206:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{row.size}"
    return response


def _content(row: ScormFile, first: int, last: int) -> Iterator[bytes]:
    """The bytes asked for; the ZIP is opened as the first is fetched, and closed behind the last."""
    entry = Entry(row.path, row.offset, row.packed, row.size, row.is_deflated, row.content_type)
    zipped: Any = row.package.file
    with zipped.storage.open(zipped.name, "rb") as file:
        yield from pieces(file, entry, first, last - first + 1)


def _policy(rules: str, *, above: str = "") -> str:
    """A policy of rules, for a page that the portal shows in a frame; above: who else may be between."""
    return f"{SANDBOX}; {rules}; frame-ancestors {above} {' '.join(settings.PORTAL_ORIGINS)}"


def _told(text: str, status: int) -> HttpResponse:
    """A sentence instead of what was asked for."""
    page = render_to_string("training/package/told.html", {"text": text, "language": translation.get_language()})
    policy = {"Content-Security-Policy": _policy("default-src 'none'; style-src 'self'; img-src data:")}
    return HttpResponse(page, status=status, headers=HEADERS | policy)


def _plain(status: int) -> HttpResponse:
    policy = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return HttpResponse(status=status, content_type="text/plain", headers=HEADERS | policy)
