"""Partners move through their life cycle; the only writers of stages, proposals and playbooks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.ending import all_endings
from partners.models import (
    NEXT_STAGES,
    Partner,
    PlaybookStep,
    Stage,
    StageMove,
    StageProposal,
    StageReason,
    TaskState,
)
from partners.rhythm import silent_partners
from partners.selectors.lifecycle import PLAYBOOK, left_over, playbook
from partners.services.partners import PartnerError
from partners.services.tasks import create_task
from tenancy.models import Membership

State = StageProposal.State
MOST_MOVED = 500
"""At most so many partners are moved by one decision in bulk: each move is a transaction of its own kind."""


@transaction.atomic
def set_stage(
    partner: Partner,
    stage: str,
    *,
    by: Membership | None = None,
    reason: StageReason | None = None,
    note: str = "",
) -> Partner:
    """Move a partner on in its life cycle; the only writer of the stage of a partner that exists.

    Who moves a partner on while steps of its stage's playbook are left undone says why; they are dropped then. Coming to
    `onboarding` starts a journey where there is a template; coming to `ended` closes what is registered, in order, and keeps what
    it was.
    """
    partner = _locked(partner)
    before, to = Stage(partner.stage), Stage(stage)
    if to not in NEXT_STAGES[before]:
        raise PartnerError(
            _("A partner at “%(before)s” cannot go to “%(to)s”.") % {"before": before.label, "to": to.label}
        )
    undone = [task.title for task in left_over(partner)]
    if undone and by is not None and reason is None and not note.strip():
        raise PartnerError(
            _("Steps of the stage “%(stage)s” are not done yet: %(steps)s. Say why it may go on all the same.")
            % {"stage": before.label, "steps": ", ".join(undone)}
        )
    move = _write_move(partner, to, by=by, reason=reason, note=note, unfinished=len(undone))
    if to == Stage.ENDED:
        closed = {ending.key: ending.close(partner, by) for ending in all_endings()}
        move.closed = {key: what for key, what in closed.items() if what}
        move.save(update_fields=["closed"])
    _drop_left_over(partner, by=by)
    if to == Stage.ONBOARDING:
        _start_journey(partner, by)
    if to == Stage.ACTIVE:
        _close_application(partner)
    _start_playbook(partner, move, by=by)
    _ask_anew(partner, move)
    return partner


@dataclass(frozen=True)
class TakenBack:
    """A partner whose end was taken back, and what could not be opened again."""

    partner: Partner
    problems: list[str]


@transaction.atomic
def take_end_back(partner: Partner, *, by: Membership | None = None, note: str = "") -> TakenBack:
    """The partnership has not ended after all: its stage is as before, and what the end closed is opened as it was."""
    partner = _locked(partner)
    last = StageMove.objects.filter(partner=partner).order_by("-at", "-pk").first()
    if partner.stage != Stage.ENDED or last is None or last.after != Stage.ENDED:
        raise PartnerError(_("This partner's end cannot be taken back. Move it on to another stage instead."))
    _drop_left_over(partner, by=by)
    move = _write_move(partner, Stage(last.before), by=by, note=note)
    problems = []
    for ending in reversed(all_endings()):
        if closed := last.closed.get(ending.key):
            problems += ending.reopen(partner, closed, by)
    last.reversed_by = move
    last.save(update_fields=["reversed_by"])
    return TakenBack(partner, problems)


def _locked(partner: Partner) -> Partner:
    return Partner.objects.select_for_update(no_key=True, of=("self",)).select_related("kind").get(pk=partner.pk)


def _write_move(
    partner: Partner,
    to: Stage,
    *,
    by: Membership | None,
    reason: StageReason | None = None,
    note: str = "",
    unfinished: int = 0,
) -> StageMove:
    move = StageMove.objects.create(
        partner=partner,
        before=partner.stage,
        after=to,
        reason=reason,
        note=note.strip()[:500],
        by=by,
        at=timezone.now(),
        unfinished=unfinished,
    )
    partner.stage = to
    partner.save(update_fields=["stage", "updated_at"])
    answered = StageProposal.objects.filter(partner=partner, state=State.OPEN)
    now = timezone.now()
    answered.filter(to=to).update(state=State.ACCEPTED, decided_at=now, decided_by=by)
    answered.exclude(to=to).update(state=State.OUTDATED, decided_at=now)
    return move


def _start_journey(partner: Partner, by: Membership | None) -> None:
    from partners.services.onboarding import start_journey, template_for

    if template_for(partner) is not None:
        start_journey(partner, by=by)


def _ask_anew(partner: Partner, move: StageMove) -> None:
    from partners.services.questions import ask_anew

    ask_anew(partner, move)


def _close_application(partner: Partner) -> None:
    from partners.services.recruiting import follow_partner

    follow_partner(partner)


# --- Proposals ---------------------------------------------------------------------------------------------------------


@dataclass
class Proposed:
    """What the rules found on a day."""

    dormant: int = 0
    active: int = 0
    outdated: int = 0


@transaction.atomic
def propose_stages(day: dt.date) -> Proposed:
    """Propose as dormant who is silent for three times its own rhythm, and as active again who bought since.

    A proposal that staff declined comes again only after a further purchase. Running it again changes nothing.
    """
    silent = silent_partners(day)
    found = Proposed()
    open_ones = StageProposal.objects.filter(state=State.OPEN, facts__has_key="last_sale_on")
    outdated = open_ones.filter(to=Stage.DORMANT).exclude(partner__in=list(silent))
    found.outdated = outdated.update(state=State.OUTDATED, decided_at=timezone.now())
    active = Partner.objects.filter(stage=Stage.ACTIVE, pk__in=list(silent))
    declined = dict(
        StageProposal.objects.filter(to=Stage.DORMANT, state=State.DECLINED, partner__in=list(silent))
        .order_by("decided_at")
        .values_list("partner", "facts__last_sale_on")
    )
    found.dormant = _propose(
        {
            pk: {
                "last_sale_on": silent[pk].last_on.isoformat(),
                "gap": round(silent[pk].gap, 1),
                "days": silent[pk].days,
            }
            for pk in active.values_list("pk", flat=True)
            if declined.get(pk) != silent[pk].last_on.isoformat()
        },
        Stage.DORMANT,
    )
    found.active = _propose(_woken(silent), Stage.ACTIVE)
    return found


def _woken(silent: Mapping[int, Any]) -> dict[int, dict[str, Any]]:
    """Dormant partners that have bought since they were put to rest and are in rhythm."""
    rested = (
        StageMove.objects.filter(partner=OuterRef("pk"), after=Stage.DORMANT).order_by("-at", "-pk").values("at__date")
    )
    declined = (
        StageProposal.objects.filter(partner=OuterRef("pk"), to=Stage.ACTIVE, state=State.DECLINED)
        .order_by("-decided_at")
        .values("facts__last_sale_on")
    )
    rows = (
        Partner.objects.filter(stage=Stage.DORMANT, summary__last_sale_on__gt=Subquery(rested[:1]))
        .exclude(pk__in=list(silent))
        .annotate(declined=Subquery(declined[:1]))
        .values_list("pk", "summary__last_sale_on", "declined")
    )
    return {pk: {"last_sale_on": str(on)} for pk, on, no in rows if no != str(on)}


def _propose(facts: Mapping[int, dict[str, Any]], to: Stage) -> int:
    """One open proposal for each partner that has none; returns how many are new."""
    known = set(
        StageProposal.objects.filter(state=State.OPEN, partner__in=list(facts)).values_list("partner", flat=True)
    )
    now = timezone.now()
    StageProposal.objects.bulk_create(
        [
            StageProposal(partner_id=pk, to=to, facts=seen, created_at=now)
            for pk, seen in facts.items()
            if pk not in known
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )
    return len(facts) - len(known)


def propose_stage(partner: Partner, to: Stage, facts: Mapping[str, Any]) -> None:
    """Propose one partner's move, for staff to decide."""
    _propose({partner.pk: dict(facts)}, to)


