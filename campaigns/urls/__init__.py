"""The addresses of campaigns, content and funds: one module a subject, with a list for each side that it serves."""

from types import ModuleType

from django.urls import URLPattern

from campaigns.urls import (
    assets,
    campaigns,
    funds,
    initiatives,
    partner_campaigns,
    propensity,
    responses,
    sending,
    sequences,
)

SUBJECTS: tuple[ModuleType, ...] = (
    assets,
    campaigns,
    funds,
    initiatives,
    partner_campaigns,
    propensity,
    responses,
    sending,
    sequences,
)


def _all(name: str) -> list[URLPattern]:
    return [pattern for subject in SUBJECTS for pattern in getattr(subject, name, [])]


staff_urlpatterns = _all("staff_urlpatterns")
portal_urlpatterns = _all("portal_urlpatterns")
public_urlpatterns = _all("public_urlpatterns")
