"""The library in the portal: find, look, download, with own logo, and pass on."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from campaigns.forms.assets import BrandForm, ShareForm
from campaigns.library_rows import preview_url, shelf_of, wanted_of, without
from campaigns.models import Asset, AssetKind, AssetVersion, ContentSource, PartnerCampaign, ShareLink, UseKind
from campaigns.selectors import asset_links
from campaigns.selectors import assets as reading
from campaigns.selectors.shelf import narrowing_of
from campaigns.services import asset_branding, asset_use, share_links
from campaigns.services.assets import AssetError
from campaigns.views.assets import ContentMixin, PreviewMixin, drawn_pages
from campaigns.views.staff.assets import spoken
from pages import formats
from pages.paging import COUNT_UP_TO, count_up_to
from partners.agreement_text import as_html
from partners.views.portal.profile import OwnPartnerMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.rights import Right
from tenancy.rls import current_scope
from tenancy.translation import translated


class LibraryMixin(ContentMixin, OwnPartnerMixin):
    """Pages for everybody of a partner."""

    required_right = Right.PORTAL_CONTENT

    @property
    def may_pass_on(self) -> bool:
        """Whether the member may send material out in the partner's name."""
        return self.member.can(Right.PORTAL_CAMPAIGNS)


class LibraryView(LibraryMixin, TemplateView):
    """All material that is for this partner, the newest first, or what was looked for."""

    template_name = "campaigns/portal/assets_library.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.member.partner_id is not None
        asset_use.refresh_shelf(self.member.partner_id)
        since = reading.new_since(asset_use.note_visit(self.member))
        params = self.request.GET.copy()
        is_new = bool(params.pop("new", None))
        wanted = wanted_of(params)
        if is_new:
            wanted = reading.replaced(wanted, since=since)
        shelf = shelf_of(self.member, self.request.GET, wanted, names="campaigns_portal", new_since=since)
        every = reading.assets_for(self.member)
        fresh = count_up_to(every.filter(changed_at__gt=since))
        return super().get_context_data(
            title=self.title(fresh, wanted.is_narrowed, shelf.total),
            shelf=shelf,
            wanted=wanted,
            is_new=is_new,
            fresh=f"{formats.number(COUNT_UP_TO)}+" if fresh > COUNT_UP_TO else fresh and formats.number(fresh),
            kinds=AssetKind.choices,
            languages=spoken(self.member),
            narrowing=narrowing_of(every),
            clear_url=without(self.request.GET, "q", "kind", "tag", "language", "category", "new"),
            may_pass_on=self.may_pass_on,
            **kwargs,
        )

    def title(self, fresh: int, is_narrowed: bool, total: int) -> str:
        """What is new, or how much was found."""
        if is_narrowed:
            if total > COUNT_UP_TO:
                return _("More than %(count)s pieces of material fit") % {"count": formats.number(COUNT_UP_TO)}
            found = ngettext("%(count)s piece of material fits", "%(count)s pieces of material fit", total)
            return found % {"count": formats.number(total)}
        if fresh > COUNT_UP_TO:
            return _("More than %(count)s pieces of material are new for you") % {"count": formats.number(COUNT_UP_TO)}
        if fresh:
            new = ngettext(
                "%(count)s piece of material is new for you", "%(count)s pieces of material are new for you", fresh
            )
            return new % {"count": formats.number(fresh)}
        return _("All material, and nothing new since your last visit") if total else _("There is no material yet")


