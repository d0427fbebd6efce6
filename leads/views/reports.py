"""Reports of leads, for staff of all they may see, for a partner of its own."""

import datetime as dt
import tempfile
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from leads.models import Lead
from leads.selectors import reports
from leads.selectors.leads import leads_for
from leads.selectors.reports import DIMENSIONS, Figures, Report
from pages import charts, formats, sheets
from pages.row_numbers import row_number
from tenancy.access import MemberRequiredMixin

PERIODS = (30, 90, 365, 1095)
USUAL = 365
SHOWN_REASONS = 10


class ReportPage(MemberRequiredMixin, TemplateView):
    """How leads came along: the funnel, the speed, who wins, why not."""

    required_function = "leads"
    template_name = "leads/reports.html"
    dimensions: Sequence[str] = tuple(DIMENSIONS)
    page_name = ""
    export_name = ""

    @cached_property
    def days(self) -> int:
        asked = self.request.GET.get("days", "")
        return int(asked) if asked in map(str, PERIODS) else USUAL

    @cached_property
    def by(self) -> str:
        asked = self.request.GET.get("by", "")
        return asked if asked in self.dimensions else self.dimensions[0]

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The lines of other reports that this one is narrowed to."""
        return {key: self.request.GET[key] for key in self.dimensions if key in self.request.GET and key != self.by}

    @cached_property
    def period(self) -> tuple[dt.datetime, dt.datetime]:
        """Whole days of the manufacturer's own clock, today included."""
        end = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
        return end - dt.timedelta(days=self.days), end

    def leads(self) -> QuerySet[Lead]:
        return reports.narrowed(leads_for(self.member), self.chosen)

    @cached_property
    def report(self) -> Report:
        start, end = self.period
        return reports.report(self.leads(), by=self.by, start=start, end=end)

    def address(self, name: str | None = None, *, without: str = "", **changes: Any) -> str:
        """This report with something changed."""
        query = {"by": self.by, "days": self.days} | self.chosen | changes
        query.pop(without, None)
        return f"{self.member.url(name or self.page_name)}?{urlencode(query)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, total = self.report, self.report.total
        language, currency = get_language() or "en", self.member.manufacturer.currency
        others = [each for each in self.dimensions if each != self.by and each not in self.chosen]
        return super().get_context_data(
            title=report_title(total),
            found=found,
            total=shown(total),
            rows=[
                shown(row.figures)
                | {
                    "name": row.name or _("not given"),
                    "url": self.address(by=others[0], **{self.by: row.key}) if others else "",
                }
                for row in found.rows
            ],
            group=dimension_name(self.by),
            dimensions=[
                (dimension_name(each), self.address(by=each, without=each), each == self.by) for each in self.dimensions
            ],
            periods=[(period_name(days), self.address(days=days), days == self.days) for days in PERIODS],
            chips=self.chips(),
            funnel=funnel_chart(total),
            months=months_chart(found, language),
            lost=lost_chart(found) if found.lost else None,
            speed=speed_text(found),
            exports=[(kind.upper(), self.address(self.export_name, format=kind)) for kind in sheets.WRITERS],
            currency=currency,
            period=self.period,
            **kwargs,
        )

    def chips(self) -> list[tuple[str, str]]:
        """What the report is narrowed to, each with the address without it."""
        chips = []
        for dimension, key in self.chosen.items():
            columns = DIMENSIONS[dimension]
            values = key.split("/", 1) if dimension == "region" else [key]
            group: dict[str, Any] = dict(zip(columns, [*values, ""], strict=False))
            if dimension not in ("region", "campaign"):
                group[dimension] = row_number(key)
            names = reports.names_of(dimension, [group])
            name = next(iter(names.values()), "") or _("not given")
            chips.append((f"{dimension_name(dimension)}: {name}", self.address(without=dimension)))
        return chips


class ReportExport(ReportPage):
    """The table of a report as a sheet."""

    def get(self, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        kind = self.request.GET.get("format", "csv")
        if kind not in sheets.WRITERS:
            raise Http404
        expected = _("Expected amount of those won")
        heads = [
            dimension_name(self.by), _("Received"), pgettext("lead", "Accepted"), _("Contacted"), _("Won"), _("Lost"), _("Not a lead"),
            _("Still open"), _("Win rate in %"), _("Lowest"), _("Highest"), _("Hours until accepted"),
            _("Hours until first contact"), f"{expected} ({self.member.manufacturer.currency})",
        ]  # fmt: skip
        rows = [(row.name or _("not given"), row.figures) for row in self.report.rows]
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        sheets.WRITERS[kind](file, heads, [sheet_row(*row) for row in [*rows, (_("All"), self.report.total)]])
        file.seek(0)
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"leads-{self.by}-{self.period[1]:%Y-%m-%d}.{kind}",
            content_type=sheets.CONTENT_TYPES[kind],
        )


