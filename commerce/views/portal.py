"""What a partner sees of its own sell-in."""

import tempfile
from decimal import Decimal
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from commerce import exports, selectors
from commerce.charts import sell_in_chart
from commerce.selectors import SellIn
from pages import formats, sheets
from partners.models import PartnerSummary
from partners.selectors import related_names
from tenancy.access import PortalMixin
from tenancy.rights import Right

EVERYBODY = "all"


class FiguresMixin(PortalMixin):
    """Whose figures are asked for: the partner's own, or also those of sub-partners that share them with it."""

    required_right = Right.PORTAL_FIGURES
    required_function = "sales"

    @cached_property
    def summaries(self) -> dict[int, PartnerSummary]:
        """The partner's own summary, and those of sub-partners that share their figures: the database shows no others."""
        return PartnerSummary.objects.in_bulk()

    @cached_property
    def names(self) -> dict[int, str]:
        """Whose figures can be seen: the partner itself first."""
        own = self.member.partner
        assert own is not None
        names = {own.pk: str(own)}
        if len(self.summaries) > 1:
            names |= {name.id: str(name) for name in related_names() if name.id in self.summaries}
        return names

    @cached_property
    def chosen(self) -> list[int]:
        """Whose figures are shown: the partner's own unless asked otherwise."""
        own, asked = next(iter(self.names)), self.request.GET.get("of", "")
        if asked == EVERYBODY:
            return list(self.names)
        return [next((pk for pk in self.names if str(pk) == asked), own)]

    @cached_property
    def day(self) -> Any:
        assert self.member.partner_id is not None
        return self.summaries[self.member.partner_id].as_of

    @cached_property
    def sell_in(self) -> SellIn:
        return selectors.sell_in_of(self.chosen, day=self.day)


class FiguresView(FiguresMixin, TemplateView):
    """What was bought by month and product."""

    template_name = "commerce/portal/figures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        currency = self.member.manufacturer.currency
        others = list(self.names)[1:]
        return super().get_context_data(
            title=self.title(),
            day=self.day,
            currency=currency,
            sell_in=self.sell_in,
            chart=sell_in_chart(self.sell_in.months, currency=currency, has_before=self.sell_in.has_before),
            products=selectors.products_bought(self.chosen, day=self.day),
            orders=sum(month.orders for month in self.sell_in.months),
            returns=sum(month.returns for month in self.sell_in.months),
            tabs=self.tabs(),
            by_partner=self.by_partner() if others else [],
            of=self.request.GET.get("of", ""),
            **kwargs,
        )

    def tabs(self) -> list[tuple[str, str, bool]]:
        """Whose figures one can choose; nothing where there are only the own ones."""
        if len(self.names) == 1:
            return []
        asked = self.request.GET.get("of", "")
        tabs = [(_("All together"), f"?of={EVERYBODY}", asked == EVERYBODY)]
        for pk, name in self.names.items():
            tabs.append((name, f"?of={pk}", asked != EVERYBODY and self.chosen == [pk]))
        return tabs

    def by_partner(self) -> list[tuple[str, selectors.PartnerFigure, PartnerSummary]]:
        """The partner and those that share with it, side by side with their grades, strongest first."""
        figures = selectors.sell_in_by_partner(list(self.names), day=self.day)
        return sorted(
            ((self.names[pk], figure, self.summaries[pk]) for pk, figure in figures.items()),
            key=lambda row: -row[1].amount,
        )

    def title(self) -> str:
        """What the year's figures say."""
        sell_in = self.sell_in
        if sell_in.is_empty:
            return _("Nothing was bought in the last two years")
        if len(self.chosen) > 1:
            who = {
                "more": _("Together you bought %(change)s more than last year"),
                "less": _("Together you bought %(change)s less than last year"),
                "same": _("Together you bought as much as last year"),
                "first": _("Together you bought %(amount)s in 12 months"),
            }
        else:
            who = {
                "more": _("%(partner)s bought %(change)s more than last year"),
                "less": _("%(partner)s bought %(change)s less than last year"),
                "same": _("%(partner)s bought as much as last year"),
                "first": _("%(partner)s bought %(amount)s in 12 months"),
            }
        change: Decimal | None = sell_in.change if sell_in.has_before else None
        case = "first" if change is None else "same" if abs(change) < 1 else "more" if change > 0 else "less"
        return who[case] % {
            "partner": self.names[self.chosen[0]],
            "change": formats.percent(abs(change or Decimal(0))),
            "amount": formats.money_short(sell_in.amount, self.member.manufacturer.currency, get_language()),
        }


class FiguresExportView(FiguresMixin, View):
    """The figures as a sheet: by month, by product, or every line."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        what, file_format = request.GET.get("what", ""), request.GET.get("format", "")
        if what not in self.SHEETS or file_format not in sheets.WRITERS:
            raise Http404
        heads, rows = self.SHEETS[what](self)
        # Written now, inside the member's scope: the response leaves after it.
        file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        sheets.WRITERS[file_format](file, heads, rows)
        file.seek(0)
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"purchases-{what}-{timezone.localdate():%Y-%m-%d}.{file_format}",
            content_type=sheets.CONTENT_TYPES[file_format],
        )

    @property
    def currency(self) -> str:
        return self.member.manufacturer.currency

    def months(self) -> exports.Sheet:
        return exports.months_sheet(self.sell_in, self.currency)

    def products(self) -> exports.Sheet:
        return exports.products_sheet(selectors.products_bought(self.chosen, day=self.day), self.currency)

    def lines(self) -> exports.Sheet:
        return exports.lines_sheet(self.chosen, self.names, self.currency, day=self.day)

    SHEETS = {"months": months, "products": products, "lines": lines}
