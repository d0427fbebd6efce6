"""The forecast, on either side."""

import tempfile
from decimal import Decimal
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from leads import forecasting
from leads.functions import LEADS
from leads.selectors import forecasts as reading
from pages import charts, formats, sheets
from tenancy.access import PortalMixin, StaffMixin
from tenancy.rights import Right


class ForecastPage(TemplateView):
    """What is likely to come, and how right such figures were."""

    member: Any
    template_name = "leads/forecast.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if wanted := request.GET.get("export"):
            return self.export(wanted)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        found = reading.forecast(self.member, day=day)
        currency, language = self.member.manufacturer.currency, get_language()

        def tell(value: Any) -> str:
            return formats.money_short(value, currency, language)

        pairs = [pair for _month, pair in found.past]
        return super().get_context_data(
            forecast=found,
            title=forecast_title(found, currency),
            day=day,
            currency=currency,
            chart=charts.bars(
                [formats.month_year(month.month, language) for month in found.months],
                [month.expected for month in found.months],
                [month.target for month in found.months] if found.has_targets else None,
                names=(_("Expected"), _("Planned")),
                tell=tell,
                language=language,
                head=_("Month"),
            ),
            accuracy=accuracy(pairs),
            past_chart=charts.bars(
                [formats.month_year(month, language) for month, _pair in found.past],
                [pair.actual for pair in pairs],
                [pair.forecast for pair in pairs],
                names=(_("Came"), _("Was expected")),
                tell=tell,
                language=language,
                head=_("Month"),
            )
            if pairs
            else None,
            wape=forecasting.wape(pairs),
            mape=forecasting.mape(pairs),
            bias=forecasting.bias(pairs),
            groups=[
                (_("By product category"), found.categories, found.total(_("Total"))),
                (_("By partner"), found.partners if self.member.is_staff else [], found.total(_("All partners"))),
                (_("By territory"), found.territories if self.member.is_staff else [], None),
            ],
            **kwargs,
        )

    def export(self, wanted: str) -> HttpResponseBase:
        """All that the forecast is made of: by month, partner and category."""
        if wanted not in sheets.WRITERS:
            raise Http404
        if self.member.is_staff and not self.member.can(Right.PARTNERS_EXPORT):
            return HttpResponse(status=403)
        currency = self.member.manufacturer.currency
        amounts = [f"{head} ({currency})" for head in (pgettext("deal", "Open"), _("Weighted"))]
        heads = [_("Month"), _("Code"), _("Partner"), _("Product category"), *amounts]
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        sheets.WRITERS[wanted](file, heads, reading.details(self.member, day=timezone.localdate()))
        file.seek(0)
        name = f"forecast-{timezone.localdate():%Y-%m-%d}.{wanted}"
        return FileResponse(file, as_attachment=True, filename=name, content_type=sheets.CONTENT_TYPES[wanted])


def forecast_title(found: reading.Forecast, currency: str) -> str:
    """What the next three months promise, against what is planned for them."""
    if found.is_empty:
        return _("Nothing is on its way to an order")
    language = get_language()
    near = found.months[:3]
    expected = sum((month.expected for month in near), Decimal(0))
    words = {"amount": formats.money_short(expected, currency, language)}
    planned = [month.target for month in near if month.target is not None]
    if len(planned) == len(near) and found.target_is_won and sum(planned, Decimal(0)) > 0:
        words["share"] = formats.percent(100 * expected / sum(planned, Decimal(0)))
        return _("The next three months promise %(amount)s, %(share)s of the plan") % words
    return _("The next three months promise %(amount)s") % words


def accuracy(pairs: list[forecasting.Pair]) -> str:
    """How right forecasts were, as a sentence."""
    bias, wape = forecasting.bias(pairs), forecasting.wape(pairs)
    if bias is None or wape is None:
        return _("There is no forecast of a past month yet to hold against what came.")
    words = {"bias": formats.percent(abs(bias)), "error": formats.percent(wape), "count": len(pairs)}
    if bias > 5:
        return _("Forecasts were %(bias)s too high; they missed by %(error)s a month, weighted by size.") % words
    if bias < -5:
        return _("Forecasts were %(bias)s too low; they missed by %(error)s a month, weighted by size.") % words
    return _("Forecasts were right on the whole; they missed by %(error)s a month, weighted by size.") % words


class StaffForecastView(StaffMixin, ForecastPage):
    """Of all partners, or of one's own."""

    required_right = Right.LEADS_VIEW
    required_function = LEADS.key


class PortalForecastView(PortalMixin, ForecastPage):
    """A partner's own."""

    required_right = Right.PORTAL_LEADS
    required_function = LEADS.key
