"""What surrounds every request, whatever the address."""

from collections.abc import Callable

from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

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
