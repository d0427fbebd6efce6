"""What a distribution says of itself, in sentences."""

import datetime as dt
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from leads.assignment import Reserved, Unplaced
from leads.forms.distribution import COMPONENT_LABELS
from leads.models import BatchState, LeadBatch, Replay
from leads.replay import Mode, Outcome, outcome_from
from pages import formats
from pages.charts import Bar, Chart, bars, ranked

WAYS = ("best", "greedy", "round_robin")
LITTLE = 0.5
"""A difference of fewer per cent is called none."""


def headline(batch: LeadBatch) -> str:
    """What matters most of it, by where it stands."""
    leads = formats.number(batch.placed)
    match BatchState(batch.state):
        case BatchState.DRAFT:
            return _("“%(name)s” waits to be worked out") % {"name": batch.name}
        case BatchState.SOLVING:
            return _("“%(name)s” is being worked out") % {"name": batch.name}
        case BatchState.SENDING:
            return _("“%(name)s” is being sent") % {"name": batch.name}
        case BatchState.SENT:
            text = ngettext(
                "%(count)s lead of “%(name)s” went to its partner",
                "%(count)s leads of “%(name)s” went to their partners",
                batch.placed,
            )
            return text % {"count": leads, "name": batch.name}
        case BatchState.CANCELLED:
            return _("“%(name)s” was cancelled") % {"name": batch.name}
    if not batch.leads:
        return _("There is no lead to distribute: nobody waits in the pool that these filters let through")
    if not batch.placed:
        return _("No lead can be distributed: see below why")
    gain = gain_of(batch.value, batch.round_robin_value)
    if gain is None or abs(gain) < LITTLE:
        return _("The distribution is expected to win about as much as partners in turn would")
    if gain < 0:
        return _(
            "The distribution is expected to win %(gain)s less than partners in turn: what is reserved costs more"
        ) % {"gain": formats.percent(-gain, 0)}
    return _("The best distribution is expected to win %(gain)s more than partners in turn") % {
        "gain": formats.percent(gain, 0 if gain >= 10 else 1)
    }


def gain_of(value: float | None, against: float | None) -> float | None:
    """Per cent more, or nothing where there is nothing to compare with."""
    return 100 * (value / against - 1) if value is not None and against else None


def way_labels() -> dict[str, str]:
    """The ways of giving out a batch that are compared, in words."""
    return {
        "best": _("All at once"),
        "greedy": _("One by one"),
        "round_robin": _("In turn"),
        "free": _("All at once, nothing reserved"),
    }


def component_labels() -> dict[str, str]:
    """What partners are compared by, by its key."""
    return {str(component): str(label) for component, label in COMPONENT_LABELS.items()}


def ways_of(batch: LeadBatch) -> list[dict[str, Any]]:
    """The ways side by side, for a table."""
    labels, ways = way_labels(), batch.facts.get("ways", {})
    return [
        {"label": labels[name], **ways[name], "gain": gain_of(ways[name]["value"], ways["round_robin"]["value"])}
        for name in (*WAYS, "free")
        if name in ways
    ]


def ways_chart(batch: LeadBatch, currency: str) -> Chart | None:
    """What each way is expected to win."""
    labels, ways = way_labels(), batch.facts.get("ways", {})
    if not batch.placed or not ways:
        return None
    language = get_language()
    shown = [
        Bar(labels[name], ways[name]["value"], tone="accent" if name == "best" else "quiet")
        for name in WAYS
        if name in ways
    ]
    return ranked(
        shown,
        tell=lambda value: formats.money_short(value, currency, language),
        head=(_("Way of distribution"), _("Expected value")),
        size="short",
    )


