"""Distributions of many leads at once: worked out by a job, changed by hand, sent by another."""

import datetime as dt
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.running import Progress
from jobs.services import cancel_job, start_job
from leads.assignment import Assignment, assign, gini, greedy, round_robin
from leads.models import (
    NEXT_BATCH_STATES,
    BatchItem,
    BatchShare,
    BatchState,
    Ended,
    ItemState,
    Lead,
    LeadBatch,
    Mode,
    Offer,
    OfferState,
    Outcome,
    RoutingDecision,
)
from leads.selectors.batches import FREE_STATES, Pool, counts_of, pool_of
from leads.selectors.candidates import Categories, Rules
from leads.services.offering import Wanted, make_offers
from partners.models import Activity
from partners.selectors import may_by_line
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import commit_chunk

SOLVE_JOB = "lead_batch_solve"
SEND_JOB = "lead_batch_send"
SENT_AT_ONCE = 50
"""So many leads are offered in one transaction: what a killed worker leaves to do again at most."""
ROWS_AT_ONCE = 2_000
STEPS = 4

ITEMS = """
INSERT INTO leads_batchitem
    (batch_id, lead_id, partner_id, proposed_id, state, value, components, candidates, candidate_values, note)
SELECT %(batch)s, n.lead, n.partner, n.partner, n.state, n.value, n.components, n.candidates::bigint[],
    n.candidate_values::float8[], n.note
FROM unnest(
    %(leads)s::bigint[], %(partners)s::bigint[], %(states)s::text[], %(values)s::float8[], %(components)s::jsonb[],
    %(candidates)s::text[], %(candidate_values)s::text[], %(notes)s::text[]
) WITH ORDINALITY AS n (lead, partner, state, value, components, candidates, candidate_values, note, place)
ORDER BY n.place
"""
"""Lists of candidates come as texts: a list of lists of different lengths is no array."""

SHARES = """
INSERT INTO leads_batchshare (batch_id, partner_id, room, is_new, leads, value)
SELECT %(batch)s, * FROM unnest(
    %(partners)s::bigint[], %(rooms)s::int[], %(are_new)s::bool[], %(leads)s::int[], %(values)s::float8[]
)
"""


class BatchError(DomainError):
    """A step that the distribution cannot take now."""


def save_batch(batch: LeadBatch, *, by: Membership) -> LeadBatch:
    """Keep a new distribution, or other settings of one that is not on its way; it must be worked out after that."""
    if not batch._state.adding:
        _locked(batch, BatchState.DRAFT, BatchState.READY)
        batch.save(update_fields=["name", "query", "minimum_share", "maximum_share", "exploration", "most_each"])
        return batch
    batch.state, batch.created_by = BatchState.DRAFT, by
    batch.save()
    return batch


@transaction.atomic
def request_solution(batch: LeadBatch, *, by: Membership) -> Job:
    """Have the distribution worked out, or worked out anew."""
    batch = _move(batch, BatchState.SOLVING)
    batch.job = start_job(SOLVE_JOB, params={"batch": batch.pk}, by=by)
    batch.save(update_fields=["job"])
    return batch.job


@transaction.atomic
def cancel_batch(batch: LeadBatch) -> LeadBatch:
    """Throw a distribution away before it is sent; what was offered of it before it was stopped stays offered."""
    return _move(batch, BatchState.CANCELLED)


def run_solve(progress: Progress) -> Mapping[str, Any]:
    """The job: who gets what, worked out and stored in one transaction, so that a killed worker leaves nothing half."""
    batch = LeadBatch.objects.select_for_update(no_key=True).get(pk=progress.job.params["batch"])
    if batch.state != BatchState.SOLVING:
        raise BatchError(_("The distribution is not being worked out any more."))
    progress.begin(STEPS)
    work_out(batch, tell=lambda message: progress.advance(message=message))
    return {"batch": batch.pk, "leads": batch.leads, "placed": batch.placed, "seconds": batch.facts["seconds"]}


def work_out(batch: LeadBatch, *, tell: Callable[[str], object] = lambda message: None) -> None:
    """Find out who gets what, and store it in place of what was there. `tell` hears what is done next."""
    taken: dict[str, float] = {}
    watch = _Watch(taken)
    tell(_("Compares leads with partners."))
    pool = pool_of(batch)
    watch.lap("candidates")
    tell(_("Works out the best distribution."))
    best, others = solve(batch, pool)
    watch.lap("solution")
    tell(_("Keeps what came out."))
    _store(batch, pool, best)
    watch.lap("storage")
    _note_result(batch, pool, best, others, taken)
    tell("")


