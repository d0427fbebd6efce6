"""Who may not finish, in words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pages import formats
from training.models import EnrolmentRisk, RiskModel
from training.risk import EarlyWarning


def _n(value: Any, decimals: int | None = 0) -> str:
    return formats.number(value, decimals)


def _pace(value: float | None) -> str:
    return _("less is done than time has gone by") if value is not None and value < 0 else ""


def _begun(value: float | None) -> str:
    if value is None:
        return _("has not begun")
    return ngettext("began only after %(count)s day", "began only after %(count)s days", round(value)) % {
        "count": _n(value)
    }


def _silent(value: float | None) -> str:
    if value is None:
        return ""
    return ngettext("has not learned for %(count)s day", "has not learned for %(count)s days", round(value)) % {
        "count": _n(value)
    }


def _days(value: float | None) -> str:
    if not value:
        return _("has not begun")
    return ngettext("has learned on %(count)s day so far", "has learned on %(count)s days so far", round(value)) % {
        "count": _n(value)
    }


def _score(value: float | None) -> str:
    return _("has no result yet") if value is None else _("scores %(score)s on average") % {"score": _n(value)}


def _missed(value: float | None) -> str:
    if not value:
        return ""
    return ngettext("%(count)s failed attempt at a quiz", "%(count)s failed attempts at quizzes", round(value)) % {
        "count": _n(value)
    }


def _passed_before(value: float | None) -> str:
    return "" if value else _("has passed no course before")


def _missed_before(value: float | None) -> str:
    if not value:
        return ""
    return ngettext(
        "did not finish %(count)s course before", "did not finish %(count)s courses before", round(value)
    ) % {"count": _n(value)}


WORDS: dict[str, Callable[[float | None], str]] = {
    "pace": _pace,
    "begun_after": _begun,
    "silent": _silent,
    "days": _days,
    "score": _score,
    "missed": _missed,
    "passed_before": _passed_before,
    "missed_before": _missed_before,
}


def because(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Reasons as they are kept with an enrolment, in words."""
    said = []
    for reason in reasons:
        value = reason.get("value")
        if reason["field"] == "again":
            said.append(_("takes the course again") if value == "yes" else "")
        elif reason["field"] in WORDS:
            said.append(WORDS[reason["field"]](None if value is None else float(value)))
    return "; ".join(each for each in dict.fromkeys(said) if each)


def risk_sentence(risk: EnrolmentRisk) -> str:
    """Whom to talk to, about what, and why."""
    enrolment = risk.enrolment
    words = {"name": enrolment.member.name, "course": enrolment.course, "because": because(risk.reasons)}
    if enrolment.due_on is None:
        said = _("%(name)s may not finish “%(course)s”") % words
    else:
        day = formats.date(enrolment.due_on, get_language())
        said = _("%(name)s may not finish “%(course)s” by %(day)s") % {**words, "day": day}
    return f"{said}: {words['because']}" if words["because"] else said


def risks_title(model: RiskModel | None, count: int) -> str:
    """How many may not finish, or why nothing is said."""
    if model is None:
        return _("Who may not finish is not known yet")
    if not model.is_useful:
        return _("What was learned is no better than the plain rate, so nobody is warned by it")
    if not count:
        return _("Everybody is on the way to finish in time")
    return ngettext("%(count)s person may not finish in time", "%(count)s people may not finish in time", count) % {
        "count": _n(count)
    }


def measured_on(model: RiskModel) -> str:
    """On which enrolments the measures were taken."""
    if EarlyWarning.from_json(model.document).is_strict:
        return _("On enrolments later than those it had learned from")
    return _("On other enrolments than those it had learned from, but of the same days: too few were over before")


def evaluation_lines(model: RiskModel | None) -> list[str]:
    """How good it is, beside the plain rate."""
    if model is None:
        return []
    learned = EarlyWarning.from_json(model.document)
    seen = learned.evaluation
    lines = [
        _("Learned from %(enrolments)s enrolments in %(courses)s courses, %(share)s %% of which were finished in time.")
        % {
            "enrolments": _n(model.enrolments),
            "courses": _n(model.courses),
            "share": _n(100 * model.finished / model.enrolments),
        }
    ]
    if seen is None:
        return [*lines, _("There are too few later ones to judge it by.")]
    lines.append(
        _(
            "Given one who finished and one who did not, it gives the first the better chance in %(auc)s of 100 cases (95 %%"
            " sure: %(low)s to %(high)s); tossing a coin does so in 50."
        )
        % {"auc": _n(100 * seen.auc), "low": _n(100 * seen.auc_low), "high": _n(100 * seen.auc_high)}
    )
    lines.append(
        _(
            "Its chances miss what came by %(brier)s (Brier score, 0 is best), the plain rate by %(plain)s; on average they"
            " are %(ece)s points off what came."
        )
        % {"brier": _n(seen.brier, 3), "plain": _n(seen.baseline_brier, 3), "ece": _n(100 * seen.ece, 1)}
    )
    return lines
