"""What surrounds every request, whatever the address."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from redis.exceptions import RedisError

from pages.places import page_above, page_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers `/healthz` (this process runs) and `/readyz` (it can work) before all else.

    Load balancers ask by address and without HTTPS, which host checks and redirects would refuse.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            checks = {"database": database_answers(), "redis": redis_answers()}
            return JsonResponse(checks, status=200 if all(checks.values()) else 503)
        return self.get_response(request)


def database_answers() -> bool:
    """Whether the database runs a query; a connection that does not is closed."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return False
    return True


def redis_answers() -> bool:
    """Whether the cache can be read."""
    try:
        cache.get("readyz")
    except RedisError:
        return False
    return True


class PermissionsPolicyMiddleware:
    """Pages ask for nothing of the device but passkeys."""

    POLICY = (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), "
        "publickey-credentials-get=(self), publickey-credentials-create=(self)"
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response


class NoNullMiddleware:
    """Refuses addresses with a null character: no text in the database has one, and asking for it fails."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("null character in the address")
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Who is signed out meanwhile comes back to the page with the form that was sent, or whose part was asked for."""

    def handle_no_permission(self, request: Any, view: Any) -> Any:
        if request.method in ("GET", "HEAD") and not request.htmx:
            return super().handle_no_permission(request, view)
        if request.method not in ("GET", "HEAD"):
            messages.warning(
                request, _("You were signed out meanwhile, and what you sent was not kept. Sign in and send it again.")
            )
        response = redirect_to_login(page_of(request) or page_above(request.path), self.get_login_url(view))
        return HttpResponseClientRedirect(response["Location"]) if request.htmx else response


class FormAddressMiddleware:
    """Who opens the address of a form, which shows no page, is told so, with the way to the page above it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_opened = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code != 405 or not is_opened:
            return response
        page = render(request, "405.html", {"page": page_above(request.path)}, status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page
