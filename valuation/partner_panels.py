"""Grade and score on the staff's page about a partner, and the grades that lists can be narrowed to."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.grades import Rise, register_grades, register_rises
from partners.models import Partner
from partners.panels import Panel, register_panel
from tenancy.models import Membership
from tenancy.rights import Right
from valuation import selectors
from valuation.models import ChangeReason, GradeChange, ProgrammeStatus, Tier
from valuation.wording import change_text, headline, score_chart, shown_explanation

CHANGES_SHOWN = 8


def score(member: Membership, partner: Partner) -> dict[str, Any]:
    explained = selectors.explanation(partner)
    shown = shown_explanation(explained, member.manufacturer.currency) if explained else {}
    today = timezone.localdate()
    grade = explained.grade if explained else None
    return shown | {
        "partner": partner,
        "title": headline(explained, str(partner)),
        "is_by_hand": grade is not None and grade.override_until is not None and grade.override_until >= today,
        "can_decide": member.can(Right.GRADES_DECIDE),
    }


def history(member: Membership, partner: Partner) -> dict[str, Any] | None:
    changes = [(change, change_text(change)) for change in selectors.grade_history(partner)[:CHANGES_SHOWN]]
    chart = score_chart(selectors.score_history(partner))
    if not changes and chart is None:
        return None
    return {"changes": changes, "chart": chart}


register_panel(
    Panel(
        "score",
        _("Score and grade"),
        "valuation/staff/panels/score.html",
        score,
        Right.GRADES_VIEW,
        function="grades",
        order=20,
    )
)
register_panel(
    Panel(
        "grade_history",
        _("Grade history"),
        "valuation/staff/panels/history.html",
        history,
        Right.GRADES_VIEW,
        function="grades",
        order=30,
        tab="figures",
    )
)


@register_grades
def tier_choices() -> list[tuple[str, str]]:
    """The tiers of published programmes, highest first, each once by its code."""
    tiers = Tier.objects.exclude(programme__status=ProgrammeStatus.DRAFT).order_by("-min_score", "-programme__version")
    choices: dict[str, str] = {}
    for tier in tiers:
        choices.setdefault(tier.code, str(tier))
    return list(choices.items())


@register_rises
def rises(since: dt.date, partner_ids: Collection[int] | None) -> list[Rise]:
    """Promotions by score, and higher grades set by hand."""
    by_hand = Q(reason=ChangeReason.OVERRIDE, to_tier__rank__gt=F("from_tier__rank"))
    changes = GradeChange.objects.filter(Q(reason=ChangeReason.PROMOTION) | by_hand, day__gte=since)
    if partner_ids is not None:
        changes = changes.filter(partner__in=partner_ids)
    latest = changes.select_related("to_tier").order_by("-day", "-pk")[:MOST_RISES]
    return [Rise(change.partner_id, change.day, str(change.to_tier)) for change in reversed(latest)]


MOST_RISES = 500
"""Nobody congratulates more in two weeks; a new programme may lift thousands at once."""