def notes_of(batch: LeadBatch, currency: str) -> list[str]:
    """What else should be known before it is sent, a sentence each."""
    facts, language = batch.facts, get_language()
    said = [_shortfall(each) for each in facts.get("shortfalls", [])]
    for why, count in facts.get("unplaced", {}).items():
        said.append(_unplaced(why, count))
    ways = facts.get("ways", {})
    if "free" in ways and ways["best"]["value"] < ways["free"]["value"] * 0.999:
        cost = gain_of(ways["free"]["value"], ways["best"]["value"])
        said.append(_("What is reserved costs %(cost)s of the expected value.") % {"cost": formats.percent(cost, 1)})
    if facts.get("new_leads"):
        text = ngettext(
            "%(count)s lead goes to a partner that has closed few yet, and can prove itself.",
            "%(count)s leads go to partners that have closed few yet, and can prove themselves.",
            facts["new_leads"],
        )
        said.append(text % {"count": formats.number(facts["new_leads"])})
    if facts.get("without_amount"):
        text = ngettext(
            "%(count)s lead names no amount and counts as %(amount)s.",
            "%(count)s leads name no amount and count as %(amount)s each.",
            facts["without_amount"],
        )
        amount = formats.money_short(facts["typical_amount"], currency, language)
        said.append(text % {"count": formats.number(facts["without_amount"]), "amount": amount})
    if seconds := facts.get("seconds"):
        took = formats.number(sum(seconds.values()), 1)
        said.append(_("Worked out in %(seconds)s seconds; no other distribution is worth more.") % {"seconds": took})
    return said


def _shortfall(shortfall: dict[str, Any]) -> str:
    figures = {name: formats.number(shortfall[name]) for name in ("wanted", "given", "partners")}
    if shortfall["what"] == Reserved.EXPLORATION.value:
        return (
            _("New partners get %(given)s leads of the %(wanted)s kept for them: no more suit them or find room.")
            % figures
        )
    text = ngettext(
        "%(partners)s partner gets less than the least share, which was lowered for it: too few leads suit it, or it is full.",
        "%(partners)s partners get less than the least share, which was lowered for them: too few leads suit them, or they are full.",
        shortfall["partners"],
    )
    return text % figures


def _unplaced(why: str, count: int) -> str:
    if why == Unplaced.FULL.value:
        text = ngettext(
            "%(count)s lead stays in the pool: every partner it suits is full.",
            "%(count)s leads stay in the pool: every partner they suit is full.",
            count,
        )
    else:
        text = ngettext(
            "%(count)s lead stays in the pool: no partner may get it.",
            "%(count)s leads stay in the pool: no partner may get them.",
            count,
        )
    return text % {"count": formats.number(count)}


# --- Trials on the past -------------------------------------------------------------------------------------------------


def mode_labels() -> dict[str, str]:
    """How a policy gives leads away; collected leads are distributed at once."""
    return {
        Mode.BEST.value: _("To the best partner, then to the next"),
        Mode.TURNS.value: _("To partners in turn"),
        Mode.FIRST.value: _("To several, who accepts first gets it"),
        Mode.BATCH.value: _("Collected, and distributed all at once"),
    }


def outcome_of(tried: Replay) -> Outcome | None:
    """What a trial came to; nothing while it has not ended."""
    return outcome_from(tried.result["outcome"]) if tried.result else None


def verdict(tried: Replay) -> tuple[str, str]:
    """'better', 'worse' or 'same', and the change in per cent."""
    outcome = outcome_of(tried)
    assert outcome is not None
    share = share_of(outcome)
    if not outcome.is_clear or abs(share) < LITTLE:
        return "same", _("no clear difference")
    return ("better" if share > 0 else "worse"), formats.signed(share, 1, " %")


def share_of(outcome: Outcome) -> float:
    """The difference in per cent of what was done."""
    return 100 * outcome.difference / outcome.done.value if outcome.done.value else 0.0