class AssetAtMixin(LibraryMixin):
    """One piece of material that is for this partner."""

    @cached_property
    def asset(self) -> Asset:
        assert self.member.partner_id is not None
        asset_use.refresh_shelf(self.member.partner_id)
        rows = reading.assets_for(self.member).select_related("terms", "category")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def version(self) -> AssetVersion | None:
        """In the language that is asked for, else in the reader's."""
        asked = self.request.POST.get("language") or self.request.GET.get("language", "")
        version = reading.in_language(reading.current_versions(self.asset), asked)
        if version is not None:
            version.asset = self.asset
        return version

    @cached_property
    def is_open(self) -> bool:
        """Whether nothing has to be accepted first."""
        return reading.has_accepted(self.member, self.asset.terms)

    def page(self) -> str:
        return self.member.url("campaigns_portal:asset", pk=self.kwargs["pk"])

    def to_terms(self) -> HttpResponse:
        messages.info(self.request, _("Read and accept the terms of use first."))
        return redirect(self.page())


class AssetView(AssetAtMixin, TemplateView):
    """One piece of material: how it looks, and what can be done with it."""

    template_name = "campaigns/portal/asset.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asset, version = self.asset, self.version
        current = reading.current_versions(asset)
        can_brand = self.may_pass_on and asset_branding.may_brand(asset, version)
        brand = asset_branding.brand_of(self.partner) if can_brand else None
        if version is not None and self.is_open:
            asset_use.note_use(version, UseKind.VIEW, member=self.member)
        pages = drawn_pages(version) if self.is_open else drawn_pages(version)[:1]
        can_share = self.may_pass_on and asset.may_share and self.is_open and version is not None
        return super().get_context_data(
            asset=asset,
            version=version,
            versions=current,
            pages=[(each, preview_url(self.member, "campaigns_portal", each.version_id, each.page)) for each in pages],
            html=as_html(version.body) if version is not None and version.body and self.is_open else "",
            excerpt=reading.excerpt_of(version) if self.is_open else "",
            products=reading.products_of(asset),
            is_open=self.is_open,
            terms_html=as_html(translated(asset.terms.texts)) if asset.terms is not None and not self.is_open else "",
            can_brand=can_brand,
            has_brand=bool(brand is not None and brand.pk and brand.is_ready),
            may_edit_brand=self.member.can(Right.PORTAL_PROFILE_EDIT),
            can_share=can_share,
            share_form=kwargs.pop("share_form", None)
            or (self.share_form(current, bool(brand and brand.pk)) if can_share else None),
            links=asset_links.links_of(self.partner).filter(asset=asset) if can_share else [],
            **kwargs,
        )

    def share_form(self, versions: list[AssetVersion], may_brand: bool) -> ShareForm:
        language = self.version.language if self.version is not None else ""
        return ShareForm(member=self.member, versions=versions, may_brand=may_brand, initial={"language": language})


class AssetTermsView(AssetAtMixin, View):
    """Accepts the terms of use, with a record."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        edition = request.POST.get("edition", "")
        try:
            if self.asset.terms is not None and edition.isdecimal() and len(edition) < 9:
                address = get_adapter(request).get_client_ip(request)
                asset_use.accept_terms(self.asset, edition=int(edition), by=self.member, address=address)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(self.page())


class AssetFileView(AssetAtMixin, View):
    """The current file as a download, or on to the address of a link; either is counted."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        version = self.version
        if version is None or version.source == ContentSource.PAGE:
            return redirect(self.page())
        if not self.is_open:
            return self.to_terms()
        asset_use.note_use(version, UseKind.DOWNLOAD, member=self.member)
        if version.source == ContentSource.LINK:
            return redirect(version.url)
        return attachment_response(version.stored, name=version.original_name, content_type=version.content_type)


class AssetBrandedView(AssetAtMixin, View):
    """The current document with the partner's logo and contact."""

    required_right = Right.PORTAL_CAMPAIGNS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        version = self.version
        if not self.is_open:
            return self.to_terms()
        try:
            if version is None:
                raise AssetError(_("This document has no room for a logo."))
            copy = asset_branding.branded_copy(version, partner=self.partner, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.page())
        asset_use.note_use(version, UseKind.BRAND, member=self.member)
        name = asset_branding.copy_name(version, str(self.partner))
        return attachment_response(copy.stored, name=name, content_type="application/pdf")