def let_go(job: Job) -> None:
    """A job of a distribution failed or was stopped: what it was at can be begun again."""
    back = {
        SOLVE_JOB: (BatchState.SOLVING, BatchState.DRAFT),
        SEND_JOB: (BatchState.SENDING, BatchState.READY),
    }
    if job.kind in back:
        was, to = back[job.kind]
        for batch in LeadBatch.objects.filter(job=job, state=was):
            _move(batch, to)


def solve(batch: LeadBatch, pool: Pool) -> tuple[Assignment, dict[str, Assignment]]:
    """The best distribution within the batch's limits, and what other ways would do with the same leads.

    The other ways know no reservations: `free` is the best one without them, so that their price can be told.
    """
    capacities = capacities_of(batch, pool)
    largest = batch.maximum_share / 100
    best = assign(
        pool.values,
        capacities,
        minimum_share=batch.minimum_share / 100,
        maximum_share=largest,
        exploration=batch.exploration / 100,
        new_partners=pool.new,
    )
    others = {
        "round_robin": round_robin(pool.values, capacities, maximum_share=largest),
        "greedy": greedy(pool.values, capacities, maximum_share=largest),
    }
    if batch.minimum_share or (batch.exploration and pool.new):
        others["free"] = assign(pool.values, capacities, maximum_share=largest)
    return best, others


def capacities_of(batch: LeadBatch, pool: Pool) -> dict[int, int]:
    """How many leads each candidate gets at most in this distribution."""
    if batch.most_each is None:
        return dict(pool.room)
    return {partner: min(room, batch.most_each) for partner, room in pool.room.items()}


def _store(batch: LeadBatch, pool: Pool, best: Assignment) -> None:
    """Replace what was worked out before."""
    batch.items.all().delete()
    batch.shares.all().delete()
    leads = list(pool.values)
    with connection.cursor() as cursor:
        for start in range(0, len(leads), ROWS_AT_ONCE):
            cursor.execute(ITEMS, _item_columns(batch, pool, best, leads[start : start + ROWS_AT_ONCE]))
        partners = sorted(pool.room)
        worth = dict.fromkeys(partners, 0.0)
        for lead, partner in best.partner_of.items():
            worth[partner] += pool.values[lead][partner]
        load = best.load
        cursor.execute(
            SHARES,
            {
                "batch": batch.pk,
                "partners": partners,
                "rooms": [pool.room[partner] for partner in partners],
                "are_new": [partner in pool.new for partner in partners],
                "leads": [load[partner] for partner in partners],
                "values": [worth[partner] for partner in partners],
            },
        )


def _item_columns(batch: LeadBatch, pool: Pool, best: Assignment, leads: Iterable[int]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        name: []
        for name in (
            "leads", "partners", "states", "values", "components", "candidates", "candidate_values", "notes"
        )
    }  # fmt: skip
    for lead in leads:
        partner, ranked = best.partner_of.get(lead), pool.ranked(lead)
        columns["leads"].append(lead)
        columns["partners"].append(partner)
        columns["states"].append(ItemState.UNPLACED.value if partner is None else ItemState.PLANNED.value)
        columns["values"].append(0.0 if partner is None else pool.values[lead][partner])
        columns["components"].append(json.dumps({} if partner is None else pool.basis(lead, partner)))
        columns["candidates"].append("{" + ",".join(str(each) for each, _value in ranked) + "}")
        columns["candidate_values"].append("{" + ",".join(f"{value:.6g}" for _each, value in ranked) + "}")
        columns["notes"].append(best.unplaced[lead].value if partner is None else "")
    return columns | {"batch": batch.pk}


def _note_result(
    batch: LeadBatch, pool: Pool, best: Assignment, others: Mapping[str, Assignment], taken: Mapping[str, float]
) -> None:
    unplaced: dict[str, int] = {}
    for why in best.unplaced.values():
        unplaced[why.value] = unplaced.get(why.value, 0) + 1
    batch.leads, batch.placed, batch.value = len(pool.values), len(best.partner_of), best.value
    batch.round_robin_value, batch.greedy_value = others["round_robin"].value, others["greedy"].value
    batch.gini = gini_of(best, pool)
    batch.facts = {
        "partners": len(pool.room),
        "getting": len(best.load),
        "new": len(pool.new),
        "new_leads": sum(count for partner, count in best.load.items() if partner in pool.new),
        "unplaced": unplaced,
        "shortfalls": [
            {"what": each.what.value, "wanted": each.wanted, "given": each.given, "partners": each.partners}
            for each in best.shortfalls
        ],
        "ways": {name: _way(way, pool) for name, way in {"best": best, **others}.items()},
        "without_amount": pool.without_amount,
        "typical_amount": pool.typical_amount,
        "seconds": {name: round(seconds, 2) for name, seconds in taken.items()},
    }
    batch.state, batch.solved_at = BatchState.READY, timezone.now()
    batch.save(
        update_fields=[
            "leads", "placed", "value", "round_robin_value", "greedy_value", "gini", "facts", "state", "solved_at"
        ]
    )  # fmt: skip


