"""Sequences in words: what each step does, what a trial foretells, what came of it."""

import datetime as dt
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from campaigns.events import known_event
from campaigns.models import (
    BranchTest,
    CampaignContent,
    Sequence,
    SequenceState,
    SequenceStep,
    SequenceVersion,
    StepKind,
    StopReason,
)
from campaigns.report_words import lift_words, share_words
from campaigns.selectors.sequences import Results
from campaigns.services.freezing import LEFT_OUT
from pages import charts, formats
from tenancy.translation import translated

TONES: dict[str, str] = {
    "running": "active", "paused": "warn", "ended": "", "draft": "",
    "active": "active", "finished": "good", "stopped": "warn", "held": "",
}  # fmt: skip


def event_words(version: SequenceVersion) -> str:
    """What begins it."""
    event = known_event(version.event)
    return event.told(version.event_days) if event else _("An event that is not there any more")


def days_words(days: int, *, business: bool) -> str:
    """So many days."""
    said = (
        ngettext("%(days)s business day", "%(days)s business days", days)
        if business
        else ngettext("%(days)s day", "%(days)s days", days)
    )
    return said % {"days": formats.number(days)}


def step_title(step: SequenceStep, texts: dict[str, CampaignContent]) -> str:
    """What a step does, in a few words."""
    if step.kind == StepKind.WAIT:
        return _("Wait %(days)s") % {"days": days_words(step.days, business=step.is_business_days)}
    if step.kind == StepKind.BRANCH:
        return branch_title(step)
    if step.kind == StepKind.TASK:
        return translated(step.titles) or _("Nothing is said yet")
    if step.kind == StepKind.END:
        return _("The sequence ends")
    language = (get_language() or "en").split("-")[0]
    content = texts.get(language) or next(iter(texts.values()), None)
    return content.subject if content and content.subject else _("Nothing is said yet")


def branch_title(step: SequenceStep) -> str:
    """What a branch asks, and where a yes leads."""
    asks: dict[str, str] = {
        BranchTest.ANSWERED: _("Has somebody answered?"),
        BranchTest.OPENED: _("Has somebody opened a mail?"),
        BranchTest.ORDERED: _("Has the partner ordered since?"),
        BranchTest.AUDIENCE: _("Is the partner in “%(audience)s”?") % {"audience": step.audience or "–"},
    }
    return asks.get(step.test, _("No condition yet"))


def step_detail(step: SequenceStep) -> str:
    """What else is to be known of it."""
    if step.kind == StepKind.BRANCH:
        if step.target is None:
            return ""
        return _("Yes: go on at step %(place)s. No: the next step.") % {"place": step.target.position}
    if step.kind == StepKind.TASK:
        who = _("For the partner") if step.for_partner else _("For who looks after the partner")
        return _("%(who)s, within %(days)s") % {
            "who": who,
            "days": days_words(step.days, business=step.is_business_days),
        }
    return ""


def came_words(kind: str, counts: dict[str, int], here: int = 0) -> str:
    """What came of a step, as figures in a line."""
    said = []
    tasks = counts.get("task", 0)
    names = {
        "sent": _("%(count)s sent"),
        "nobody": _("%(count)s with nobody to write to"),
        "task": ngettext("%(count)s task given", "%(count)s tasks given", tasks),
        "waited": _("%(count)s waited"),
        "yes": _("%(count)s yes"),
        "no": _("%(count)s no"),
        "end": _("%(count)s came to the end"),
    }
    for outcome, words in names.items():
        if counts.get(outcome):
            said.append(words % {"count": formats.number(counts[outcome])})
    if here:
        words = ngettext("%(count)s stands here", "%(count)s stand here", here)
        said.append(words % {"count": formats.number(here)})
    return " · ".join(said)


def heading_of(sequence: Sequence, under_way: int) -> str:
    """What matters about it now."""
    if sequence.state == SequenceState.RUNNING:
        return ngettext(
            "%(count)s partner is on its way through “%(name)s”",
            "%(count)s partners are on their way through “%(name)s”",
            under_way,
        ) % {"count": formats.number(under_way), "name": sequence.name}
    if sequence.state == SequenceState.PAUSED:
        return _("“%(name)s” is paused: nobody enters, nothing is sent") % {"name": sequence.name}
    if sequence.state == SequenceState.ENDED:
        return _("“%(name)s” has ended") % {"name": sequence.name}
    return _("“%(name)s” is being written") % {"name": sequence.name}


