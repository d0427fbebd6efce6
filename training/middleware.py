"""The origin of packages stands beside the portal, in the same process."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.templatetags.static import static

from training.views.packages import STATIC, answer


class PackageOriginMiddleware:
    """What is asked of the origin of packages is answered before sessions, cookies and sign-in: no page of the portal is
    served there, and nothing of a package anywhere else. It stands after what sees to HTTPS, before static files.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = split_domain_port(request.META.get("HTTP_HOST", "").lower())[0]
        if not settings.SCORM_HOSTS or not validate_host(host, settings.SCORM_HOSTS):
            return self.get_response(request)
        if request.method == "GET" and request.path_info in {static(name) for name in STATIC}:
            return self.get_response(request)
        return answer(request)
