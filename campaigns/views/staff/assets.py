"""The content library for staff: the shelf, the list, one piece of material with its versions, its readers, its log."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, CharField, Count, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from campaigns.asset_effect_words import effect_lines, effect_sentence
from campaigns.filters.assets import AssetFilterSet, ReaderFilterSet, UseFilterSet
from campaigns.forms.assets import PRESETS, AssetForm, ContentFields, TermsForm, WithdrawForm, ZoneFormSet
from campaigns.functions import CONTENT
from campaigns.library_rows import STATE_TONES, preview_url, shelf_of, wanted_of, without
from campaigns.models import Asset, AssetKind, AssetState, AssetTerms, AssetVersion
from campaigns.selectors import asset_reports as reports
from campaigns.selectors import assets as reading
from campaigns.selectors.asset_effects import effect_of
from campaigns.selectors.shelf import narrowing_of
from campaigns.services import asset_branding, assets
from campaigns.tables.assets import AssetTable, ReaderTable, UseTable
from campaigns.views.assets import ContentMixin, PreviewMixin, drawn_pages
from commerce.growth_words import balance_rows
from pages import charts, formats
from pages.lists import Empty, ListView
from pages.paging import COUNT_UP_TO, Sort
from pages.row_numbers import number_or_404
from partners.agreement_text import as_html
from partners.views.staff.lists import OwnEntryEditView, OwnEntryView, OwnListView
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.history import history_of
from tenancy.models import Language
from tenancy.once import OnceMixin
from tenancy.rights import Right


class LibraryMixin(ContentMixin, StaffMixin):
    """Pages that every member of staff may read; who keeps the library changes it."""

    required_right = Right.CONTENT_VIEW

    @property
    def may_edit(self) -> bool:
        return self.member.can(Right.CONTENT_EDIT)

    def tabs(self, active: str) -> list[tuple[str, str, bool]]:
        """The pages of the library beside each other."""
        pages = [
            ("library", _("Shelf"), "campaigns:library"),
            ("list", _("List"), "campaigns:asset_list"),
            ("report", _("Use"), "campaigns:asset_report"),
        ]
        return [(label, self.member.url(name), key == active) for key, label, name in pages]


class AssetAtMixin(LibraryMixin):
    """One piece of material."""

    @cached_property
    def asset(self) -> Asset:
        rows = reading.assets_for(self.member).select_related(
            "audience", "audience__owner", "terms", "owner", "category"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def page(self) -> str:
        return self.member.url("campaigns:asset", pk=self.kwargs["pk"])


class LibraryView(LibraryMixin, TemplateView):
    """The shelf: everything that there is, with small pictures."""

    template_name = "campaigns/staff/assets_library.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        params = self.request.GET
        wanted = wanted_of(params)
        shelf = shelf_of(self.member, params, wanted, names="campaigns")
        return super().get_context_data(
            title=self.title(shelf.total, wanted.is_narrowed),
            shelf=shelf,
            wanted=wanted,
            kinds=AssetKind.choices,
            states=AssetState.choices,
            languages=spoken(self.member),
            narrowing=narrowing_of(reading.assets_for(self.member)),
            clear_url=without(params, "q", "kind", "tag", "language", "category", "state", "since"),
            tabs=self.tabs("library"),
            may_edit=self.may_edit,
            **kwargs,
        )

    def title(self, count: int, is_narrowed: bool) -> str:
        """How much there is, or how much was found."""
        if count > COUNT_UP_TO:
            many = (
                _("More than %(count)s pieces of material fit")
                if is_narrowed
                else _("More than %(count)s pieces of material in the library")
            )
            return many % {"count": formats.number(COUNT_UP_TO)}
        if is_narrowed:
            text = ngettext("%(count)s piece of material fits", "%(count)s pieces of material fit", count)
        elif not count:
            return _("The library is empty")
        else:
            text = ngettext(
                "%(count)s piece of material in the library", "%(count)s pieces of material in the library", count
            )
        return text % {"count": formats.number(count)}


def spoken(member: Any) -> list[tuple[str, str]]:
    """The languages of the manufacturer's pages, with their names."""
    known = member.manufacturer.languages or Language.values
    return [(value, label) for value, label in Language.choices if value in known]