def sheet_row(name: str, figures: Figures) -> list[Any]:
    """One line of the sheet."""
    rate = figures.win_rate
    shares = [round(100 * value, 1) for value in (rate.value, rate.low, rate.high)] if rate else [None] * 3
    times = [None if hours is None else round(hours, 1) for hours in (figures.to_accept, figures.to_contact)]
    return [
        name, figures.received, figures.accepted, figures.contacted, figures.won, figures.lost, figures.discarded,
        figures.open, *shares, *times, figures.worth,
    ]  # fmt: skip


def shown(figures: Figures) -> dict[str, Any]:
    """Figures with their rate and times in words."""
    rate = figures.win_rate
    return {
        "figures": figures,
        "rate": formats.percent(100 * rate.value, 0) if rate else "",
        "span": f"{formats.number(100 * rate.low, 0)}–{formats.number(100 * rate.high, 0)}" if rate else "",
        "to_accept": hours_text(figures.to_accept),
        "to_contact": hours_text(figures.to_contact),
    }


def hours_text(hours: float | None) -> str:
    """A span of time as a reader says it."""
    return "" if hours is None else formats.duration(hours * 3600, get_language(), parts=1)


def period_name(days: int) -> str:
    return _("%(count)s days") % {"count": formats.number(days)} if days < 1000 else _("3 years")


def dimension_name(dimension: str) -> str:
    """What a report is parted by."""
    return {
        "source": _("Source"),
        "kind": _("Kind of lead"),
        "partner": _("Partner"),
        "category": _("Product category"),
        "region": _("Region"),
        "campaign": _("Campaign"),
    }[dimension]


def report_title(total: Figures) -> str:
    """What matters most, as a sentence."""
    closed = total.won + total.lost
    if not total.received:
        return _("No lead came in this period")
    if not closed:
        return _("%(count)s leads came, and none has closed yet") % {"count": formats.number(total.received)}
    return ngettext(
        "%(won)s of %(count)s lead that closed was won", "%(won)s of %(count)s leads that closed were won", closed
    ) % {"won": formats.number(total.won), "count": formats.number(closed)}


def speed_text(found: Report) -> str:
    """How fast leads were taken up, as a sentence."""
    total = found.total
    parts = []
    if total.to_accept is not None:
        parts.append(
            _("Half of the leads accepted were accepted within %(time)s.") % {"time": hours_text(total.to_accept)}
        )
    if total.to_contact is not None:
        parts.append(
            _("Half of the customers contacted heard from somebody within %(time)s.")
            % {"time": hours_text(total.to_contact)}
        )
    if found.answer_hours is not None:
        parts.append(
            _("Partners answered half of their offers within %(hours)s business hours.")
            % {"hours": formats.number(found.answer_hours, 1)}
        )
    if found.unanswered:
        parts.append(_("%(count)s offers were not answered in time.") % {"count": formats.number(found.unanswered)})
    return " ".join(parts)


def funnel_chart(total: Figures) -> charts.Chart:
    """How far the leads came."""
    steps = [
        (_("Received"), total.received),
        (pgettext("lead", "Accepted"), total.accepted),
        (_("Contacted"), total.contacted),
        (_("Won"), total.won),
    ]
    return charts.ranked(
        [
            charts.Bar(label, count, tone="quiet" if place == 0 else "accent")
            for place, (label, count) in enumerate(steps)
        ],
        tell=lambda value: formats.number(value),
        head=(_("Step"), _("Leads")),
        size="short",
    )


def months_chart(found: Report, language: str) -> charts.Chart:
    """Leads by the month in which they came: those won strong, all quiet beside them."""
    return charts.bars(
        [formats.month_year(month, language) for month, _figures in found.months],
        [figures.won for _month, figures in found.months],
        [figures.received for _month, figures in found.months],
        names=(_("Won"), _("Received")),
        tell=lambda value: formats.number(value),
        language=language,
        head=_("Month"),
    )


def lost_chart(found: Report) -> charts.Chart:
    """Why leads were lost."""
    return charts.ranked(
        [charts.Bar(name or _("not given"), count) for name, count in found.lost[:SHOWN_REASONS]],
        tell=lambda value: formats.number(value),
        head=(_("Reason"), _("Leads")),
        size="short",
    )