@dataclass
class Decided:
    """What a decision in bulk did: how many moved, and what stopped the others."""

    count: int = 0
    problems: list[str] = field(default_factory=list)


def accept_proposals(proposals: QuerySet[StageProposal], *, by: Membership, note: str = "") -> Decided:
    """Move the partners as proposed. One that cannot move now is left, and said."""
    decided = Decided()
    for proposal in _open_in_order(proposals)[:MOST_MOVED]:
        try:
            set_stage(proposal.partner, proposal.to, by=by, note=note or _("As proposed by rule"))
        except PartnerError as error:
            decided.problems.append(f"{proposal.partner}: {error}")
        else:
            decided.count += 1
    return decided


@transaction.atomic
def decline_proposals(proposals: QuerySet[StageProposal], *, by: Membership, note: str = "") -> int:
    """Leave the partners where they are; the same finding is not proposed again."""
    chosen = [proposal.pk for proposal in _open_in_order(proposals)]
    return StageProposal.objects.filter(pk__in=chosen, state=State.OPEN).update(
        state=State.DECLINED, decided_at=timezone.now(), decided_by=by, note=note.strip()[:500]
    )


def _open_in_order(proposals: QuerySet[StageProposal]) -> QuerySet[StageProposal]:
    return proposals.filter(state=State.OPEN).select_related("partner").order_by("partner_id")