class AssetListView(LibraryMixin, ListView):
    """The same as a list, with figures, filters and export."""

    list_key = "assets"
    table_class = AssetTable
    filterset_class = AssetFilterSet
    template_name = "campaigns/staff/assets_list.html"
    export_name = "material"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    default_columns = (
        "title", "kind", "state", "languages", "audience", "valid_to", "partners", "downloads", "changed_at",
    )  # fmt: skip
    sorts = {
        "updated_at": Sort("updated_at", descending=True),
        "changed_at": Sort("changed_at", descending=True),
        "valid_to": Sort("valid_to"),
        "valid_from": Sort("valid_from"),
        "state": Sort("state"),
        "kind": Sort("kind"),
    }
    default_sort = "-updated_at"
    empty = Empty(
        gettext_lazy("Nothing in the library yet"),
        gettext_lazy("Put in what partners ask for most: the price list, the catalogue, the installation guide."),
        "campaigns:asset_create",
        gettext_lazy("Add material"),
        Right.CONTENT_EDIT,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reports.listed_assets(reading.assets_for(self.member))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=self.tabs("list"), may_edit=self.may_edit, **kwargs)


class AssetView(AssetAtMixin, TemplateView):
    """One piece of material: how it looks, its versions, who has it, what can be done with it."""

    template_name = "campaigns/staff/asset.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asset = self.asset
        current = reading.current_versions(asset)
        shown = reading.in_language(current, self.request.GET.get("language", ""))
        pages = drawn_pages(shown)
        versions = list(asset.versions.select_related("created_by").defer("text").order_by("language", "-number"))
        return super().get_context_data(
            asset=asset,
            tone=STATE_TONES.get(asset.state, ""),
            current=current,
            shown=shown,
            html=as_html(shown.body) if shown and shown.body else "",
            excerpt=reading.excerpt_of(shown),
            pages=[(each, preview_url(self.member, "campaigns", each.version_id, each.page)) for each in pages],
            versions=versions,
            products=reading.products_of(asset),
            reach=reading.reach_of(asset) if asset.state == AssetState.PUBLISHED else None,
            count=reading.use_count(asset),
            is_broken=asset.audience is not None and reading.is_broken(asset.audience),
            missing=[label for value, label in spoken(self.member) if value not in {each.language for each in current}],
            history=history_of(asset, limit=15),
            withdraw_form=WithdrawForm(),
            may_edit=self.may_edit,
            can=self.steps(bool(current)),
            **kwargs,
        )

    def steps(self, has_content: bool) -> dict[str, bool]:
        """What can be done now."""
        state = self.asset.state
        return {
            "publish": has_content and state in (AssetState.DRAFT, AssetState.EXPIRED),
            "withdraw": state in (AssetState.PUBLISHED, AssetState.SCHEDULED, AssetState.EXPIRED),
            "draft": state in (AssetState.WITHDRAWN, AssetState.SCHEDULED),
            "delete": state == AssetState.DRAFT and self.asset.published_at is None,
            "version": state != AssetState.WITHDRAWN,
        }