def _way(way: Assignment, pool: Pool) -> dict[str, Any]:
    load = way.load
    return {
        "value": way.value,
        "placed": len(way.partner_of),
        "getting": len(load),
        "largest": max(load.values(), default=0),
        "gini": round(gini_of(way, pool), 4),
    }


def gini_of(way: Assignment, pool: Pool) -> float:
    """How unevenly leads fall on all that could get one and have room."""
    load = way.load
    return gini(load[partner] for partner, room in pool.room.items() if room)


class _Watch:
    """Where the time goes."""

    def __init__(self, taken: dict[str, float]) -> None:
        self._taken, self._since = taken, time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self._taken[name] = self._taken.get(name, 0.0) + now - self._since
        self._since = now


# --- By hand ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_item(item: BatchItem, *, partner_id: int | None, by: Membership) -> BatchItem:
    """Give a lead of the distribution to another of its candidates, or leave it out (no partner)."""
    batch = _locked(item.batch, BatchState.READY)
    item = BatchItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if item.state not in (ItemState.PLANNED, ItemState.UNPLACED, ItemState.LEFT_OUT):
        raise BatchError(_("This lead has been sent already."))
    if partner_id is not None and partner_id not in item.candidates:
        raise BatchError(_("This partner is not among those the lead may go to."))
    before, value_before = item.partner_id, item.value
    item.partner_id, item.value = partner_id, 0.0
    item.state = ItemState.LEFT_OUT if partner_id is None else ItemState.PLANNED
    if partner_id is not None:
        item.value = item.candidate_values[item.candidates.index(partner_id)]
        item.note = ""
    if partner_id != before:
        item.components = {}
    item.changed_by, item.changed_at = by, timezone.now()
    item.save(update_fields=["partner", "value", "state", "note", "components", "changed_by", "changed_at"])
    _shift(batch, before, -1, -value_before)
    _shift(batch, partner_id, 1, item.value)
    placed = (partner_id is not None) - (before is not None)
    LeadBatch.objects.filter(pk=batch.pk).update(
        placed=F("placed") + placed, value=F("value") + item.value - value_before
    )
    return item


def _shift(batch: LeadBatch, partner_id: int | None, leads: int, value: float) -> None:
    if partner_id is not None:
        BatchShare.objects.filter(batch=batch, partner=partner_id).update(
            leads=F("leads") + leads, value=F("value") + value
        )


# --- Sending ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def request_sending(batch: LeadBatch, *, by: Membership) -> Job:
    """Have all that is planned offered. Of two people who send at once, the second is told that it is being sent."""
    batch = _move(batch, BatchState.SENDING, sent_by=by)
    batch.job = start_job(SEND_JOB, params={"batch": batch.pk}, by=by)
    batch.save(update_fields=["job"])
    return batch.job


@transaction.atomic
def stop_sending(batch: LeadBatch, *, by: Membership) -> Job:
    """Stop after the leads in hand: what was offered stays offered, the rest can be sent later."""
    batch = _locked(batch, BatchState.SENDING)
    assert batch.job is not None
    return cancel_job(batch.job, by=by)


def run_send(progress: Progress) -> Mapping[str, Any]:
    """The job: every planned lead is offered once. Offer and row say so in the same transaction, so that whoever goes on
    after a killed worker finds exactly what is left."""
    batch = LeadBatch.objects.select_related("sent_by").get(pk=progress.job.params["batch"])
    if batch.state != BatchState.SENDING:
        raise BatchError(refusal(batch))
    planned = batch.items.filter(state=ItemState.PLANNED)
    done = batch.items.exclude(state=ItemState.PLANNED).count()
    progress.tell(done, done + planned.count(), "")
    while items := _next_items(planned):
        _send(batch, items)
        commit_chunk()
        progress.advance(len(items))
    _move(batch, BatchState.SENT, sent_at=timezone.now())
    counts = counts_of(batch)
    return {"batch": batch.pk} | {
        state.value: counts[state] for state in (ItemState.SENT, ItemState.SKIPPED, ItemState.REFUSED)
    }


def _next_items(planned: QuerySet[BatchItem]) -> list[BatchItem]:
    """Some of what is still to be sent, locked. Another worker that was thought dead may hold some of it: then what is
    left is looked for again, once that one is through."""
    locked = planned.select_for_update(no_key=True).order_by("pk")[:SENT_AT_ONCE]
    while not (items := list(locked)):
        if not planned.exists():
            break
    return items


