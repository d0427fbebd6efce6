"""The few addresses of the look itself: the accent's stylesheet, the theme, the language."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from pages import brand
from pages.context import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


@login_not_required
@require_GET
def brand_css(request: HttpRequest, version: int, colour: str) -> HttpResponse:
    """The accent of a colour. It depends on the address alone, so it may be kept for good."""
    if version != brand.VERSION:
        raise Http404
    response = HttpResponse(brand.stylesheet(colour), content_type="text/css")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device: with the user when signed in, in a cookie before."""
    response = HttpResponseRedirect(_back(request))
    theme = request.POST.get("theme")
    if theme in THEMES:
        _keep(request, "theme", theme)
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
        )
    return response


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The language of pages: with the user when signed in, in a cookie before."""
    response = HttpResponseRedirect(_back(request))
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        _keep(request, "language", language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return response


def _keep(request: HttpRequest, field: str, value: str) -> None:
    if request.user.is_authenticated:
        setattr(request.user, field, value)
        request.user.save(update_fields=[field])


def _back(request: HttpRequest) -> str:
    """To the page the switch was used on; never to another site."""
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if safe else "/"
