"""Who asks, on which manufacturer's pages, and the scope that the view runs in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import InternalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port, validate_host
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg2.errorcodes import READ_ONLY_SQL_TRANSACTION

from tenancy import selectors, services
from tenancy.access import member_scope
from tenancy.hooks import portal_is_open
from tenancy.rls import platform_scope
from tenancy.services import view_as


class OwnDomainMiddleware:
    """A manufacturer's own domain (T-1) is a door: it leads to its pages on the portal's address.

    No page is served under it, so cookies, passkeys and links have one home, and nothing trusts a foreign Host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = split_domain_port(request.META.get("HTTP_HOST", "").lower())[0]
        if not host or validate_host(host, settings.ALLOWED_HOSTS):
            return self.get_response(request)
        slug = selectors.slug_of_domain(host)
        if slug is None:
            return self.get_response(request)
        path = request.get_full_path()
        if request.path == "/":
            path = f"/?at={slug}"
        elif not path.startswith(f"/{slug}/"):
            path = f"/{slug}{path}"
        return HttpResponseRedirect(settings.PUBLIC_URL + path)


class ScopeMiddleware:
    """Run each view, and the rendering of its page, in the scope of the member who asks.

    Entered around the view, not around the whole request: an error in the view rolls back, and sessions and sign-in
    are read and written outside.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.member = request.viewing = None
        if not request.user.is_authenticated:
            return self.get_response(request)
        with translation.override(request.user.language):
            if request.path.startswith("/admin/") and request.user.is_superuser:
                return in_language(self.administer(request))
            response = in_language(self.get_response(request))
        if request.member is not None and request.viewing is None:
            services.note_seen(request.member)
        return response

    def administer(self, request: Any) -> HttpResponse:
        """A page of Django admin, over all manufacturers; after an error nothing of it stays."""
        with platform_scope():
            response = render(self.get_response(request))
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_view(
        self,
        request: Any,
        view: Callable[..., HttpResponse],
        args: Any,
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        slug = kwargs.get("manufacturer")
        if slug is None:
            return None
        if not getattr(view, "login_required", True):
            request.manufacturer = selectors.manufacturer_by_slug(slug)
            return None
        if not request.user.is_authenticated:
            return None
        with transaction.atomic():
            member = selectors.membership_of(request.user, slug)
        if member is None:
            raise Http404
        if selectors.needs_second_factor(request.user, member):
            request.manufacturer = member.manufacturer
            return render(TemplateResponse(request, "tenancy/hub/second_factor.html", status=403))
        request.member = member
        if view_as.SESSION_KEY in request.session and is_portal(request) and member.is_staff:
            return self.look(request, lambda: view(request, *args, **kwargs))
        # The outermost transaction of its own: one inside that above would cost three more round trips.
        with member_scope(member, request.user):
            if member.partner is not None and not portal_is_open(member.partner):
                raise Http404
            return in_language(render(view(request, *args, **kwargs)))

    def look(self, request: Any, view: Callable[[], HttpResponse]) -> HttpResponse:
        """A page of the portal as somebody else sees it (T-7): with GET alone, and the database lets nothing be written."""
        viewing = view_as.running(request.member, request.session[view_as.SESSION_KEY])
        if viewing is None:
            del request.session[view_as.SESSION_KEY]
            messages.info(request, _("Your look at the portal has ended. Begin it anew at the person's page."))
            return HttpResponseRedirect(request.member.url("tenancy:partner_users"))
        request.viewing, request.member = viewing, viewing.member
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return self.refuse_write(request)
        try:
            with member_scope(viewing.member, request.user):
                if not portal_is_open(viewing.member.partner):
                    raise Http404
                return in_language(render(view()))
        except InternalError as error:
            if getattr(error.__cause__, "pgcode", None) != READ_ONLY_SQL_TRANSACTION:
                raise
            return self.refuse_write(request)

    def refuse_write(self, request: Any) -> HttpResponse:
        """What would change something while one only looks."""
        with member_scope(request.member, request.user):
            return in_language(render(TemplateResponse(request, "tenancy/portal/read_only.html", status=403)))


def is_portal(request: Any) -> bool:
    """Whether the address is one of the portal's."""
    return (request.resolver_match.namespace or "").endswith("_portal")


def render(response: HttpResponse) -> HttpResponse:
    """Render a template response now, while what it reads is still allowed."""
    if isinstance(response, TemplateResponse) and not response.is_rendered:
        return response.render()
    return response


def in_language(response: HttpResponse) -> HttpResponse:
    """Say which language the page is in, while it is known."""
    response.headers.setdefault("Content-Language", translation.get_language())
    return response
