"""What a partner sees and tells of itself."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from partners import selectors, services
from partners.completeness import Completeness, completeness_of
from partners.custom_fields import all_custom_fields, file_response
from partners.forms.partners import PortalProfileForm, SharingForm
from partners.models import LocatorEntry, Partner
from partners.profile import is_stale, profile_sections
from partners.questions import decided_questions, questions_of
from partners.selectors import tiers
from tenancy.access import PortalMixin
from tenancy.models import DataKind
from tenancy.rights import Right

STEPS_SHOWN = 10


class OwnPartnerMixin(PortalMixin):
    """A page about the partner that the member belongs to."""

    @cached_property
    def partner(self) -> Partner:
        return get_object_or_404(Partner.objects.select_related("kind"), pk=self.member.partner_id)


class ProfileView(OwnPartnerMixin, TemplateView):
    """The partner's profile: how complete, what to fill in next, and whether it is still right."""

    required_right = Right.PORTAL_PROFILE_VIEW
    template_name = "partners/portal/profile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definitions = all_custom_fields()
        completeness = completeness_of(self.partner, questions_of(definitions, decided_questions()))
        return super().get_context_data(
            title=profile_title(completeness),
            partner=self.partner,
            completeness=completeness,
            sections=profile_sections(
                self.partner,
                definitions,
                file_url=lambda key: self.member.url("partners_portal:own_file", key=key),
            ),
            is_stale=is_stale(self.partner),
            can_edit=self.member.can(Right.PORTAL_PROFILE_EDIT),
            is_public=self.member.has_function("locator")
            and LocatorEntry.objects.filter(partner=self.partner, is_listed=True).exists(),
            **kwargs,
        )


def profile_title(completeness: Completeness) -> str:
    """How far the profile is, as a sentence."""
    if not completeness.missing:
        return _("Your profile is complete")
    percent = formats.percent(completeness.percent, 0)
    return _("Your profile is %(percent)s complete") % {"percent": percent}


class ProfileEditView(OwnPartnerMixin, FormView):
    """What the partner may change of its profile."""

    required_right = Right.PORTAL_PROFILE_EDIT
    form_class = PortalProfileForm
    template_name = "partners/portal/profile_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.partner}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=self.partner, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        partner = form.save(commit=False)
        services.update_partner(
            partner, fields=form.changed_columns, specialisations=form.cleaned_data["specialisations"]
        )
        if "confirm" in self.request.POST:
            services.confirm_profile(partner)
            messages.success(self.request, _("Your profile is saved and confirmed."))
        else:
            messages.success(self.request, _("Your profile is saved."))
        return redirect(self.member.url("partners_portal:profile"))


class OwnFileView(OwnPartnerMixin, View):
    """A file of the partner's own fields, as a download."""

    required_right = Right.PORTAL_PROFILE_VIEW
    kwargs: dict[str, Any]

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return file_response(self.partner.custom, self.kwargs["key"], manufacturer=self.member.manufacturer_id)


class ProfileConfirmView(OwnPartnerMixin, View):
    """The partner says that its profile is right as it stands."""

    required_right = Right.PORTAL_PROFILE_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.confirm_profile(self.partner)
        messages.success(request, _("Thank you. Your profile is confirmed as of today."))
        return redirect(self.member.url("partners_portal:profile"))


class SharingView(OwnPartnerMixin, TemplateView):
    """Which of its data the partner shows to the one above it, and which sub-partners show theirs to it."""

    required_right = Right.PORTAL_PROFILE_VIEW
    required_function = "sub_partners"
    template_name = "partners/portal/sharing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        related = selectors.related_names()
        above = next((name for name in related if name.is_above), None)
        kinds = selectors.shared_kinds(self.partner)
        return super().get_context_data(
            title=sharing_title(above, kinds),
            partner=self.partner,
            above=above,
            below=selectors.sharing_partners(self.partner, related),
            shows_figures=self.member.can(Right.PORTAL_FIGURES) and self.member.has_function("sales"),
            kinds=kinds,
            past=[sharing for sharing in selectors.sharings_of(self.partner) if sharing.withdrawn_at],
            can_edit=self.member.can(Right.PORTAL_PROFILE_EDIT),
            waiting=[line for line in tiers.open_lines(self.partner) if not line.is_above],
            steps=list(tiers.steps_for(self.partner.pk)[:STEPS_SHOWN]) if above else [],
            **kwargs,
        )


def sharing_title(above: selectors.RelatedName | None, kinds: list[selectors.SharedKind]) -> str:
    """Who sees the partner's data beside the manufacturer, as a sentence."""
    if above is None:
        return _("No other partner sees your data")
    shared = [kind.label for kind in kinds if kind.sharing]
    if not shared:
        return _("%(partner)s does not see your data") % {"partner": above}
    return _("%(partner)s sees: %(kinds)s") % {"partner": above, "kinds": ", ".join(shared)}


class SharedProfileView(OwnPartnerMixin, TemplateView):
    """The profile of a sub-partner that shares it; without an agreement the database shows none."""

    required_right = Right.PORTAL_PROFILE_VIEW
    required_function = "sub_partners"
    template_name = "partners/portal/shared_profile.html"
    kwargs: dict[str, Any]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        below = get_object_or_404(
            Partner.objects.select_related("kind"), pk=self.kwargs["pk"], parent_id=self.member.partner_id
        )
        return super().get_context_data(below=below, sections=profile_sections(below, all_custom_fields()), **kwargs)


class SharingChangeView(OwnPartnerMixin, View):
    """The partner agrees to show one kind of its data, or withdraws that."""

    required_right = Right.PORTAL_PROFILE_EDIT
    required_function = "sub_partners"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = SharingForm(request.POST)
        if form.is_valid():
            kind = DataKind(form.cleaned_data["kind"])
            self.take_step(lambda: self.change(kind, agree=form.cleaned_data["agree"]))
        return redirect(self.member.url("partners_portal:sharing"))

    def change(self, kind: DataKind, *, agree: bool) -> None:
        if agree:
            services.share(self.partner, kind, by=self.member)
            messages.success(self.request, _("You share this now: %(kind)s.") % {"kind": kind.label})
        else:
            services.withdraw_sharing(self.partner, kind)
            messages.success(self.request, _("You no longer share this: %(kind)s.") % {"kind": kind.label})