def replay_headline(tried: Replay) -> str:
    """Whether the policy would have brought more."""
    if tried.result is None:
        if tried.job is not None and tried.job.is_open:
            return _("“%(name)s” is running") % {"name": tried.name}
        return _("Nothing came of “%(name)s”") % {"name": tried.name}
    outcome = outcome_of(tried)
    assert outcome is not None
    share = abs(share_of(outcome))
    if not outcome.is_clear:
        return _("“%(name)s” would have made no difference that can be told from chance") % {"name": tried.name}
    if share < LITTLE:
        return _("“%(name)s” would have been expected to win about as much as what was done") % {"name": tried.name}
    words = {"name": tried.name, "share": formats.percent(share, 0 if share >= 10 else 1)}
    if outcome.difference > 0:
        return _("“%(name)s” would have been expected to win %(share)s more than what was done") % words
    return _("“%(name)s” would have been expected to win %(share)s less than what was done") % words


def replay_notes(tried: Replay, currency: str) -> list[str]:
    """What the result rests on, and how far it can be trusted; a sentence each."""
    outcome, language = outcome_of(tried), get_language()
    if outcome is None or tried.result is None:
        return []

    def money(value: float) -> str:
        return formats.money_short(value, currency, language)

    said = [
        _("With a certainty of 95 %% the difference lies between %(low)s and %(high)s.")
        % {"low": money(outcome.low), "high": money(outcome.high)},
        _(
            "In %(agreed)s of %(leads)s leads the policy names the partner that had it: there is no difference. For the"
            " others nobody knows what another partner would have made of them; both sides are judged by how often"
            " partners win leads of that kind, learned from %(learned)s closed leads and drawn toward the mean where they"
            " are few."
        )
        % {
            "agreed": formats.number(outcome.agreed),
            "leads": formats.number(outcome.leads),
            "learned": formats.number(outcome.learned),
        },
        _("It was not drawn by lot who got a lead, so what was left out of the records is not made up for."),
    ]
    if outcome.closed:
        said.append(
            _("Of what was done, %(closed)s leads are closed: %(realised)s were won, %(expected)s were expected.")
            % {
                "closed": formats.number(outcome.closed),
                "realised": money(outcome.realised),
                "expected": money(outcome.realised_expected),
            }
        )
    anew = outcome.leads - tried.result["kept"]
    if anew:
        text = ngettext(
            "For %(count)s lead it was not kept who could have got it; that was put together from what is known today.",
            "For %(count)s leads it was not kept who could have got them; that was put together from what is known today.",
            anew,
        )
        said.append(text % {"count": formats.number(anew)})
    if tried.result["is_cut"]:
        said.append(
            _("The period holds more leads; the latest %(count)s were taken.")
            % {"count": formats.number(outcome.leads)}
        )
    return said


def replay_rows(outcome: Outcome, currency: str) -> list[tuple[str, str, str]]:
    """What was done and the policy side by side."""
    language, done, tried = get_language(), outcome.done, outcome.policy

    def hours(value: float) -> str:
        return formats.duration(value * 3600, language) if value else formats.NOTHING

    return [
        (
            _("Expected value"),
            formats.money_short(done.value, currency, language),
            formats.money_short(tried.value, currency, language),
        ),
        (_("Leads with a partner"), formats.number(done.placed), formats.number(tried.placed)),
        (_("Partners that got any"), formats.number(len(done.load)), formats.number(len(tried.load))),
        (
            _("Largest share of one partner"),
            formats.percent(100 * done.largest_share),
            formats.percent(100 * tried.largest_share),
        ),
        (_("Unevenness"), formats.number(done.gini, 2), formats.number(tried.gini, 2)),
        (_("Mean time until accepted"), hours(done.hours), hours(tried.hours)),
    ]


def replay_chart(tried: Replay, outcome: Outcome, currency: str) -> Chart:
    """Expected value by stretch of 30 days, named by its first day: the policy, and what was done beside it."""
    language = get_language() or "en"
    begins = [tried.since + dt.timedelta(days=30 * month) for month, _done, _tried in outcome.months]
    return bars(
        [formats.day(day, language) for day in begins],
        [expected for _month, _done, expected in outcome.months],
        [done for _month, done, _tried in outcome.months],
        names=(_("Policy"), _("What was done")),
        tell=lambda value: formats.money_short(value, currency, language),
        language=language,
        head=_("30 days from"),
    )
