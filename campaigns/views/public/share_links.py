"""What a partner's customer finds behind a short link: the material, who sent it, and nothing else of the portal."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import override
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from campaigns.functions import CONTENT
from campaigns.machines import machine_by_request
from campaigns.models import AssetPreview, BrandedCopy, ContentSource, PartnerBrand, UseKind
from campaigns.selectors.assets import excerpt_of
from campaigns.services import share_links
from campaigns.services.asset_branding import branded_copy, copy_name, may_brand
from campaigns.services.share_links import OpenLink
from campaigns.views.assets import drawn_pages, picture_response
from partners.agreement_text import as_html
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.functions import is_switched_on
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope


@method_decorator([login_not_required, never_cache], name="dispatch")
class LinkMixin(View):
    """Whatever a link shows: 404 alike for one that never was, ended, was switched off, or whose material is withdrawn."""

    request: Any
    kwargs: dict[str, Any]
    found: OpenLink

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        manufacturer: Manufacturer = request.manufacturer
        if not is_switched_on(CONTENT.key, manufacturer.functions_off):
            raise Http404
        with staff_scope(manufacturer.pk), timezone.override(manufacturer.timezone):
            found = share_links.open_link(kwargs["token"])
            if found is None:
                return self.gone(request)
            self.found = found
            with override(found.version.language):
                response: Any = super().dispatch(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def gone(self, request: Any) -> HttpResponse:
        raise Http404

    def count(self, kind: UseKind) -> None:
        if not machine_by_request(self.request.method, self.request.headers):
            agent = self.request.headers.get("User-Agent", "")[:300]
            address = get_adapter(self.request).get_client_ip(self.request)
            share_links.count_use(self.found, kind, address=address, agent=agent)

    def url(self, name: str, **kwargs: Any) -> str:
        own = {"manufacturer": self.request.manufacturer.slug, "token": self.kwargs["token"]}
        return reverse(f"campaigns_public:{name}", kwargs=own | kwargs)


class SharedView(LinkMixin, TemplateView):
    """The page that a customer sees."""

    template_name = "campaigns/public/shared.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.count(UseKind.VIEW)
        asset, version = self.found.asset, self.found.version
        partner = self.found.link.partner
        return super().get_context_data(
            asset=asset,
            version=version,
            partner=partner,
            brand=PartnerBrand.objects.filter(partner=partner).first(),
            html=as_html(version.body) if version.body else "",
            excerpt=excerpt_of(version),
            pages=[(each, self.url("shared_page", page=each.page)) for each in drawn_pages(version)],
            file_url=self.url("shared_file") if version.source != ContentSource.PAGE else "",
            **kwargs,
        )

    def gone(self, request: Any) -> HttpResponse:
        return render(request, "campaigns/public/shared_gone.html", status=404)


class SharedFileView(LinkMixin):
    """The file itself, with the partner's logo where the link says so and there is room."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        version, link = self.found.version, self.found.link
        if version.source == ContentSource.PAGE:
            return redirect(self.url("shared"))
        self.count(UseKind.DOWNLOAD)
        if version.source == ContentSource.LINK:
            return redirect(version.url)
        copy = self.copy() if link.is_branded and may_brand(self.found.asset, version) else None
        if copy is not None:
            name = copy_name(version, str(link.partner))
            return attachment_response(copy.stored, name=name, content_type="application/pdf")
        return attachment_response(version.stored, name=version.original_name, content_type=version.content_type)

    def copy(self) -> BrandedCopy | None:
        try:
            return branded_copy(self.found.version, partner=self.found.link.partner, by=None)
        except DomainError:
            return None  # the plain document is better than none


class SharedPageView(LinkMixin):
    """A drawn page of it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        preview = AssetPreview.objects.filter(version=self.found.version, page=kwargs["page"]).first()
        if preview is None:
            raise Http404
        return picture_response(preview)
