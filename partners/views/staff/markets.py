"""Countries and markets for staff: the list, one market's file, and its entries."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort, count_up_to
from partners import selectors
from partners.countries import country_name
from partners.filters.markets import MarketFilterSet
from partners.forms.markets import DocumentForm, FigureForm, HolidaysForm, MarketForm, StageForm, TextForm
from partners.models import Market, MarketDocument, MarketFigure, MarketPart, MarketText, ProductStage
from partners.product_lines import product_line_choices
from partners.selectors import markets as reading
from partners.services import markets as services
from partners.tables.markets import MarketTable
from tenancy.access import MemberRequiredMixin, StaffMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.history import history_of
from tenancy.rights import Right

CHANGES_SHOWN = 10
YEARS = range(1900, 2101)


def year_asked(request: HttpRequest) -> int:
    """The year that an address names, this year where it names none of `YEARS`."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else 0
    return year if year in YEARS else timezone.localdate().year


class MarketListView(StaffMixin, ListView):
    """Every market, those to be reviewed first."""

    required_right = Right.PARTNERS_VIEW
    required_function = "markets"
    list_key = "markets"
    table_class = MarketTable
    filterset_class = MarketFilterSet
    template_name = "partners/staff/market_list.html"
    default_sort = "code"
    sorts = {
        "code": Sort("code"),
        "review_on": Sort("review_on"),
        "reviewed_on": Sort("reviewed_on", descending=True),
    }
    default_columns = ["name", "countries", "owner", "text_count", "document_count", "reviewed_on", "review_on"]
    export_name = "markets"
    export_right = Right.PARTNERS_EXPORT
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No market yet"),
        gettext_lazy(
            "A market is one country, or several that you handle as one. Its file holds what one has to know."
        ),
        url_name="partners:market_create",
        action=gettext_lazy("Add a market"),
        right=Right.MARKETS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Market]:
        return reading.markets()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title(), can_edit=self.member.can(Right.MARKETS_EDIT), **kwargs)

    def title(self) -> str:
        """How many markets are to be reviewed."""
        due = count_up_to(Market.objects.filter(review_on__lte=timezone.localdate()))
        if not due:
            return _("Every market's file is reviewed")
        return ngettext("%(count)s market is to be reviewed", "%(count)s markets are to be reviewed", due) % {
            "count": formats.number(due)
        }


class OneMarketMixin(StaffMixin):
    """A page about one market."""

    required_right = Right.PARTNERS_VIEW
    required_function = "markets"
    kwargs: dict[str, Any]

    @cached_property
    def market(self) -> Market:
        return get_object_or_404(
            Market.objects.select_related("owner").prefetch_related("countries"), pk=self.kwargs["pk"]
        )

    @property
    def market_url(self) -> str:
        return self.member.url("partners:market", pk=self.market.pk)


class MarketView(OneMarketMixin, TemplateView):
    """One market's file."""

    template_name = "partners/staff/market.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        market, today = self.market, timezone.localdate()
        countries = reading.countries_of(market)
        years = reading.holiday_years(countries)
        year = year_asked(self.request)
        return super().get_context_data(
            title=self.title(),
            market=market,
            countries=[(code, country_name(code)) for code in countries],
            groups=reading.text_groups(market.texts.all(), market.shown_parts),
            documents=list(market.documents.all()),
            lines=[
                (country_name(line.latest.country), line)
                for line in reading.figure_lines(MarketFigure.objects.filter(country__in=countries))
            ],
            stages=reading.stage_rows(countries),
            holidays=[(country_name(day.country), day) for day in reading.holidays_of(countries, year)],
            year=year,
            years=sorted({*years, today.year, today.year + 1}),
            shown=market.shown_parts,
            is_due=market.review_on is not None and market.review_on <= today,
            partner_count=count_up_to(selectors.partners_for(self.member).filter(country__in=countries)),
            can_edit=self.member.can(Right.MARKETS_EDIT),
            can_take=self.member.can(Right.SETTINGS_EDIT),
            changes=history_of(market)[:CHANGES_SHOWN],
            **kwargs,
        )

    def title(self) -> str:
        """The market, and whether its file is to be reviewed."""
        market = self.market
        if market.review_on is None:
            return _("%(market)s: no day of review is set") % {"market": market}
        words = {"market": market, "day": formats.date(market.review_on, get_language())}
        if market.review_on <= timezone.localdate():
            return _("%(market)s was to be reviewed by %(day)s") % words
        return _("%(market)s is to be reviewed by %(day)s") % words


