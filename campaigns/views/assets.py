"""What both sides do with material: its drawn pages, served as pictures that were made here."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views import View

from campaigns.functions import CONTENT
from campaigns.models import AssetPreview, AssetVersion
from campaigns.selectors.assets import assets_for
from tenancy.access import MemberRequiredMixin
from tenancy.files import attachment_response


class ContentMixin(MemberRequiredMixin):
    """Pages of the content library."""

    required_function: str | None = CONTENT.key
    kwargs: dict[str, Any]


class PreviewMixin(ContentMixin, View):
    """A page of a version as a picture. It never changes, so that the browser keeps it for itself."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        preview = get_object_or_404(
            AssetPreview, version=kwargs["pk"], page=kwargs["page"], version__asset__in=assets_for(self.member)
        )
        return picture_response(preview)


def picture_response(preview: AssetPreview) -> HttpResponseBase:
    """A drawn page, which the reader's browser may keep for an hour."""
    response = attachment_response(preview.stored, name=f"{preview.page}.webp", content_type="image/webp")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def drawn_pages(version: AssetVersion | None) -> list[AssetPreview]:
    """The pages of a version that were drawn, without the small one for lists."""
    if version is None:
        return []
    return list(AssetPreview.objects.filter(version=version, page__gt=0).order_by("page"))
