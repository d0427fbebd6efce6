import datetime as dt
from typing import Any, cast

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from notices import selectors
from pages import charts, formats
from partners.models import Partner, Trend
from partners.selectors.onboarding import running_journey
from prm_portal.home import portal, staff
from prm_portal.home.staff import Month
from tenancy.access import MemberRequiredMixin, PortalMixin, StaffMixin
from tenancy.rights import Right
from tenancy.waiting import waiting_for
from valuation.selectors import explanation
from valuation.wording import ladder_of

FIRST_STEPS = {
    "partners": (
        gettext_lazy("Bring in your partners"),
        gettext_lazy("A sheet with a code and a name each is enough to begin with."),
        "jobs:imports",
    ),
    "sales": (
        gettext_lazy("Bring in what they bought"),
        gettext_lazy("Sell-in lines of two years or more make the best comparison."),
        "jobs:imports",
    ),
    "grades": (
        gettext_lazy("Recompute grades"),
        gettext_lazy("Every partner gets a score and a grade, and sees why."),
        "valuation:runs",
    ),
}
MOVER_LABELS = {
    Trend.RISING: gettext_lazy("Rising"),
    Trend.FALLING: gettext_lazy("Falling"),
    Trend.SILENT: gettext_lazy("Silent"),
}
IMPORT_LABELS = {
    "sell_in": gettext_lazy("Sell-in"),
    "partners": gettext_lazy("Partners"),
    "products": gettext_lazy("Products"),
    "rates": gettext_lazy("Exchange rates"),
}
WAITING_SHOWN = 6
NEWS_SHOWN = 5


class WaitingMixin(MemberRequiredMixin):
    """What waits for who looks, the most urgent of it, and all of it where that is asked for."""

    def waiting(self) -> dict[str, Any]:
        items = waiting_for(self.member)
        shown = items if self.request.GET.get("waiting") == "all" else items[:WAITING_SHOWN]
        return {"waiting": shown, "waiting_more": len(items) - len(shown)}


class StaffHomeView(WaitingMixin, StaffMixin, TemplateView):
    """The manufacturer's day at a glance: what happened, what waits, who moved."""

    required_right = Right.HOME
    template_name = "home/staff.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        months = staff.last_months(self.member, today)
        network = staff.network(self.member)
        if not months or not network.scored:
            return super().get_context_data(
                title=_("Three steps to your first result"), steps=self.first_steps(), **self.waiting(), **kwargs
            )
        trend = self.request.GET.get("movers", Trend.RISING)
        trend = trend if trend in MOVER_LABELS else Trend.RISING
        last_run = staff.last_run()
        return super().get_context_data(
            title=headline(months[-1]),
            months=months,
            latest=months[-1],
            bought_change=bought_change(months[-1]),
            silent_note=silent_note(network.by_trend[Trend.SILENT]),
            network=network,
            currency=self.member.manufacturer.currency,
            sell_in_chart=self.sell_in_chart(months),
            **self.waiting(),
            movers=staff.movers(self.member, trend),
            mover_tabs=[(label, f"?movers={key}", key == trend) for key, label in MOVER_LABELS.items()],
            grades_chart=self.grades_chart(network, today),
            freshness=[(IMPORT_LABELS[row.kind], row.file) for row in staff.freshness(list(IMPORT_LABELS))],
            last_run=last_run,
            as_of=last_run.day if last_run else network.as_of,
            **kwargs,
        )

    def first_steps(self) -> list[dict[str, Any]]:
        steps = []
        for step in staff.first_steps(self.member):
            title, text, url_name = FIRST_STEPS[step.key]
            steps.append({"title": title, "text": text, "url": self.member.url(url_name), "is_done": step.is_done})
        return steps

    def sell_in_chart(self, months: list[Month]) -> charts.Chart:
        before = [month.before for month in months]
        return charts.lines(
            [formats.month(month.month, get_language()) for month in months],
            [month.amount for month in months],
            before if any(amount is not None for amount in before) else None,
            names=(_("This year"), _("Last year")),
            tell=money_teller(self.member.manufacturer.currency),
            language=get_language() or "en",
            head=_("Month"),
        )

    def grades_chart(self, network: staff.Network, today: dt.date) -> charts.Chart | None:
        """Who went from which tier to which in the last quarter; None before there are grades."""
        if not network.tiers:
            return None
        moves = staff.moves(self.member, today - staff.MOVES_PERIOD)
        arrived: dict[str, int] = {}
        for (_before, after), count in moves.items():
            arrived[after] = arrived.get(after, 0) + count
        stayed = {(tier.code, tier.code): max(0, tier.partners - arrived.get(tier.code, 0)) for tier in network.tiers}
        known = {tier.code for tier in network.tiers}
        shown = {pair: count for pair, count in moves.items() if set(pair) <= known}
        return charts.flow(
            [charts.Stop(tier.code, tier.name, tier.colour) for tier in network.tiers],
            stayed | shown,
            head=(_("Before"), _("Now"), _("Partners")),
            tell=formats.number,
        )


