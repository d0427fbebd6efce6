"""The stages of opportunities: what we propose to begin with, and what each manufacturer makes of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from leads.models import Opportunity, PipelineStage, StageOutcome
from tenancy.errors import DomainError
from tenancy.rls import house_scope

PROPOSED: tuple[tuple[str, str, int, int, str, str, str], ...] = (
    ("contact", StageOutcome.OPEN, 10, 7, "First contact", "첫 상담", "初回連絡"),
    ("needs", StageOutcome.OPEN, 25, 14, "Needs understood", "요구 파악", "要望確認"),
    ("quote", StageOutcome.OPEN, 50, 14, "Quote sent", "견적 제출", "見積提出"),
    ("negotiation", StageOutcome.OPEN, 75, 10, "In negotiation", "협의 중", "交渉中"),
    ("won", StageOutcome.WON, 100, 365, "Won", "수주", "受注"),
    ("lost", StageOutcome.LOST, 0, 365, "Lost", "실주", "失注"),
)
"""Code, meaning, probability, days until it counts as stalled, and the name in English, Korean and Japanese."""


class StageError(DomainError):
    """A stage cannot become what was asked."""


def ensure_stages() -> list[PipelineStage]:
    """The stages in use, in their order; where the manufacturer has none yet, those that we propose."""
    found = _in_use()
    if found:
        return found
    with house_scope(), transaction.atomic():
        PipelineStage.objects.bulk_create(
            [
                PipelineStage(
                    code=code,
                    outcome=outcome,
                    probability=probability,
                    stalled_days=days,
                    names={"en": en, "ko": ko, "ja": ja},
                    order=10 * (place + 1),
                )
                for place, (code, outcome, probability, days, en, ko, ja) in enumerate(PROPOSED)
            ],
            ignore_conflicts=True,  # somebody else was quicker
        )
    return _in_use()


def _in_use() -> list[PipelineStage]:
    return list(PipelineStage.objects.filter(is_retired=False).order_by("order", "code"))


@transaction.atomic
def save_stage(stage: PipelineStage) -> PipelineStage:
    """Keep a new or changed stage. There is always one to begin with, one for what is won and one for what is lost."""
    before = PipelineStage.objects.select_for_update().filter(pk=stage.pk).first() if stage.pk else None
    if before is not None and before.outcome != stage.outcome:
        raise StageError(_("What a stage means stays as it was: opportunities that passed it say so."))
    if stage.outcome != StageOutcome.OPEN:
        if stage.is_retired:
            raise StageError(_("The stages of what is won and lost are always needed."))
        stage.probability = 100 if stage.outcome == StageOutcome.WON else 0
    if before is not None and stage.is_retired and not before.is_retired:
        if Opportunity.objects.filter(stage=stage).exists():
            raise StageError(_("Opportunities stand at this stage. Move them first, then retire it."))
        others = PipelineStage.objects.filter(outcome=StageOutcome.OPEN, is_retired=False).exclude(pk=stage.pk)
        if not others.exists():
            raise StageError(_("At least one stage must be left for opportunities to begin at."))
    stage.save()
    return stage
