"""Every address of the portal. An app's `urls` hold the lists; which side they serve is said here."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from tenancy.urls import account_urlpatterns

APPS = [
    "tenancy",
    "jobs",
    "notices",
    "approvals",
    "partners",
    "valuation",
    "commerce",
    "leads",
    "campaigns",
    "communication",
    "training",
    "prm_portal.home",
]
SIDES = {
    "": ("staff_urlpatterns", ""),
    "portal/": ("portal_urlpatterns", "_portal"),
    "public/": ("public_urlpatterns", "_public"),
}


def side_urlpatterns() -> list[URLPattern | URLResolver]:
    """The apps' pages below their manufacturer; the portal and public ones first, as staff paths are looser."""
    patterns: list[URLPattern | URLResolver] = []
    modules = {app: import_module(f"{app}.urls") for app in APPS if find_spec(f"{app}.urls")}
    for prefix, (list_name, suffix) in sorted(SIDES.items(), reverse=True):
        for app, module in modules.items():
            if found := getattr(module, list_name, None):
                patterns.append(
                    path(f"<slug:manufacturer>/{prefix}", include((found, f"{app.rpartition('.')[2]}{suffix}")))
                )
    return patterns


urlpatterns = [
    path("", include((account_urlpatterns, "account"))),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("pages.urls")),
    *side_urlpatterns(),
]