def _send(batch: LeadBatch, items: list[BatchItem]) -> None:
    """Offer these leads, as far as they can still be offered. Leads are locked after the rows, in the order of their keys."""
    now, rules = timezone.now(), Rules()
    ids = [item.lead_id for item in items]
    leads = {lead.pk: lead for lead in Lead.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")}
    refusals = _refusals(items, leads)
    to_offer: list[BatchItem] = []
    for item in items:
        lead = leads[item.lead_id]
        if lead.state not in FREE_STATES:
            item.state, item.note = ItemState.SKIPPED, lead.state
        elif sentence := refusals.get((item.lead_id, item.partner_id)):
            item.state, item.note = ItemState.REFUSED, sentence[:300]
        else:
            item.state, item.sent_at, item.note = ItemState.SENT, now, ""
            to_offer.append(item)
    decisions = RoutingDecision.objects.bulk_create(
        [_decision(batch, item, leads[item.lead_id], rules, now) for item in to_offer]
    )
    rounds = dict(
        Offer.objects.filter(lead__in=[item.lead_id for item in to_offer])
        .values_list("lead")
        .annotate(last=Max("round"))
    )
    by_round: dict[int, list[Wanted]] = defaultdict(list)
    for item, decision in zip(to_offer, decisions, strict=True):
        assert item.partner_id is not None
        wanted = (leads[item.lead_id], item.partner_id, decision)
        by_round[rounds.get(item.lead_id, 0) + 1].append(wanted)
    for round_, wanted_then in by_round.items():
        make_offers(wanted_then, rules=rules, round_=round_, by=batch.sent_by, now=now)
    BatchItem.objects.bulk_update(items, ["state", "note", "sent_at"])


def _refusals(items: list[BatchItem], leads: Mapping[int, Lead]) -> dict[tuple[int, int | None], str]:
    """Which of these cannot be offered any more, and why: a partner may have been stopped, or asked meanwhile."""
    partners = {item.partner_id for item in items if item.partner_id is not None}
    permissions = may_by_line(sorted(partners), Activity.LEADS)
    categories = Categories()
    asked = set(
        Offer.objects.filter(lead__in=[item.lead_id for item in items], partner__in=partners)
        .exclude(state=OfferState.WITHDRAWN, ended__in=(Ended.TAKEN, Ended.CLOSED))
        .values_list("lead_id", "partner_id")
    )
    found: dict[tuple[int, int | None], str] = {}
    for item in items:
        key = (item.lead_id, item.partner_id)
        if key in asked:
            found[key] = _("The partner was asked already.")
        elif item.partner_id is not None:
            permission, closed = permissions[item.partner_id]
            lines = categories.up(leads[item.lead_id].category_id)
            reasons = [*permission.reasons, *(reason for line in lines for reason in closed.get(line, ()))]
            if reasons:
                found[key] = "; ".join(str(reason) for reason in reasons)
    return found


def _decision(batch: LeadBatch, item: BatchItem, lead: Lead, rules: Rules, now: dt.datetime) -> RoutingDecision:
    """What was decided for a lead, with the expected value of each candidate."""
    rule = rules.of(lead.kind_id)
    values = dict(zip(item.candidates, item.candidate_values, strict=True))
    return RoutingDecision(
        lead=lead,
        rule=rule if rule.pk else None,
        mode=Mode.BATCH,
        outcome=Outcome.OFFERED,
        made_by=batch.sent_by,
        made_at=now,
        inputs={
            "batch": batch.pk,
            "item": item.pk,
            "chosen": [item.partner_id],
            "by_hand": item.is_by_hand,
            "basis": item.components,
        },
        candidates=[{"partner": partner, "value": value, "components": {}} for partner, value in values.items()],
    )


# --- States -------------------------------------------------------------------------------------------------------------


def _move(batch: LeadBatch, to: BatchState, **changes: Any) -> LeadBatch:
    """The only writer of a distribution's state, beside the job that worked it out."""
    batch = LeadBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if to not in NEXT_BATCH_STATES[batch.state]:
        raise BatchError(refusal(batch))
    for name, value in {"state": to, **changes}.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *changes])
    return batch


def _locked(batch: LeadBatch, *states: BatchState) -> LeadBatch:
    batch = LeadBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state not in states:
        raise BatchError(refusal(batch))
    return batch


def refusal(batch: LeadBatch) -> str:
    """Why the distribution does not take a step, by where it stands."""
    return {
        BatchState.DRAFT: _("The distribution has not been worked out yet."),
        BatchState.SOLVING: _("The distribution is being worked out; wait until it is there."),
        BatchState.READY: _("The distribution is ready and waits to be sent."),
        BatchState.SENDING: _("The distribution is being sent already."),
        BatchState.SENT: _("The distribution has been sent."),
        BatchState.CANCELLED: _("The distribution was cancelled."),
    }[BatchState(batch.state)]