# --- The trial --------------------------------------------------------------------------------------------------------


def trial_headline(trial: dict[str, Any]) -> str:
    """What it would have done, in a sentence."""
    entered, sent = trial["entered"], trial["messages"]
    partners = ngettext("%(count)s partner", "%(count)s partners", entered) % {"count": formats.number(entered)}
    messages = ngettext("%(count)s message", "%(count)s messages", sent) % {"count": formats.number(sent)}
    return _("In the last %(days)s, %(partners)s would have entered and got %(messages)s") % {
        "days": days_words(trial["days"], business=False),
        "partners": partners,
        "messages": messages,
    }


def trial_words(trial: dict[str, Any]) -> list[str]:
    """What else is to be said of a trial."""
    said = []
    if trial["held_out"]:
        said.append(
            ngettext(
                "%(count)s more would have been held out and got nothing.",
                "%(count)s more would have been held out and got nothing.",
                trial["held_out"],
            )
            % {"count": formats.number(trial["held_out"])}
        )
    if trial["put_off"]:
        said.append(
            ngettext(
                "%(count)s would have waited for another week, because everybody there had had enough mails.",
                "%(count)s would have waited for another week, because everybody there had had enough mails.",
                trial["put_off"],
            )
            % {"count": formats.number(trial["put_off"])}
        )
    states = trial["states"]
    said.append(
        _("%(finished)s would have finished, %(stopped)s ended early, %(active)s be under way still.")
        % {name: formats.number(states.get(name, 0)) for name in ("finished", "stopped", "active")}
    )
    return said


def left_out_rows(left_out: dict[str, int]) -> list[tuple[Any, int]]:
    """Why people were not written to, in the order in which it is asked."""
    return [(words, left_out[code]) for code, words in LEFT_OUT.items() if left_out.get(code)]


def weeks_chart(trial: dict[str, Any]) -> charts.Chart:
    """Messages by week."""
    language = get_language() or "en"
    days = [dt.date.fromisoformat(day) for day, _count in trial["weeks"]]
    return charts.bars(
        [formats.date_short(day, language) for day in days],
        [count for _day, count in trial["weeks"]],
        names=(_("Messages"), ""),
        tell=formats.number,
        language=language,
        head=_("Week from"),
        size="short",
    )


# --- The result -------------------------------------------------------------------------------------------------------


def result_headline(found: Results) -> str:
    """What came of it, in a sentence."""
    if not found.entered and not found.held:
        return _("Nobody has entered yet")
    share = found.funnel.rate("replied")
    if share is None:
        return ngettext(
            "%(count)s partner has entered; nothing was sent yet",
            "%(count)s partners have entered; nothing was sent yet",
            found.entered,
        ) % {"count": formats.number(found.entered)}
    return _("%(rate)s of the people written to have answered") % {"rate": share_words(share)}


def result_effect(sequence: Sequence, found: Results) -> list[str]:
    """What the hold-out says, in sentences."""
    if not found.held:
        return [_("Nobody was held out: what would have been ordered anyway is not known.")]
    if found.effect is None:
        return [_("Too few companies are held out to compare.")]
    currency, language = sequence.manufacturer.currency, get_language()
    return lift_words(found.effect, lambda value: formats.money_short(value, currency, language))


def rate_rows(found: Results) -> list[tuple[str, str, str]]:
    """Rates of the people written to: what, how many, the share with its interval."""
    total = found.funnel
    rows = [
        (_("Mail opened"), total.opened, "opened"),
        (_("Clicked"), total.clicked, "clicked"),
        (_("Answered"), total.replied, "replied"),
        (_("Unsubscribed"), total.unsubscribed, "unsubscribed"),
        (_("Came back"), total.bounced, "bounced"),
    ]
    return [(label, formats.number(count), share_words(total.rate(of))) for label, count, of in rows]


def reason_rows(found: Results) -> list[tuple[str, str]]:
    """What ended it early, and how often."""
    return [(str(StopReason(reason).label), formats.number(count)) for reason, count in found.reasons.items()]
