"""How the demo's leads are scored: rules that suit most, and a score learned where enough has closed."""

import datetime as dt
from contextlib import suppress

from leads.models import POOL_STATES, Lead, ScoreModel, ScoreRule
from leads.services.score_models import ScoreError, learn, supply
from leads.services.score_rules import SUGGESTED
from leads.services.scores import score_leads
from tenancy.models import Manufacturer


def tell_lead_scores(manufacturer: Manufacturer, day: dt.date) -> None:
    """The rules, the learned score, and the points of what waits in the pool."""
    if not ScoreRule.objects.exists():
        ScoreRule.objects.bulk_create(
            ScoreRule(field=rule.field, test=rule.test, values=list(rule.values), points=rule.points, order=place)
            for place, rule in enumerate(SUGGESTED)
        )
    if supply().is_enough and not ScoreModel.objects.exists():
        with suppress(ScoreError):  # of the demo's closed leads, too few may have had their time
            learn()
    score_leads(Lead.objects.filter(state__in=POOL_STATES).values_list("pk", flat=True))
