"""What a campaign did, in words and drawings: first the sentence that matters, then what it rests on."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from campaigns.answers import ANSWERS, REPLIED
from campaigns.goals import PILOT_GOALS, verdict_words
from campaigns.models import Arm, Campaign, CampaignGoal, CampaignState, Readers
from campaigns.selectors.reports import RATES, Effect, Funnel, Report
from campaigns.services.answering import answer_words
from campaigns.services.campaigns import verdict_of
from campaigns.services.entering import BACK
from pages import charts, formats
from partners.countries import country_name
from partners.models import PartnerKind, PartnerSummary
from tenancy.models import Language
from tenancy.translation import translated
from valuation.experiment import Share

NAMES: dict[str, Any] = {
    "variant": gettext_lazy("Variant"),
    "arm": gettext_lazy("Part"),
    "kind": gettext_lazy("Kind of partner"),
    "language": gettext_lazy("Language"),
    "country": gettext_lazy("Country"),
    "grade": gettext_lazy("Grade"),
}
MOST_DAYS = 62


def _number(value: Any, decimals: int | None = None) -> str:
    return formats.number(value, decimals)


def share_words(share: Share | None) -> str:
    """A share with its interval: "4.1 % (2.6 to 6.3)"."""
    if share is None:
        return "–"
    return _("%(rate)s %% (%(low)s to %(high)s)") % {
        "rate": _number(100 * share.value, 1),
        "low": _number(100 * share.low, 1),
        "high": _number(100 * share.high, 1),
    }


def headline(campaign: Campaign, found: Report) -> str:
    """What came of the goal, in one sentence."""
    total = found.total
    if not total.sent:
        return _("Nothing has been sent yet.")
    if campaign.state in (CampaignState.PILOT, CampaignState.DECISION):
        return verdict_words(campaign.verdict or verdict_of(campaign)) + "."
    if campaign.goal == CampaignGoal.LEADS:
        return _("It brought %(count)s of the %(goal)s leads you asked for.") % {
            "count": _number(total.leads),
            "goal": _number(campaign.goal_value),
        }
    if campaign.goal == CampaignGoal.ORDER_AMOUNT:
        money = _money(campaign)
        return _("Its readers ordered for %(amount)s in its window, of the %(goal)s you asked for.") % {
            "amount": money(total.amount),
            "goal": money(campaign.goal_value),
        }
    share = total.rate(RATES[campaign.goal])
    assert share is not None
    words = {
        "goal": str(dict(PILOT_GOALS)[campaign.goal]),
        "rate": share_words(share),
        "least": _number(campaign.goal_value),
    }
    if not campaign.goal_value:
        return _("The %(goal)s is %(rate)s.") % words
    asked = float(campaign.goal_value) / 100
    if share.low > asked:
        return _("The %(goal)s is %(rate)s, above the %(least)s %% you asked for.") % words
    if share.high < asked:
        return _("The %(goal)s is %(rate)s, below the %(least)s %% you asked for.") % words
    return _("The %(goal)s is %(rate)s: it may be the %(least)s %% you asked for.") % words


def effect_words(campaign: Campaign, found: Report) -> list[str]:
    """What the hold-out says, in sentences."""
    if not found.total.sent:
        return []
    if campaign.readers == Readers.CUSTOMERS:
        return [_("What end customers order of partners stands in no books here, so no orders are counted.")]
    if not found.held:
        return [_("Nobody was held out: what would have been ordered anyway is not known.")]
    effect = found.effect
    if effect is None:
        if found.window is not None and not found.window.is_rolled_out:
            if campaign.state == CampaignState.STOPPED:
                return [_("It was stopped before all the others were written to: there is nothing to compare.")]
            return [
                _(
                    "The hold-out can be compared once the others have been written to: people of the pilot were drawn one"
                    " by one, the hold-out by company."
                )
            ]
        return [_("Too few companies are held out to compare.")]
    words = lift_words(effect, _money(campaign))
    if found.returns is not None:
        back, low, high = found.returns
        said = (
            _("Further orders came to %(back)s times what was spent (%(low)s to %(high)s times).")
            if back >= 0
            else _("Orders fell short by %(back)s times what was spent (difference %(low)s to %(high)s times).")
        )
        words.append(said % {"back": _number(abs(back), 2), "low": _number(low, 2), "high": _number(high, 2)})
    return words


def lift_words(effect: Effect, tell: Callable[[Any], str]) -> list[str]:
    """What those written to did more than those held out, in sentences; `tell` writes an amount."""
    people, money = effect.people, effect.money
    said = {
        "treated": _number(100 * people.treated, 1),
        "control": _number(100 * people.control, 1),
        "difference": _signed(100 * people.difference),
        "low": _signed(100 * people.low),
        "high": _signed(100 * people.high),
        "p": p_words(people.p),
    }
    words = [
        _(
            "Of 100 companies written to, %(treated)s ordered; of 100 held out, %(control)s:"
            " %(difference)s (%(low)s to %(high)s, p %(p)s)."
        )
        % said
    ]
    value, low, high = effect.extra
    more_or_less = (
        _(
            "A company written to ordered %(difference)s more than one held out (%(low)s to %(high)s, p %(p)s);"
            " all together %(extra)s (%(extra_low)s to %(extra_high)s)."
        )
        if money.difference >= 0
        else _(
            "A company written to ordered %(difference)s less than one held out (difference %(low)s to %(high)s, p %(p)s);"
            " all together %(extra)s less (difference %(extra_low)s to %(extra_high)s)."
        )
    )
    words.append(
        more_or_less
        % {
            "difference": tell(abs(money.difference)),
            "low": tell(money.low),
            "high": tell(money.high),
            "p": p_words(money.p),
            "extra": tell(abs(value)),
            "extra_low": tell(low),
            "extra_high": tell(high),
        }
    )
    if not people.is_found and not money.is_found:
        words.append(_("That is within what chance does: no effect is shown."))
    if not money.is_reliable:
        words.append(_("Too few companies ordered to rely on the range of the amounts."))
    return words


def _signed(value: float) -> str:
    """A difference with its sign, as exact as the shares beside it."""
    return f"+{_number(value, 1)}" if round(value, 1) > 0 else _number(value, 1)


def p_words(p: float) -> str:
    """A p-value as it is written."""
    return "< 0.001" if p < 0.001 else f"= {_number(p, 3)}"


def notes(campaign: Campaign, found: Report) -> list[str]:
    """What else a reader of the report has to know."""
    said, total = [], found.total
    if total.refused:
        said.append(
            ngettext(
                "%(count)s of those who answered is not interested.",
                "%(count)s of those who answered are not interested.",
                total.refused,
            )
            % {"count": _number(total.refused)}
        )
    if found.machines:
        said.append(
            ngettext(
                "%(count)s open or click of a mail scanner is left out.",
                "%(count)s opens and clicks of mail scanners are left out.",
                found.machines,
            )
            % {"count": _number(found.machines)}
        )
    if found.window is not None:
        said.append(
            _("Answers count for %(days)s days; orders of all, also of those held out, from %(first)s to %(last)s.")
            % {
                "days": _number(campaign.window_days),
                "first": formats.date(found.window.first, get_language()),
                "last": formats.date(found.window.last, get_language()),
            }
        )
    if total.ordered and found.effect is not None:
        said.append(_("Shares of readers count each whose company ordered; the comparison above counts companies."))
    return said + cost_words(campaign, found)


def cost_words(campaign: Campaign, found: Report) -> list[str]:
    """What the cost is made of, and how it stands to the budget."""
    if not found.cost:
        return []
    said, money = [], _money(campaign)
    if found.planned and found.spent:
        said.append(
            _("Of the cost %(spent)s is spent; %(planned)s is as planned, where nothing is entered as spent yet.")
            % {"spent": money(found.spent), "planned": money(found.planned)}
        )
    elif found.planned:
        said.append(_("The cost is as planned: nothing is entered as spent yet."))
    if not found.is_cost_known and campaign.state != CampaignState.STOPPED:
        said.append(_("It is for all readers; what an answer costs shows once all have been written to."))
    if campaign.budget and found.cost > campaign.budget:
        more = {"more": money(found.cost - campaign.budget), "budget": money(campaign.budget)}
        said.append(_("The cost is %(more)s above the budget of %(budget)s.") % more)
    return said


def _money(campaign: Campaign) -> Callable[[Any], str]:
    currency, language = campaign.manufacturer.currency, get_language()
    return lambda value: formats.money_short(value, currency, language)


# --- Tables and drawings ----------------------------------------------------------------------------------------------


def grade_names() -> dict[str, str]:
    """What grades are called, by the code that is kept with a reader. One query."""
    rows = PartnerSummary.objects.exclude(tier_code="").values_list("tier_code", "tier_names").distinct()
    return {code: translated(names, code) for code, names in rows}


def part_names(campaign: Campaign, dimension: str) -> Callable[[str], str]:
    """What the parts by a dimension are called. At most one query."""
    known: dict[str, str] = {}
    if dimension == "variant":
        known = {row.label: f"{row.label} · {row.about}" if row.about else row.label for row in campaign.variants.all()}
    elif dimension == "arm":
        known = {value: str(label) for value, label in Arm.choices}
    elif dimension == "kind":
        known = {row.code: str(row) for row in PartnerKind.objects.all()}
    elif dimension == "language":
        known = {value: str(label) for value, label in Language.choices}
    elif dimension == "grade":
        known = grade_names()
    return lambda key: (
        known.get(key) or (country_name(key) if dimension == "country" and key else key or _("not given"))
    )


def funnel_chart(total: Funnel) -> charts.Chart:
    """How far it came."""
    steps = [
        (_("Sent"), total.sent),
        (pgettext("mail", "Opened"), total.opened),
        (_("Clicked"), total.clicked),
        (_("Answered"), total.replied),
        (_("Became leads"), total.leads),
        (pgettext("campaign", "Ordered"), total.ordered),
    ]
    return charts.ranked(
        [charts.Bar(label, count, tone="accent" if place else "quiet") for place, (label, count) in enumerate(steps)],
        tell=_number,
        head=(_("Step"), _("Readers")),
        size="short",
    )


def days_chart(found: Report) -> charts.Chart:
    """What came day by day; of a long time the first two months."""
    days, language = found.days[:MOST_DAYS], get_language() or "en"
    return charts.bars(
        [formats.date_short(day, language) for day, _counts in days],
        [counts.get("replied", 0) for _day, counts in days],
        [counts.get("clicked", 0) for _day, counts in days],
        names=(_("Answered"), _("Clicked")),
        tell=_number,
        language=language,
        head=_("Day"),
    )


def answers_chart(found: Report) -> charts.Chart:
    """What was answered, by a click or as staff entered it."""
    return charts.ranked(
        [charts.Bar(answer_words(what), count) for what, count in found.answers],
        tell=_number,
        head=(_("Answer"), _("Readers")),
        size="short",
    )


def cells(funnel: Funnel) -> list[str]:
    """A line of a table, as it is read: counts, then shares with their intervals."""
    return [
        _number(funnel.sent),
        _number(funnel.opened),
        share_words(funnel.rate("clicked")),
        share_words(funnel.rate("replied")),
        _number(funnel.leads),
        share_words(funnel.rate("ordered")),
    ]


def heads() -> list[str]:
    """Over these."""
    return [
        _("Sent"),
        pgettext("mail", "Opened"),
        _("Click rate"),
        _("Reply rate"),
        _("Leads"),
        _("Share that ordered"),
    ]


def brackets_words() -> str:
    """What the brackets beside shares say."""
    said = _(
        "In brackets where the true share lies with 95 %% certainty. Where two such ranges overlap widely, the difference"
        " may be chance."
    )
    return said % {}


def codes_to_enter() -> list[tuple[str, str]]:
    """What staff can write as an answer, each with what it means."""
    return [
        (REPLIED, _("Replied, nothing to be done")),
        *((code, answer_words(code)) for code in ANSWERS),
        (BACK, _("Came back: nobody there")),
    ]