class PortalHomeView(WaitingMixin, PortalMixin, TemplateView):
    """A partner's day at a glance: its grade and what is missing, what waits, what it bought."""

    required_right = Right.PORTAL_HOME
    template_name = "home/portal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member = self.member
        explained = explanation(self.partner) if self.shows_grade else None
        return super().get_context_data(
            title=self.headline(explained),
            explained=explained,
            ladder=ladder_of(explained) if explained else None,
            **self.waiting(),
            sell_in_chart=self.sell_in_chart(),
            shows_figures=self.shows_figures,
            journey=running_journey(self.partner),
            currency=member.manufacturer.currency,
            news=selectors.items(list(selectors.inbox(member).order_by("-pk")[:NEWS_SHOWN]), member),
            **kwargs,
        )

    @property
    def partner(self) -> Partner:
        """The member's own, loaded by the middleware."""
        return cast("Partner", self.member.partner)

    @cached_property
    def shows_grade(self) -> bool:
        return self.member.can(Right.PORTAL_GRADE) and self.member.has_function("grades")

    @cached_property
    def shows_figures(self) -> bool:
        return self.member.can(Right.PORTAL_FIGURES) and self.member.has_function("sales")

    def headline(self, explained: Any) -> str:
        name = self.partner.local_name or self.partner.name
        if explained is None or explained.held is None:
            return _("Welcome, %(partner)s") % {"partner": name}
        if explained.goal is None:
            return _("%(partner)s holds the highest grade, %(tier)s") % {"partner": name, "tier": explained.held}
        if explained.goal == explained.held:
            return _("%(partner)s has to win back its %(tier)s score") % {"partner": name, "tier": explained.held}
        if explained.distance is not None and explained.distance.singles:
            return _("%(partner)s is one step from %(tier)s") % {"partner": name, "tier": explained.goal}
        return _("%(partner)s is on its way to %(tier)s") % {"partner": name, "tier": explained.goal}

    def sell_in_chart(self) -> charts.Chart | None:
        if not self.shows_figures:
            return None
        months = portal.own_months(self.partner, timezone.localdate())
        if not months:
            return None
        return charts.bars(
            [formats.month(month.month, get_language()) for month in months],
            [month.amount for month in months],
            [month.before for month in months],
            names=(_("This year"), _("Last year")),
            tell=money_teller(self.member.manufacturer.currency),
            language=get_language() or "en",
            head=_("Month"),
        )


def headline(latest: Month) -> str:
    """The sentence over the staff's home page: what the last complete month's sell-in means."""
    month = formats.month_year(latest.month, get_language())
    if latest.change is None:
        return _("Sell-in of %(month)s is in") % {"month": month}
    change = formats.percent(abs(latest.change))
    if round(latest.change, 1) == 0:
        return _("In %(month)s sell-in is the same as last year") % {"month": month}
    if latest.change > 0:
        return _("In %(month)s sell-in is %(change)s above last year") % {"month": month, "change": change}
    return _("In %(month)s sell-in is %(change)s below last year") % {"month": month, "change": change}


def bought_change(latest: Month) -> int | None:
    """How many partners more or fewer than a year before bought something."""
    return None if latest.partners_before is None else latest.partners - latest.partners_before


def silent_note(count: int) -> str:
    return ngettext("%(count)s partner", "%(count)s partners", count) % {"count": formats.number(count)}


def money_teller(currency: str) -> charts.Tell:
    """How a chart tells an amount: short, in the reader's form."""
    return lambda value: formats.money_short(value, currency, get_language())
