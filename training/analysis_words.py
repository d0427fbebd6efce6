"""How learning goes, in words and pictures: first the sentence that matters."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pages import charts, formats
from tenancy.translation import translated
from training.selectors.analysis import Way


def _n(value: Any, decimals: int | None = 0) -> str:
    return formats.number(value, decimals)


def courses_title(total: Mapping[str, Any]) -> str:
    """How many of all that was to be learned is passed, and what is late."""
    if not total["taken"]:
        return _("Nobody has a course to learn yet")
    if total["share"] is None:
        return _("Nobody has had to learn anything so far")
    title = _("%(share)s of the courses taken are passed") % {"share": formats.percent(total["share"], 0)}
    if total["late"]:
        title += ngettext(", %(late)s is late", ", %(late)s are late", total["late"]) % {"late": _n(total["late"])}
    return title


def people_title(total: Mapping[str, Any], people: int) -> str:
    """How many people learn, and what is late."""
    if not people:
        return _("Nobody has a course to learn at present")
    title = ngettext("%(count)s person is learning", "%(count)s people are learning", people) % {"count": _n(people)}
    if total["late"]:
        title += ngettext(", %(late)s course is late", ", %(late)s courses are late", total["late"]) % {
            "late": _n(total["late"])
        }
    return title


def standing_chart(total: Mapping[str, Any]) -> charts.Chart:
    """Where all that was enrolled stands."""
    rows = [
        (_("Passed"), total["passed"], "accent"),
        (_("Exempt"), total["exempt"], "quiet"),
        (pgettext("people", "Learning"), total["learning"], "accent"),
        (_("Not begun"), total["waiting"], "quiet"),
        (pgettext("of a course", "Failed"), total["failed"], "quiet"),
    ]
    bars = [charts.Bar(label, value, tone=tone) for label, value, tone in rows if value]
    return charts.ranked(bars, tell=_n, head=(_("Where it stands"), _("Enrolments")), size="short")


def share_chart(rows: Sequence[Mapping[str, Any]], most: int = 12) -> charts.Chart:
    """The share that has passed, by course."""
    known = [row for row in rows if row["share"] is not None][:most]
    return charts.ranked(
        [charts.Bar(translated(row["course__titles"], row["course__code"]), round(row["share"], 1)) for row in known],
        tell=lambda value: formats.percent(value, 0),
        head=(_("Course"), _("Passed")),
    )


def way_title(way: Way) -> str:
    """Where most stop."""
    if not way.learners:
        return _("Nobody has begun this course yet")
    worst = way.worst
    if worst is None:
        return ngettext(
            "Nobody has stopped so far: %(count)s person has begun",
            "Nobody has stopped so far: %(count)s people have begun",
            way.learners,
        ) % {"count": _n(way.learners)}
    return _("Most stop at “%(lesson)s”: %(stopped)s of %(begun)s who began it") % {
        "lesson": worst.lesson,
        "stopped": _n(worst.stopped),
        "begun": _n(worst.begun),
    }


def way_chart(way: Way) -> charts.Chart:
    """How many of those who began the course have done each lesson, in the order of lessons."""

    def told(value: Any) -> str:
        share = formats.percent(100 * value / way.learners, 0)
        return f"{_n(value)} ({share})"

    bars = [charts.Bar(_("Began the course"), way.learners, tone="quiet")]
    bars += [charts.Bar(str(each.lesson), each.done) for each in way.lessons]
    return charts.ranked(bars, tell=told, head=(_("Lesson"), _("Have done it")))
