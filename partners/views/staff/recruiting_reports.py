"""How recruiting goes: the funnel, time at each stage, and who introduces companies."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from pages import charts, formats
from partners.models import ProspectStage
from partners.models.recruiting import WAY
from partners.selectors import recruiting as selectors
from partners.selectors.matches import reward_totals
from partners.views.staff.recruiting import RecruitingMixin

PERIODS = (90, 365, 0)
"""Days to look back; 0: everything."""


class FunnelView(RecruitingMixin, TemplateView):
    """How far companies come, and how long it takes, by source."""

    template_name = "partners/staff/recruiting_report.html"

    @cached_property
    def days(self) -> int:
        asked = self.request.GET.get("days", "")
        return int(asked) if asked in map(str, PERIODS) else PERIODS[1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        since = now - dt.timedelta(days=self.days) if self.days else dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        found = selectors.funnel(since=since, until=now)
        path = self.request.path
        return super().get_context_data(
            title=self.title(found),
            funnel=found,
            stages=[stage.label for stage in WAY],
            chart=funnel_chart(found.total),
            rows=[self.row(row) for row in found.by_source],
            total=self.row(found.total),
            periods=[(self.period(days), f"{path}?days={days}", days == self.days) for days in PERIODS],
            **kwargs,
        )

    def period(self, days: int) -> str:
        return _("%(count)s days") % {"count": formats.number(days)} if days else _("All")

    def row(self, row: selectors.FunnelRow) -> dict[str, Any]:
        """One line of both tables."""
        return {
            "name": str(row.source) if row.source else _("Not known"),
            "total": row.total,
            "reached": [row.reached[stage] for stage in WAY],
            "refused": row.refused,
            "conversion": row.conversion,
            "days": [row.days.get(stage) for stage in WAY[:-1]],
        }

    def title(self, found: selectors.Funnel) -> str:
        if not found.total.total:
            return _("No company came in this period")
        return _("%(share)s of %(count)s companies became partners") % {
            "share": formats.percent(found.total.conversion),
            "count": formats.number(found.total.total),
        }


def funnel_chart(row: selectors.FunnelRow) -> charts.Chart:
    """How many came at least as far as each stage."""
    return charts.ranked(
        [
            charts.Bar(
                str(stage.label),
                row.reached[stage],
                tone="accent" if stage not in (ProspectStage.FOUND, ProspectStage.CONTACTED) else "quiet",
            )
            for stage in WAY
        ],
        tell=lambda value: formats.number(value),
        head=(_("Stage"), _("Companies")),
    )


class IntroducersView(RecruitingMixin, TemplateView):
    """Who introduces companies, and how many of them became partners."""

    template_name = "partners/staff/recruiting_introducers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = selectors.introducers()
        totals = reward_totals()
        return super().get_context_data(
            introducers=found,
            rows=[(each, totals.get(each.partner.pk) if each.partner else None) for each in found],
            title=self.title(found),
            list_url=self.member.url("partners:prospects"),
            most=selectors.MOST_INTRODUCERS,
            language=get_language(),
            **kwargs,
        )

    def title(self, found: list[selectors.Introducer]) -> str:
        if not found:
            return _("Nobody has introduced a company yet")
        best = found[0]
        if best.partners:
            return _("%(name)s brought most partners: %(count)s") % {
                "name": best.name,
                "count": formats.number(best.partners),
            }
        return _("Introductions have not led to a partner yet")