class MarketCreateView(OneMarketMixin, FormView):
    """A market, new or known."""

    required_right = Right.MARKETS_EDIT
    form_class = MarketForm
    template_name = "partners/staff/market_form.html"

    @cached_property
    def market(self) -> Market:
        return Market()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.market}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(market=self.market, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            market = services.save_market(form.save(commit=False), form.cleaned_data["countries"])
        except DomainError as error:
            form.add_error("countries", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("“%(entry)s” is saved.") % {"entry": market})
        return redirect(self.member.url("partners:market", pk=market.pk))


class MarketEditView(MarketCreateView):
    @cached_property
    def market(self) -> Market:
        return get_object_or_404(Market.objects.prefetch_related("countries"), pk=self.kwargs["pk"])


class MarketReviewView(OneMarketMixin, View):
    """The file has been read and is right."""

    required_right = Right.MARKETS_EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.mark_reviewed(self.market)
        messages.success(request, _("Thank you. It is to be reviewed again in a year."))
        return redirect(self.market_url)


def named(entry: Any) -> str:
    """What an entry is called on pages: a stage by the names of its product line and country."""
    if isinstance(entry, ProductStage):
        line = dict(product_line_choices()).get(entry.product_line, entry.product_line)
        return f"{line}, {country_name(entry.country)}: {entry.get_stage_display()}"
    return str(entry)


class EntryCreateView(OneMarketMixin, FormView):
    """An entry of a market's file: a text, figure, stage or document."""

    required_right = Right.MARKETS_EDIT
    template_name = "partners/staff/market_entry.html"
    KINDS: ClassVar[dict[str, tuple[type[Any], Any, Any]]] = {
        "texts": (MarketText, TextForm, gettext_lazy("A text")),
        "figures": (MarketFigure, FigureForm, gettext_lazy("A figure")),
        "stages": (ProductStage, StageForm, gettext_lazy("A product line's stage")),
        "documents": (MarketDocument, DocumentForm, gettext_lazy("A document or link")),
    }

    @cached_property
    def kind(self) -> tuple[type[Any], Any, Any]:
        kind = self.KINDS.get(self.kwargs["what"])
        if kind is None:
            raise Http404
        return kind

    @property
    def of_market(self) -> dict[str, Any]:
        """What an entry of this market is known by: its market, or one of its countries."""
        if hasattr(self.kind[0], "market"):
            return {"market": self.market}
        return {"country__in": [each.country for each in self.market.countries.all()]}

    @cached_property
    def entry(self) -> Any:
        if "market" in self.of_market:
            entry = self.kind[0](market=self.market)
            if self.kind[0] is MarketText and self.request.GET.get("part") in MarketPart.values:
                entry.part = self.request.GET["part"]
            return entry
        return self.kind[0]()

    def get_form_class(self) -> Any:
        return self.kind[1]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "market": self.market, "instance": self.entry}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            market=self.market, entry=self.entry, entry_name=named(self.entry), new_title=self.kind[2], **kwargs
        )

    def form_valid(self, form: Any) -> HttpResponse:
        entry = form.save(commit=False)
        if isinstance(entry, MarketDocument):
            services.save_document(entry, form.cleaned_data.get("upload"))
        else:
            entry.save()
        messages.success(self.request, _("“%(entry)s” is saved.") % {"entry": named(entry)})
        return redirect(f"{self.market_url}#{self.kwargs['what']}")


class EntryEditView(EntryCreateView):
    """An entry that is there; it can be removed."""

    @cached_property
    def entry(self) -> Any:
        return get_object_or_404(self.kind[0], pk=self.kwargs["entry"], **self.of_market)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" not in request.POST:
            return super().post(request, *args, **kwargs)
        name = named(self.entry)
        self.entry.delete()
        messages.success(request, _("“%(entry)s” is removed.") % {"entry": name})
        return redirect(f"{self.market_url}#{self.kwargs['what']}")


class HolidaysView(OneMarketMixin, FormView):
    """The days off of one of the market's countries in a year, typed or changed."""

    required_right = Right.MARKETS_EDIT
    form_class = HolidaysForm
    template_name = "partners/staff/market_holidays.html"

    @cached_property
    def country(self) -> str:
        codes = [each.country for each in self.market.countries.all()]
        asked = self.request.GET.get("country", codes[0] if codes else "")
        if asked not in codes:
            raise Http404
        return asked

    @property
    def year(self) -> int:
        return year_asked(self.request)

    def get_initial(self) -> dict[str, Any]:
        days = reading.holidays_of([self.country], self.year)
        return {"days": [{"date": day.date.isoformat(), "name": day.name} for day in days]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            market=self.market,
            country=self.country,
            country_name=country_name(self.country),
            countries=[(each.country, country_name(each.country)) for each in self.market.countries.all()],
            year=self.year,
            can_take=self.member.can(Right.SETTINGS_EDIT),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            count = services.save_holidays(self.country, self.year, form.cleaned_data["days"])
        except DomainError as error:
            form.add_error("days", str(error))
            return self.form_invalid(form)
        if "take" in self.request.POST:
            if not self.member.can(Right.SETTINGS_EDIT):
                raise PermissionDenied
            taken = services.take_holidays(self.country, self.year)
            messages.success(
                self.request,
                ngettext(
                    "%(count)s day is added to your own holidays.",
                    "%(count)s days are added to your own holidays.",
                    taken,
                )
                % {"count": formats.number(taken)},
            )
        else:
            messages.success(
                self.request,
                ngettext("%(count)s holiday is kept.", "%(count)s holidays are kept.", count)
                % {"count": formats.number(count)},
            )
        return redirect(f"{self.market_url}?year={self.year}#holidays")


class MarketFileMixin(MemberRequiredMixin, View):
    """A document's file, as a download: for staff, and for partners whose market shows documents."""

    http_method_names = ["get"]
    required_function = "markets"
    kwargs: dict[str, Any]

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        document = get_object_or_404(reading.documents_for(self.member), pk=self.kwargs["pk"])
        if not document.file:
            raise Http404
        return attachment_response(document.file, name=document.original_name, content_type=document.content_type)


class MarketFileView(StaffMixin, MarketFileMixin):
    required_right = Right.PARTNERS_VIEW
