"""The addresses of leads and deals: one module a subject, with a list for each side that it serves."""

from types import ModuleType

from django.urls import URLPattern

from leads.urls import (
    batches,
    conflicts,
    deals,
    distribution,
    forecasts,
    intake,
    opportunities,
    reports,
    scoring,
    sites,
)

SUBJECTS: tuple[ModuleType, ...] = (
    batches,
    conflicts,
    deals,
    distribution,
    forecasts,
    intake,
    opportunities,
    reports,
    scoring,
    sites,
)


def _all(name: str) -> list[URLPattern]:
    return [pattern for subject in SUBJECTS for pattern in getattr(subject, name, [])]


staff_urlpatterns = _all("staff_urlpatterns")
portal_urlpatterns = _all("portal_urlpatterns")
public_urlpatterns = _all("public_urlpatterns")