# --- Playbooks ---------------------------------------------------------------------------------------------------------


def _start_playbook(partner: Partner, move: StageMove, *, by: Membership | None) -> None:
    """Give the steps of the stage that the partner has come to as tasks, each in the language of who does it."""
    steps = list(playbook(partner.stage))
    manager = partner.channel_manager
    languages = {
        PlaybookStep.Who.MANAGER: manager.language if manager else get_language(),
        PlaybookStep.Who.PARTNER: partner.languages[0] if partner.languages else get_language(),
    }
    for step in steps:
        with translation.override(languages[PlaybookStep.Who(step.who)]):
            title, detail = str(step), "\n".join(filter(None, [step.text, step.material]))
        create_task(
            partner=partner,
            title=title,
            detail=detail,
            due_on=timezone.localdate() + dt.timedelta(days=step.days),
            for_partner=step.who == PlaybookStep.Who.PARTNER,
            kind=PLAYBOOK,
            key=f"{move.pk}-{step.pk}",
            by=by,
        )


def _drop_left_over(partner: Partner, *, by: Membership | None) -> None:
    """The steps of the stage that a partner leaves have no point any more."""
    now = timezone.now()
    left_over(partner).update(
        state=TaskState.DROPPED,
        reason=_("The partner has moved on"),
        finished_at=now,
        finished_by=by,
        updated_at=now,
    )


def save_playbook_step(step: PlaybookStep) -> PlaybookStep:
    """Keep a step; tasks that were begun already stay as they are."""
    if not step.pk:
        last = PlaybookStep.objects.filter(stage=step.stage).order_by("-order").values_list("order", flat=True).first()
        step.order = (last or 0) + 1
    step.save()
    return step


@transaction.atomic
def add_default_playbooks(steps: Iterable[PlaybookStep]) -> int:
    """Put in what we propose for the stages that have no steps yet; returns how many steps were added."""
    taken = set(PlaybookStep.objects.values_list("stage", flat=True))
    added = [step for step in steps if step.stage not in taken]
    PlaybookStep.objects.bulk_create(added)
    return len(added)


@transaction.atomic
def add_default_reasons(reasons: Iterable[StageReason]) -> int:
    """Put in the reasons we propose, as far as their codes are free."""
    taken = set(StageReason.objects.values_list("code", flat=True))
    added = [reason for reason in reasons if reason.code not in taken]
    StageReason.objects.bulk_create(added)
    return len(added)


def move_step(step: Any, siblings: QuerySet[Any], *, up: bool) -> None:
    """Put a step one place before or behind its neighbour; at the end of the row nothing changes."""
    with transaction.atomic():
        rows = list(siblings.select_for_update().order_by("order", "pk"))
        at = next(number for number, row in enumerate(rows) if row.pk == step.pk)
        to = at - 1 if up else at + 1
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
        for number, row in enumerate(rows, start=1):
            type(row).objects.filter(pk=row.pk).exclude(order=number).update(order=number)
