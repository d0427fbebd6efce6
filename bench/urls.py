"""The project's addresses, and the empty signed-in pages that real ones are measured against."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views import View

from prm_portal import urls
from tenancy.access import PortalMixin, StaffMixin
from tenancy.rights import Right

FRAME = "{{% extends '{frame}.html' %}}{{% block heading %}}Empty{{% endblock %}}"


@cache
def frame(name: str) -> Any:
    """A frame with nothing in it, compiled once as the project's own templates are."""
    return engines["django"].from_string(FRAME.format(frame=name))


class EmptyStaffPage(StaffMixin, View):
    required_right = Right.HOME

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse(frame("staff").render({}, request))


class EmptyPortalPage(PortalMixin, View):
    required_right = Right.PORTAL_HOME

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse(frame("portal").render({}, request))


@login_not_required
def empty_public(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse()


EMPTY_STAFF, EMPTY_PORTAL = "/{slug}/bench-empty/", "/{slug}/portal/bench-empty/"

urlpatterns = [
    path("<slug:manufacturer>/bench-empty/", EmptyStaffPage.as_view()),
    path("<slug:manufacturer>/public/bench-empty/", empty_public),
    path("<slug:manufacturer>/portal/bench-empty/", EmptyPortalPage.as_view()),
    *urls.urlpatterns,
]
