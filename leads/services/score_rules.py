"""The manufacturer's rules for points: saved whole, suggested where there are none, tried on recent leads."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from leads.models import Lead, RuleTest, ScoreRule
from leads.points import Pointed, Rule, points_of
from leads.score_fields import AGE, all_fields, rows_of
from leads.services.score_models import ScoreError, request_rescore
from leads.services.scores import rule_of
from tenancy.models import Membership

MOST_RULES = 60
SUGGESTED: tuple[Rule, ...] = (
    Rule("has_phone", RuleTest.ANY_OF.value, ("yes",), 15),
    Rule("has_email", RuleTest.ANY_OF.value, ("yes",), 10),
    Rule("has_company", RuleTest.ANY_OF.value, ("yes",), 10),
    Rule("is_referred", RuleTest.ANY_OF.value, ("yes",), 20),
    Rule("amount", RuleTest.FILLED.value, (), 15),
    Rule("wanted_in", RuleTest.AT_MOST.value, ("90",), 20),
    Rule("products", RuleTest.FILLED.value, (), 10),
    Rule(AGE, RuleTest.AT_LEAST.value, ("14",), -10),
    Rule(AGE, RuleTest.AT_LEAST.value, ("30",), -20),
)
"""Where a manufacturer has none: who can be reached and says what is wanted when, comes first; what waits cools down."""


def present_rules() -> list[Rule]:
    """The rules as they are applied, in their order."""
    return [rule_of(row) for row in ScoreRule.objects.all()]


def save_rules(rules: Sequence[Rule], *, by: Membership | None) -> None:
    """Replace the rules; every lead in the pool is scored anew by a job."""
    if len(rules) > MOST_RULES:
        raise ScoreError(_("At most %(count)s rules can be kept.") % {"count": MOST_RULES})
    with transaction.atomic():
        kept = list(ScoreRule.objects.select_for_update(no_key=True))
        if [rule_of(row) for row in kept] == list(rules):
            return
        ScoreRule.objects.filter(pk__in=[row.pk for row in kept]).delete()
        ScoreRule.objects.bulk_create(
            ScoreRule(field=rule.field, test=rule.test, values=list(rule.values), points=rule.points, order=place)
            for place, rule in enumerate(rules)
        )
        request_rescore(by=by)


def use_suggested(*, by: Membership | None) -> None:
    """Begin with rules that suit most, where there are none."""
    if ScoreRule.objects.exists():
        raise ScoreError(_("There are rules already."))
    save_rules(SUGGESTED, by=by)


@dataclass(frozen=True)
class Tried:
    """A lead with the points it would get."""

    lead: Lead
    pointed: Pointed


def try_rules(rules: Iterable[Rule], leads: QuerySet[Lead], *, now: dt.datetime, limit: int = 12) -> list[Tried]:
    """What the latest of these leads would get by rules that are not saved, most points first."""
    rules = list(rules)
    latest = list(leads.select_related("source", "kind").order_by("-received_at", "-pk")[:limit])
    fields = all_fields(for_rules=True)
    rows = rows_of(Lead.objects.filter(pk__in=[lead.pk for lead in latest]), fields, now=now, with_columns=["pk"])
    by_pk = {row["pk"]: row for row in rows}
    tried = [Tried(lead, points_of(by_pk[lead.pk], rules)) for lead in latest]
    return sorted(tried, key=lambda each: -each.pointed.points)
