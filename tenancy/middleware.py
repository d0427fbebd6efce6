"""Who asks, on which manufacturer's pages, and the scope that the view runs in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation

from tenancy import selectors
from tenancy.rls import platform_scope, scope


class ScopeMiddleware:
    """Run each view, and the rendering of its page, in the scope of the member who asks.

    Entered around the view, not around the whole request: an error in the view rolls back, and sessions and sign-in
    are read and written outside.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.member = None
        if request.path.startswith("/admin/") and request.user.is_authenticated and request.user.is_superuser:
            with platform_scope():
                response = render(self.get_response(request))
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                return response
        return self.get_response(request)

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
            if needs_second_factor(request, member):
                return redirect("mfa_index")
            request.member = member
            side = "partner" if member.partner_id else "staff"
            with (
                timezone.override(member.manufacturer.timezone),
                translation.override(language_for(request, member)),
                scope(
                    side,
                    manufacturer=member.manufacturer_id,
                    partner=member.partner_id,
                    user=request.user.pk,
                ),
            ):
                if member.partner_id:
                    selectors.load_partner(member)
                return render(view(request, *args, **kwargs))


def render(response: HttpResponse) -> HttpResponse:
    """Render a template response now, while what it reads is still allowed."""
    if isinstance(response, TemplateResponse) and not response.is_rendered:
        return response.render()
    return response


def needs_second_factor(request: Any, member: Any) -> bool:
    """Whether the manufacturer asks its staff for a second factor that this user has not set up."""
    if not (member.is_staff and member.manufacturer.require_mfa):
        return False
    return not selectors.has_second_factor(request.user)


def language_for(request: Any, member: Any) -> str:
    """The reader's language if the manufacturer's pages speak it, else the manufacturer's first one."""
    chosen = request.user.language or settings.LANGUAGE_CODE
    languages = member.manufacturer.languages
    return chosen if not languages or chosen in languages else languages[0]
