"""Learned scores: learned anew by a job, held against what came of the leads, retired when they no longer fit."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from leads.models import (
    CLOSED_STATES,
    Lead,
    LeadChance,
    LeadState,
    ModelState,
    RetiredBecause,
    ScoreModel,
)
from leads.notice_kinds.scoring import SCORE_RETIRED
from leads.score_fields import Field, all_fields, rows_of
from leads.services.scores import score_pool
from notices.services import tell
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from valuation.learning import FEWEST_CLOSED, FEWEST_WON, Evaluation, Known, evaluate, has_enough, train

TRAINING = "lead_score_training"
RESCORE = "lead_rescore"
MOST_TAUGHT = 100_000
"""The latest closed leads are learned from; older ones say little of the present market."""
CHUNK = 5000
LEARN_AFTER_DAYS = 7
FEWEST_NEW = 50
NEW_SHARE = 0.1
"""A score is learned anew once so many leads, and such a share of those it knows, have closed since."""
FEWEST_FOLLOWED = 100
"""Only so many closed leads say whether a score still fits."""
STALE_ERRORS = 3
STALE_SHARE = 0.25
"""It no longer fits when as many fewer or more are won than said: beyond chance, and by a share that matters."""
OLD_DAYS = 365


class ScoreError(DomainError):
    """A step that a learned score cannot take now."""


@dataclass(frozen=True)
class Supply:
    """How many leads there are to learn from."""

    closed: int
    won: int

    @property
    def is_enough(self) -> bool:
        return has_enough(closed=self.closed, won=self.won)


def supply() -> Supply:
    """How many leads have closed, and how many of them were won. One query."""
    counts = Lead.objects.filter(state__in=CLOSED_STATES).aggregate(
        closed=Count("pk"), won=Count("pk", filter=Q(state=LeadState.WON))
    )
    return Supply(counts["closed"], counts["won"])


def too_little_text(have: Supply) -> str:
    """Why nothing can be learned yet, and what it takes."""
    return _(
        "A score is learned from at least %(closed)s closed leads, %(won)s of them won and as many lost."
        " You have %(have)s, %(have_won)s of them won."
    ) % {"closed": FEWEST_CLOSED, "won": FEWEST_WON, "have": have.closed, "have_won": have.won}


def request_training(*, by: Membership | None = None) -> Job:
    """Have a score learned from the closed leads, if there are enough."""
    have = supply()
    if not have.is_enough:
        raise ScoreError(too_little_text(have))
    return start_job(TRAINING, key="score", by=by)


def request_rescore(*, by: Membership | None = None) -> Job:
    """Have every lead in the pool scored anew."""
    return start_job(RESCORE, key="pool", by=by)


def run_rescore(progress: Progress) -> dict[str, Any]:
    """The job: score the pool by the rules and the model of now."""
    progress.begin(0)
    return {"scored": score_pool()}


def run_training(progress: Progress) -> dict[str, Any]:
    """The job: learn, measure, keep; what is better than the plain rate takes over. Then the pool is scored anew."""
    progress.begin(0, _("Reading closed leads"))
    model = learn(progress.check)
    progress.begin(0, _("Scoring the pool"))
    if model.state == ModelState.ACTIVE:
        request_rescore()
    return {"version": model.version, "state": model.state, "closed": model.closed, "won": model.won}


def learn(check: Callable[[], None] = lambda: None) -> ScoreModel:
    """Learn a model from the closed leads and keep it as the next version, in use if it beats the plain rate."""
    fields = all_fields()
    rows, days = settled_rows(fields, check)
    won = [row["state"] == LeadState.WON for row in rows]
    have = Supply(len(rows), sum(won))
    if not have.is_enough:
        raise ScoreError(too_little_text(have))
    learned = train(
        rows,
        won,
        fields=[each.as_score_field for each in fields],
        arrived=[row["received_at"] for row in rows],
        closed=[row["ended_at"] for row in rows],
    )
    check()
    state = ModelState.ACTIVE if learned.is_useful else ModelState.WEAK
    if state == ModelState.ACTIVE:
        ScoreModel.objects.filter(state=ModelState.ACTIVE).update(
            state=ModelState.RETIRED, retired_because=RetiredBecause.REPLACED, retired_at=timezone.now()
        )
    latest = ScoreModel.objects.aggregate(version=Max("version"))["version"] or 0
    return ScoreModel.objects.create(
        version=latest + 1,
        state=state,
        document=learned.as_json(),
        closed=learned.closed,
        won=learned.won,
        first_on=timezone.localdate(min(row["received_at"] for row in rows)),
        last_on=timezone.localdate(max(row["received_at"] for row in rows)),
        days_to_close=days,
    )


def settled_rows(fields: Sequence[Field], check: Callable[[], None]) -> tuple[list[dict[str, Any]], int]:
    """The closed leads to learn from, as they were when they arrived, and the days within which four of five closed.

    Later changes are left out by the kept history: what a partner filled in while winning a lead would tell its outcome.
    Of the newest leads only the quick ones have closed yet, so these wait, unless too few would be left.
    """
    closed = (
        Lead.objects.filter(state__in=CLOSED_STATES)
        .annotate(ended_at=Coalesce("closed_at", "state_since"))
        .filter(ended_at__gte=F("received_at"))
        .order_by("-received_at", "-pk")
    )
    moments = list(closed.values_list("pk", "received_at", "ended_at", "state")[:MOST_TAUGHT])
    if not moments:
        return [], 0
    spans = sorted((ended - received).total_seconds() / 86400 for _pk, received, ended, _state in moments)
    days = math.ceil(spans[int(len(spans) * 0.8)]) if spans else 0
    until = max(ended for _pk, _received, ended, _state in moments) - dt.timedelta(days=days)
    ripe = [moment for moment in moments if moment[1] <= until]
    won = sum(state == LeadState.WON for _pk, _received, _ended, state in ripe)
    if not has_enough(closed=len(ripe), won=won):
        ripe = moments
    pks = [moment[0] for moment in ripe]
    rows: list[dict[str, Any]] = []
    for start in range(0, len(pks), CHUNK):
        rows += _as_arrived(pks[start : start + CHUNK], fields)
        check()
    ended = {pk: end for pk, _received, end, _state in ripe}
    return [row | {"ended_at": ended[row["pk"]]} for row in rows], days


def _as_arrived(pks: Sequence[int], fields: Sequence[Field]) -> list[dict[str, Any]]:
    now = timezone.now()
    rows = rows_of(
        Lead.objects.filter(pk__in=pks), fields, now=now, with_columns=["pk", "state", "received_at", "closed_at"]
    )
    events: Any = Lead._meta.get_field("events").related_model
    first = events.objects.filter(pgh_obj_id__in=pks).order_by("pgh_obj_id", "pgh_id").distinct("pgh_obj_id")
    early = [each for each in fields if each.known == Known.ARRIVAL]
    arrived = {row.pop("pgh_obj_id"): row for row in rows_of(first, early, now=now, with_columns=["pgh_obj_id"])}
    return [row | arrived.get(row["pk"], {}) for row in rows]


def present_model() -> ScoreModel | None:
    """The learned model in use."""
    return ScoreModel.objects.filter(state=ModelState.ACTIVE).first()


def is_due(now: dt.datetime) -> bool:
    """Whether a score should be learned: there is none and there could be, or enough has closed since the last."""
    last = ScoreModel.objects.defer("document").first()
    if last is None:
        return supply().is_enough
    fell_out = last.state == ModelState.RETIRED and last.retired_because in (RetiredBecause.STALE, RetiredBecause.OLD)
    if now - last.created_at < dt.timedelta(days=LEARN_AFTER_DAYS):
        return False
    new = Lead.objects.filter(state__in=CLOSED_STATES, closed_at__gt=last.created_at).count()
    return new >= (1 if fell_out else max(FEWEST_NEW, NEW_SHARE * last.closed)) and supply().is_enough


@dataclass(frozen=True)
class Followed:
    """What a model said of leads that have closed since, against what came."""

    count: int
    won: int
    predicted: float
    spread: float
    """By how much as many leads with these chances differ by chance alone: one standard error."""
    evaluation: Evaluation | None

    @property
    def is_off(self) -> bool:
        """Whether as many as said are won no more: beyond chance, and by a share that matters."""
        gap = abs(self.won - self.predicted)
        return gap > STALE_ERRORS * self.spread and gap > STALE_SHARE * max(self.won, self.predicted)

    def as_json(self) -> dict[str, Any]:
        """What the model keeps of the last look."""
        return {
            "count": self.count,
            "won": self.won,
            "predicted": round(self.predicted, 2),
            "spread": round(self.spread, 2),
            "evaluation": self.evaluation.as_json() if self.evaluation else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Followed":
        """What `as_json` wrote."""
        seen = data["evaluation"]
        return cls(**data | {"evaluation": Evaluation.from_json(seen) if seen else None})


def follow(model: ScoreModel, now: dt.datetime) -> Followed:
    """Compare what a model said of leads in the pool with what came of those that have had their time."""
    ripe = now - dt.timedelta(days=model.days_to_close)
    said = LeadChance.objects.filter(
        score_model=model, said_at__lte=ripe, lead__state__in=CLOSED_STATES, lead__closed_at__gt=F("said_at")
    )
    pairs = list(said.values_list("probability", "lead__state"))
    chances = [chance for chance, _state in pairs]
    came = [state == LeadState.WON for _chance, state in pairs]
    return Followed(
        count=len(pairs),
        won=sum(came),
        predicted=math.fsum(chances),
        spread=math.sqrt(math.fsum(chance * (1 - chance) for chance in chances)),
        evaluation=evaluate(chances, came, rate=model.won / model.closed) if pairs else None,
    )


def follow_present(now: dt.datetime) -> ScoreModel | None:
    """Look how the model in use does, keep what came out, and retire it where it no longer fits. Returns it."""
    model = ScoreModel.objects.select_for_update(no_key=True).filter(state=ModelState.ACTIVE).first()
    if model is None:
        return None
    seen = follow(model, now)
    model.in_use, model.followed_at = seen.as_json(), now
    model.save(update_fields=["in_use", "followed_at"])
    if now - model.created_at > dt.timedelta(days=OLD_DAYS):
        retire(model, RetiredBecause.OLD, now=now)
    elif seen.count >= FEWEST_FOLLOWED and (seen.is_off or _has_lost_its_edge(model, seen)):
        retire(model, RetiredBecause.STALE, now=now)
    return model


def _has_lost_its_edge(model: ScoreModel, seen: Followed) -> bool:
    """Whether it tells good leads from bad ones less than half as well as when it was learned, beyond doubt."""
    measured = model.document["evaluation"]
    return seen.evaluation is not None and seen.evaluation.auc_high < 0.5 + (measured["auc"] - 0.5) / 2


def retire(model: ScoreModel, because: str, *, now: dt.datetime) -> None:
    """Let rules alone score from now on; whoever distributes leads is told, unless somebody did it by hand."""
    model.state, model.retired_because, model.retired_at = ModelState.RETIRED, because, now
    model.save(update_fields=["state", "retired_because", "retired_at"])
    if because in (RetiredBecause.STALE, RetiredBecause.OLD):
        tell(
            members_with(Right.LEADS_DISTRIBUTE),
            SCORE_RETIRED,
            key=f"score-retired-{model.version}",
            facts={"version": model.version, "because": because}
            | {k: model.in_use.get(k) for k in ("won", "predicted")},
        )


def switch_off(*, by: Membership) -> None:
    """Retire the model in use by hand; the pool is scored by the rules alone."""
    model = ScoreModel.objects.select_for_update(no_key=True).filter(state=ModelState.ACTIVE).first()
    if model is None:
        raise ScoreError(_("No learned score is in use."))
    retire(model, RetiredBecause.BY_HAND, now=timezone.now())
    request_rescore(by=by)


def look_after_scores(now: dt.datetime) -> dict[str, Any]:
    """What happens every night: follow the model, learn anew where it is time, score the pool. Safe to run again."""
    model = follow_present(now)
    due = is_due(now)
    if due:
        request_training()
    return {"followed": model.version if model else None, "learns": due, "scored": score_pool(now=now)}
