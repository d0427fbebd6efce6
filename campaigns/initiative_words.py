"""What an initiative is to bring and what it did, in words: first the sentence that matters, then what it rests on."""

from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from campaigns.models import Initiative
from campaigns.report_words import p_words
from campaigns.selectors.initiative_results import FEWEST_DAYS, WINDOW, Result, Window
from campaigns.selectors.initiatives import Progress
from pages import formats
from valuation.comparison import FEWEST_PAIRS, Verdict
from valuation.registry import find_kpi
from valuation.wording import kpi_name, target_text


def _n(value: Any, decimals: int | None = None) -> str:
    return formats.number(value, decimals)


def _day(value: Any) -> str:
    return formats.date(value, get_language())


def goal_number(initiative: Initiative, currency: str) -> str:
    """The goal as a KPI and number; nothing where none was set."""
    if not initiative.kpi:
        return ""
    kpi = find_kpi(initiative.kpi)
    name = kpi_name(initiative.kpi, kpi)
    if initiative.kpi_target is None:
        return name
    return f"{name}: {target_text(kpi, initiative.kpi_target, currency)}"


def headline(initiative: Initiative, progress: Progress) -> str:
    """Where it stands, in a sentence."""
    if initiative.is_draft:
        return initiative.name
    words = {
        "name": initiative.name,
        "done": _n(progress.done),
        "partners": _n(progress.partners),
        "stalled": _n(progress.stalled),
    }
    if initiative.is_running and progress.stalled:
        return (
            ngettext(
                "%(name)s: %(stalled)s partner stands still",
                "%(name)s: %(stalled)s partners stand still",
                progress.stalled,
            )
            % words
        )
    return _("%(name)s: %(done)s of %(partners)s partners carried it out") % words


def not_yet(initiative: Initiative, window: Window | None) -> str:
    """Why nothing is said about its effect yet, and when it will be."""
    if initiative.is_draft:
        return _("It has not started.")
    if window is None:
        return _("It still runs. What it did is compared once it has ended and %(days)s days are over.") % {
            "days": _n(FEWEST_DAYS)
        }
    return _("It is not over long enough: from %(day)s on, %(days)s days can be compared.") % {
        "day": _day(window.enough_on),
        "days": _n(FEWEST_DAYS),
    }


def effect_sentence(result: Result, currency: str) -> str:
    """What the comparison says, in one sentence."""
    found = result.comparison
    if found.verdict == Verdict.TOO_FEW:
        return _(
            "Not enough yet: %(pairs)s pairs of comparable partners were found, and at least %(least)s are needed."
        ) % {
            "pairs": _n(len(found.pairs)),
            "least": _n(FEWEST_PAIRS),
        }
    if found.verdict == Verdict.UNLIKE:
        return _("Nothing can be said: who carried it out and who did not are too unlike, even in pairs.")
    assert found.difference is not None
    money = formats.money(abs(found.difference), currency, get_language())
    if found.verdict == Verdict.BETTER:
        return _("Partners that carried it out bought %(money)s more than comparable ones that did not.") % {
            "money": money
        }
    if found.verdict == Verdict.WORSE:
        return _("Partners that carried it out bought %(money)s less than comparable ones that did not.") % {
            "money": money
        }
    return _("No difference is shown between partners that carried it out and comparable ones that did not.")


def effect_lines(result: Result, currency: str) -> list[str]:
    """What the sentence rests on: days, sample, uncertainty, and what it cannot say."""
    found, window = result.comparison, result.window
    lines = []
    if found.difference is not None and found.low is not None and found.high is not None and found.p is not None:
        lines.append(
            _(
                "The difference is %(value)s for each partner, with 95 %% certainty between %(low)s and %(high)s (p %(p)s)."
            )
            % {
                "value": formats.money(found.difference, currency, get_language()),
                "low": formats.money(found.low, currency, get_language()),
                "high": formats.money(found.high, currency, get_language()),
                "p": p_words(found.p),
            }
        )
    lines.append(
        _(
            "What is compared: the change in sell-in from the %(days)s days before the start (from %(before)s) to the"
            " %(days)s days after the end (until %(after)s)."
        )
        % {"days": _n(window.days), "before": _day(window.first_before), "after": _day(window.last_after)}
    )
    lines.append(
        _(
            "%(did)s partners carried it out, %(others)s did not; %(pairs)s pairs are alike in grade, country and kind and"
            " near in size. %(left_out)s that carried it out have no counterpart."
        )
        % {
            "did": _n(found.did),
            "others": _n(found.others),
            "pairs": _n(len(found.pairs)),
            "left_out": _n(found.left_out),
        }
    )
    if result.unfinished:
        lines.append(
            ngettext(
                "%(count)s partner that began and did not finish is on neither side.",
                "%(count)s partners that began and did not finish are on neither side.",
                result.unfinished,
            )
            % {"count": _n(result.unfinished)}
        )
    if found.plain_difference is not None:
        lines.append(
            _("Without pairing the difference would be %(value)s: that mixes large and small partners and says little.")
            % {"value": formats.money(found.plain_difference, currency, get_language())}
        )
    if not window.is_whole:
        lines.append(
            _("So far %(days)s of %(whole)s days after the end are over; the figures still change.")
            % {"days": _n(window.days), "whole": _n(WINDOW)}
        )
    lines.append(
        _(
            "Nobody was chosen by lot: who is keener may both carry more out and sell more. It goes with, and may not cause."
        )
    )
    return lines