class AssetShareView(AssetView):
    """A new link for a customer."""

    required_right = Right.PORTAL_CAMPAIGNS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.is_open:
            return self.to_terms()
        versions = reading.current_versions(self.asset)
        brand = asset_branding.brand_of(self.partner)
        may_brand = asset_branding.may_brand(self.asset, self.version) and bool(brand.pk)
        form = ShareForm(request.POST, member=self.member, versions=versions, may_brand=may_brand)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(share_form=form))
        said = form.cleaned_data
        try:
            link = share_links.create_link(
                self.asset, language=said["language"], by=self.member, note=said["note"],
                is_branded=said.get("is_branded", False), ends_on=said["ends_on"],
            )  # fmt: skip
            if link.is_branded:
                assert self.version is not None
                asset_branding.branded_copy(self.version, partner=self.partner, by=self.member)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The link is ready. Copy it from the list, and send it as you like."))
        return redirect(f"{self.page()}?language={said['language']}#links")


class ShareLinksView(LibraryMixin, TemplateView):
    """All links of the partner, with how often customers looked."""

    required_right = Right.PORTAL_CAMPAIGNS
    template_name = "campaigns/portal/share_links.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = asset_links.page_of_links(self.partner, after=self.request.GET.get("after", ""))
        return super().get_context_data(page=page, links=page.rows, **kwargs)


class ShareLinkStepView(LibraryMixin, View):
    """Switches a link off."""

    required_right = Right.PORTAL_CAMPAIGNS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        link = get_object_or_404(ShareLink, pk=kwargs["pk"], partner=self.partner)
        share_links.revoke_link(link)
        messages.success(request, _("The link is switched off: whoever opens it finds nothing."))
        return redirect(self.member.url("campaigns_portal:share_links"))


class BrandView(LibraryMixin, FormView):
    """What stands on documents of this partner."""

    required_right = Right.PORTAL_PROFILE_EDIT
    template_name = "campaigns/portal/brand.html"
    form_class = BrandForm

    def get_form_kwargs(self) -> dict[str, Any]:
        instance = asset_branding.brand_of(self.partner)
        return super().get_form_kwargs() | {"member": self.member, "instance": instance}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_logo = bool(asset_branding.brand_of(self.partner).logo)
        return super().get_context_data(has_logo=has_logo, campaign=self.campaign, **kwargs)

    @cached_property
    def campaign(self) -> PartnerCampaign | None:
        """The campaign from which somebody came to see to the brand; it is where they go on."""
        asked = self.request.GET.get("campaign", "")
        return PartnerCampaign.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None

    def form_valid(self, form: Any) -> HttpResponse:
        brand = form.save(commit=False)
        brand.partner = self.partner
        said = form.cleaned_data
        asset_branding.save_brand(brand, logo=said["logo_file"], no_logo=said.get("no_logo", False))
        messages.success(self.request, _("From now on documents of your company look like this."))
        if self.campaign is not None:
            return redirect(self.member.url("campaigns_portal:own_look", pk=self.campaign.pk))
        return redirect(self.member.url("campaigns_portal:brand"))


class BrandLogoView(LibraryMixin, View):
    """The partner's own logo, as it was drawn anew."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return attachment_response(
            asset_branding.brand_of(self.partner).logo, name="logo.png", content_type="image/png"
        )


class AssetPreviewView(PreviewMixin, LibraryMixin):
    """A drawn page; of what has terms that are not accepted yet the first one alone."""

    required_right = Right.PORTAL_CONTENT

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if current_scope().read_only and self.member.partner_id:
            asset_use.refresh_shelf(self.member.partner_id)
        if kwargs["page"] > 1:
            asset = get_object_or_404(
                reading.assets_for(self.member).select_related("terms"), versions=kwargs["pk"]
            )  # fmt: skip
            if not reading.has_accepted(self.member, asset.terms):
                return redirect(self.member.url("campaigns_portal:asset", pk=asset.pk))
        return super().get(request, **kwargs)