class AssetCreateView(OnceMixin, LibraryMixin, FormView):
    """New material with its first version: nobody but staff sees it before it is published."""

    required_right = Right.CONTENT_EDIT
    template_name = "campaigns/staff/asset_form.html"
    form_class = AssetForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": Asset()}

    @cached_property
    def content_form(self) -> ContentFields:
        data, files = (self.request.POST, self.request.FILES) if self.request.method == "POST" else (None, None)
        initial = {"language": self.member.manufacturer.first_language}
        return ContentFields(data, files, member=self.member, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(asset=None, content_form=self.content_form, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        if not self.content_form.is_valid():
            return self.form_invalid(form)
        said, products = form.save(commit=False), form.cleaned_data["products"]
        try:
            with transaction.atomic():
                asset = assets.save_asset(said, products=products, by=self.member)
                assets.add_version(asset, by=self.member, **self.content_form.content)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("“%(asset)s” is a draft now. Look at it, and publish it when it is right.") % {"asset": asset},
        )
        return redirect(self.member.url("campaigns:asset", pk=asset.pk))


class AssetEditView(AssetAtMixin, FormView):
    """What is said about material."""

    required_right = Right.CONTENT_EDIT
    template_name = "campaigns/staff/asset_form.html"
    form_class = AssetForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.asset}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(asset=Asset.objects.get(pk=self.kwargs["pk"]), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            assets.save_asset(form.save(commit=False), products=form.cleaned_data["products"], by=self.member)
        except DomainError as error:
            messages.error(self.request, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("What you changed is kept."))
        return redirect(self.page())


class VersionAddView(AssetAtMixin, FormView):
    """A newer version, or another language."""

    required_right = Right.CONTENT_EDIT
    template_name = "campaigns/staff/asset_version_form.html"
    form_class = ContentFields

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def get_initial(self) -> dict[str, Any]:
        newest = self.asset.versions.order_by("-created_at", "-pk").values_list("language", flat=True).first()
        return {"language": self.request.GET.get("language") or newest or self.member.manufacturer.first_language}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(asset=self.asset, current=reading.current_versions(self.asset), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            version = assets.add_version(self.asset, by=self.member, **form.content)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("Version %(number)s is current now. Links that were sent before show it already.")
            % {"number": version.number},
        )
        return redirect(f"{self.page()}?language={version.language}")


class AssetStepView(AssetAtMixin, View):
    """A step: publish, withdraw, draft, delete; an older version made current, a version withdrawn."""

    required_right = Right.CONTENT_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        steps: dict[str, Callable[[], str]] = {
            "publish": self.publish,
            "withdraw": self.withdraw,
            "draft": self.draft,
            "delete": self.delete,
            "choose": self.choose,
            "withdraw-version": self.withdraw_version,
        }
        step = steps.get(request.POST.get("step", ""))
        if step is None:
            raise Http404
        self.take_step(step)
        if not Asset.objects.filter(pk=self.kwargs["pk"]).exists():
            return redirect(self.member.url("campaigns:library"))
        return redirect(self.page())

    def publish(self) -> str:
        asset = assets.publish_asset(self.asset, tell=bool(self.request.POST.get("tell")))
        if asset.state == AssetState.SCHEDULED:
            return _("It comes out by itself on its first day.")
        return _("It is out: those it is for have it in their portal now.")

    def withdraw(self) -> str:
        form = WithdrawForm(self.request.POST)
        if not form.is_valid():
            messages.error(self.request, _("Say why it is withdrawn: those who have it read that."))
            return ""
        assets.withdraw_asset(self.asset, reason=form.cleaned_data["reason"])
        return _("It is withdrawn everywhere: library, links and copies. Those who used it are told.")

    def draft(self) -> str:
        assets.return_to_draft(self.asset)
        return _("It is a draft again.")

    def delete(self) -> str:
        assets.delete_draft(self.asset)
        return _("The draft is deleted.")

    def choose(self) -> str:
        version = assets.choose_version(self.version)
        return _("Version %(number)s is current again.") % {"number": version.number}

    def withdraw_version(self) -> str:
        assets.withdraw_version(self.version)
        return _("Nobody gets this version any more.")

    @property
    def version(self) -> AssetVersion:
        return get_object_or_404(AssetVersion, pk=number_or_404(self.request.POST.get("version", "")), asset=self.asset)


class VersionFileView(LibraryMixin, View):
    """The file of any version, for staff; their looks are not counted."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        version = get_object_or_404(AssetVersion.objects.exclude(stored="").defer("text"), pk=kwargs["pk"])
        return attachment_response(version.stored, name=version.original_name, content_type=version.content_type)


class AssetPreviewView(PreviewMixin, StaffMixin):
    required_right = Right.CONTENT_VIEW


class ZonesView(LibraryMixin, TemplateView):
    """Where a PDF has room for a partner's logo and contact, and how that looks."""

    required_right = Right.CONTENT_EDIT
    template_name = "campaigns/staff/asset_zones.html"

    @cached_property
    def version(self) -> AssetVersion:
        found = AssetVersion.objects.select_related("asset").defer("text").filter(content_type="application/pdf")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def formset(self) -> Any:
        if self.request.method == "POST":
            return ZoneFormSet(self.request.POST, initial=self.version.zones)
        preset = PRESETS.get(self.request.GET.get("preset", ""))
        return ZoneFormSet(initial=preset[1] if preset else self.version.zones)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("formset", self.formset())
        pages = drawn_pages(self.version)
        ends = {pages[0].page, pages[-1].page} if pages else set()
        return super().get_context_data(
            version=self.version,
            asset=self.version.asset,
            presets=[(key, label) for key, (label, _zones) in PRESETS.items()],
            pages=[(p, preview_url(self.member, "campaigns", p.version_id, p.page)) for p in pages if p.page in ends],
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        formset = self.formset()
        if not formset.is_valid():
            return self.render_to_response(self.get_context_data(formset=formset))
        zones = [
            {name: said[name] if name in ("what", "page") else float(said[name]) for name in said if name != "DELETE"}
            for said in formset.cleaned_data
            if said.get("what")
        ]
        try:
            asset_branding.save_zones(self.version, zones)
        except DomainError as error:
            messages.error(request, str(error))
            return self.render_to_response(self.get_context_data(formset=formset))
        messages.success(request, _("The places are kept. Look at the sample to see how they sit."))
        return redirect(self.member.url("campaigns:asset_zones", pk=self.version.pk))


class SampleView(ZonesView):
    """The PDF with sample words in its places."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            content = asset_branding.sample_copy(self.version, str(self.member.manufacturer))
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.member.url("campaigns:asset_zones", pk=self.version.pk))
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = 'attachment; filename="sample.pdf"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class ReadersView(AssetAtMixin, ListView):
    """Who of those it is for has used what is current, and who has not."""

    list_key = "asset_readers"
    table_class = ReaderTable
    filterset_class = ReaderFilterSet
    template_name = "campaigns/staff/asset_readers.html"
    export_name = "readers"
    export_right = Right.PARTNERS_EXPORT
    default_columns = ("name", "code", "kind", "city", "seen_at", "got_at", "people", "channel_manager")
    sorts = {"name": Sort("name"), "code": Sort("code"), "city": Sort("city")}
    default_sort = "name"

    def get_queryset(self) -> QuerySet[Any]:
        return reading.readers_of(self.asset, self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reach = reading.reach_of(self.asset)
        return super().get_context_data(asset=self.asset, title=reach_title(reach), reach=reach, **kwargs)


def reach_title(reach: reading.Reach) -> str:
    """How far what is current has come."""
    if not reach.wanted:
        return _("It is for nobody at present")
    if not reach.missing:
        return _("All %(count)s partners have used what is current") % {"count": formats.number(reach.wanted)}
    return _("%(reached)s of %(wanted)s partners have used what is current; %(missing)s have not") % {
        "reached": formats.number(reach.reached),
        "wanted": formats.number(reach.wanted),
        "missing": formats.number(reach.missing),
    }


class EffectView(AssetAtMixin, TemplateView):
    """What its use goes with, against comparable partners that did not use it."""

    template_name = "campaigns/staff/asset_effect.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        effect = effect_of(self.asset)
        return super().get_context_data(
            asset=self.asset,
            sentence=effect_sentence(self.asset, effect.found),
            lines=effect_lines(effect.found, effect.frame),
            balance=balance_rows(effect.found) if effect.found.pairs else [],
            **kwargs,
        )


class UseLogView(AssetAtMixin, ListView):
    """Who used material when, by person and company; customers who came by a link without their names."""

    list_key = "asset_log"
    table_class = UseTable
    filterset_class = UseFilterSet
    template_name = "campaigns/staff/asset_log.html"
    export_name = "use-of-material"
    export_right = Right.PARTNERS_EXPORT
    default_columns = ("at", "partner", "member", "what", "language", "number", "by_link")
    sorts = {"at": Sort("at", descending=True)}
    default_sort = "-at"

    def get_queryset(self) -> QuerySet[Any]:
        link, own = Value(str(_("a customer, by a link"))), Value(str(_("the partner")))
        by = Case(When(link__isnull=False, then=link), default=own, output_field=CharField())
        return reading.uses_for(self.member).filter(asset=self.asset).annotate(by_link=by)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(asset=self.asset, **kwargs)


class AssetReportView(LibraryMixin, TemplateView):
    """What the library did: how much it is used, by whom, and what nobody wants."""

    template_name = "campaigns/staff/assets_report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("days", "")
        days = int(asked) if asked in ("30", "90", "365") else 90
        report = reports.library_use(days=days)
        return super().get_context_data(
            title=self.title(report, days),
            report=report,
            days=days,
            periods=[(each, self.period(each)) for each in (30, 90, 365)],
            chart=self.chart(report) if report.weeks else None,
            tabs=self.tabs("report"),
            **kwargs,
        )

    def period(self, days: int) -> str:
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}

    def title(self, report: reports.LibraryUse, days: int) -> str:
        """How many partners used the library."""
        if not report.active:
            return _("No partner has used the library in %(days)s days") % {"days": days}
        return _("%(active)s of %(partners)s partners have used the library in %(days)s days") % {
            "active": formats.number(report.active),
            "partners": formats.number(report.partners),
            "days": days,
        }

    def chart(self, report: reports.LibraryUse) -> Any:
        """Looks and downloads by week."""
        language = get_language() or "en"
        return charts.lines(
            [formats.day(day, language) for day, _views, _downloads in report.weeks],
            [views for _day, views, _downloads in report.weeks],
            [downloads for _day, _views, downloads in report.weeks],
            names=(_("Looked at"), _("Downloaded")),
            tell=formats.number,
            language=language,
            head=_("Week"),
        )


class TermsMixin:
    """Terms of use."""

    required_right = Right.CONTENT_EDIT
    required_function: str | None = CONTENT.key
    model = AssetTerms
    form_class: Any = TermsForm
    list_url, create_url, edit_url = (
        "campaigns:asset_terms",
        "campaigns:asset_terms_create",
        "campaigns:asset_terms_edit",
    )
    title = gettext_lazy("Terms of use of material")
    explanation = gettext_lazy("What somebody accepts before the first download, with a record of who and when.")
    new_title = gettext_lazy("New terms of use")
    new_action = gettext_lazy("Add terms")


class TermsListView(TermsMixin, OwnListView):
    template_name = "campaigns/staff/asset_terms.html"

    def get_queryset(self) -> QuerySet[Any]:
        return AssetTerms.objects.annotate(
            asset_count=Count("assets", distinct=True),
            accepted_count=Coalesce(Count("acceptances", distinct=True), 0),
        )


class TermsCreateView(TermsMixin, OwnEntryView):
    def form_valid(self, form: Any) -> HttpResponse:
        terms = assets.save_terms(form.save(commit=False))
        messages.success(self.request, _("“%(entry)s” is saved.") % {"entry": terms})
        return redirect(self.member.url(self.list_url))


class TermsEditView(TermsMixin, OwnEntryEditView):
    form_valid = TermsCreateView.form_valid
