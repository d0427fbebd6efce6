"""Distributions of many leads: worked out, changed by hand, sent once."""

import contextlib
import datetime as dt
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.running import JobCancelledError, Progress, run_job
from leads.models import (
    BatchItem,
    BatchShare,
    BatchState,
    DistributionRule,
    ItemState,
    Lead,
    LeadBatch,
    LeadState,
    Offer,
    OfferState,
)
from leads.selectors.batches import FREE_STATES, free_leads, pool_of, room_now
from leads.selectors.candidates import partner_facts
from leads.services import batches
from leads.services.batches import BatchError
from partners.models import PaperType, Partner, QualificationType, Stage
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory, PartnerKindFactory, PartnerMemberFactory
from tests.leads.factories import LeadFactory, LeadKindFactory, OfferFactory
from tests.tenancy.helpers import at_once


def answering(manufacturer: Manufacturer, **fields: Any) -> Any:
    """A partner with somebody who can answer an offer."""
    partner = PartnerFactory(manufacturer=manufacturer, **fields)
    PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_REP)
    return partner


def worked_out(manufacturer: Manufacturer, by: Membership, **fields: Any) -> LeadBatch:
    """A distribution of the whole pool, ready to be sent."""
    with staff_scope(manufacturer.pk):
        batch = batches.save_batch(LeadBatch(name="Autumn", **{"exploration": 0, "maximum_share": 100} | fields), by=by)
        job = batches.request_solution(batch, by=by)
    run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)
    with staff_scope(manufacturer.pk):
        return LeadBatch.objects.select_related("job").get(pk=batch.pk)


@pytest.fixture
def network(transactional_db: None, manufacturer: Manufacturer) -> list[Any]:
    """Three partners with room for two, one and no lead."""
    return [answering(manufacturer, code=f"P{room}", lead_capacity=room) for room in (2, 1, 0)]


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker: jobs are run by hand."""
    monkeypatch.setattr("jobs.services._queue_on_commit", lambda *args: None)


pytestmark = pytest.mark.usefixtures("quiet")


def test_a_distribution_is_worked_out_and_stored(
    manufacturer: Manufacturer, manager: Membership, network: list[Any]
) -> None:
    leads = [LeadFactory(manufacturer=manufacturer, amount_base=amount) for amount in (900, 500, 100, 50)]
    LeadFactory(manufacturer=manufacturer, state=LeadState.OFFERED)
    LeadFactory(manufacturer=manufacturer, state=LeadState.ACCEPTED)

    batch = worked_out(manufacturer, manager)

    assert (batch.state, batch.leads, batch.placed) == (BatchState.READY, 4, 3)
    assert batch.job.state == JobState.DONE
    assert batch.value >= batch.greedy_value > 0
    assert batch.value >= batch.round_robin_value > 0
    with staff_scope(manufacturer.pk):
        items = {item.lead_id: item for item in batch.items.all()}
        shares = {share.partner_id: share for share in batch.shares.all()}
    placed = {lead: item for lead, item in items.items() if item.partner_id}
    assert set(placed) == {lead.pk for lead in leads[:3]}
    assert items[leads[3].pk].state == ItemState.UNPLACED
    assert items[leads[3].pk].note == "full"
    assert sum(item.value for item in items.values()) == pytest.approx(batch.value)
    first = items[leads[0].pk]
    assert (first.partner_id, first.proposed_id, first.state) == (
        first.proposed_id,
        first.partner_id,
        ItemState.PLANNED,
    )
    assert first.candidates == sorted(
        first.candidates, key=lambda pk: -first.candidate_values[first.candidates.index(pk)]
    )
    assert first.components["amount"] == 900
    assert first.value == pytest.approx(900 * first.components["chance"], rel=0.01)
    assert {pk: (share.room, share.leads) for pk, share in shares.items()} == {
        network[0].pk: (2, 2),
        network[1].pk: (1, 1),
    }
    assert sum(share.value for share in shares.values()) == pytest.approx(batch.value)
    assert batch.facts["unplaced"] == {"full": 1}
    assert batch.facts["ways"]["best"]["placed"] == 3


def test_what_fills_the_pool_is_found_by_filters_and_the_oldest_come_first(manufacturer: Manufacturer) -> None:
    kind = LeadKindFactory(manufacturer=manufacturer)
    own = LeadFactory(manufacturer=manufacturer, kind=kind, score=80)
    other = LeadFactory(manufacturer=manufacturer, score=20)
    LeadFactory(manufacturer=manufacturer, state=LeadState.DISCARDED)
    with staff_scope(manufacturer.pk):
        assert list(free_leads()) == [own, other]
        assert list(free_leads(f"kind={kind.pk}")) == [own]
        assert list(free_leads("score_min=50")) == [own]
        assert set(free_leads().values_list("state", flat=True)) <= set(FREE_STATES)


def test_a_lead_that_names_no_amount_counts_as_the_usual_one(
    manufacturer: Manufacturer, manager: Membership, network: list[Any]
) -> None:
    for amount in (100, 300, 1000, None):
        LeadFactory(manufacturer=manufacturer, amount_base=amount)
    with staff_scope(manufacturer.pk):
        pool = pool_of(LeadBatch())

    assert (pool.typical_amount, pool.without_amount) == (300, 1)
    assert sorted(pool.amounts.values()) == [100, 300, 300, 1000]


def test_limits_of_the_distribution_count(manufacturer: Manufacturer, manager: Membership, network: list[Any]) -> None:
    LeadFactory.create_batch(4, manufacturer=manufacturer)

    batch = worked_out(manufacturer, manager, most_each=1)

    assert batch.placed == 2
    with staff_scope(manufacturer.pk):
        assert set(BatchShare.objects.values_list("leads", flat=True)) == {1}


def test_reservations_that_cannot_be_kept_are_told(
    manufacturer: Manufacturer, manager: Membership, network: list[Any]
) -> None:
    LeadFactory.create_batch(4, manufacturer=manufacturer)

    batch = worked_out(manufacturer, manager, minimum_share=50)

    assert batch.facts["shortfalls"] == [{"what": "minimum", "wanted": 4, "given": 3, "partners": 1}]
    assert batch.facts["ways"]["free"]["value"] >= batch.value


def test_working_it_out_again_replaces_what_came_out(
    manufacturer: Manufacturer, manager: Membership, network: list[Any]
) -> None:
    LeadFactory.create_batch(2, manufacturer=manufacturer)
    batch = worked_out(manufacturer, manager)
    LeadFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        job = batches.request_solution(batch, by=manager)
        with pytest.raises(BatchError, match="being worked out"):
            batches.request_solution(batch, by=manager)
    run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)

    with staff_scope(manufacturer.pk):
        batch.refresh_from_db()
        assert (batch.state, batch.leads, batch.items.count()) == (BatchState.READY, 3, 3)


def test_a_pool_without_leads_or_partners_is_worked_out_too(
    manufacturer: Manufacturer, manager: Membership, transactional_db: None
) -> None:
    assert worked_out(manufacturer, manager).leads == 0
    LeadFactory(manufacturer=manufacturer)
    batch = worked_out(manufacturer, manager, minimum_share=10, exploration=10)

    assert (batch.leads, batch.placed) == (1, 0)
    assert batch.facts["unplaced"] == {"no_candidate": 1}


def test_a_job_that_fails_lets_the_distribution_go(
    manufacturer: Manufacturer, manager: Membership, network: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    LeadFactory(manufacturer=manufacturer)

    def fail(*args: Any) -> None:
        raise BatchError("No.")

    monkeypatch.setattr(batches, "solve", fail)
    batch = worked_out(manufacturer, manager)

    assert (batch.state, batch.job.state) == (BatchState.DRAFT, JobState.FAILED)
    assert not batch.job.cancel_requested


# --- By hand


def test_a_lead_is_given_to_another_candidate_or_left_out(
    manufacturer: Manufacturer, manager: Membership, network: list[Any]
) -> None:
    LeadFactory(manufacturer=manufacturer, amount_base=100)
    batch = worked_out(manufacturer, manager)
    before = batch.value
    with staff_scope(manufacturer.pk):
        item = batch.items.get()
        other = next(pk for pk in item.candidates if pk != item.partner_id)
        item = batches.change_item(item, partner_id=other, by=manager)
        batch.refresh_from_db()
        assert (item.partner_id, item.is_by_hand, item.state) == (other, True, ItemState.PLANNED)
        assert (
            batch.value
            == pytest.approx(item.value)
            == pytest.approx(item.candidate_values[item.candidates.index(other)])
        )
        assert dict(batch.shares.values_list("partner", "leads")) == {other: 1, item.proposed_id: 0}

        item = batches.change_item(item, partner_id=None, by=manager)
        batch.refresh_from_db()
        assert (item.state, item.partner_id, batch.placed, batch.value) == (
            ItemState.LEFT_OUT,
            None,
            0,
            pytest.approx(0),
        )
        assert set(batch.shares.values_list("leads", flat=True)) == {0}

        batches.change_item(item, partner_id=item.proposed_id, by=manager)
        batch.refresh_from_db()
        assert (batch.placed, batch.value) == (1, pytest.approx(before))


def test_only_candidates_can_be_chosen_and_only_before_it_is_sent(
    manufacturer: Manufacturer, manager: Membership, network: list[Any]
) -> None:
    LeadFactory(manufacturer=manufacturer)
    batch = worked_out(manufacturer, manager)
    stranger = PartnerFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        item = batch.items.get()
        with pytest.raises(BatchError, match="not among those"):
            batches.change_item(item, partner_id=stranger.pk, by=manager)
        LeadBatch.objects.update(state=BatchState.SENDING)
        with pytest.raises(BatchError, match="being sent"):
            batches.change_item(item, partner_id=None, by=manager)
        assert BatchItem.objects.get().changed_at is None
        assert Job.objects.count() == 1


# --- Sending


def sent(batch: LeadBatch, by: Membership) -> LeadBatch:
    with staff_scope(batch.manufacturer_id):
        job = batches.request_sending(batch, by=by)
    run_job(manufacturer_id=batch.manufacturer_id, job_id=job.pk)
    with staff_scope(batch.manufacturer_id):
        return LeadBatch.objects.select_related("job").get(pk=batch.pk)


def test_what_is_planned_is_offered_once_and_the_rest_stays(
    manufacturer: Manufacturer, manager: Membership, network: list[Any]
) -> None:
    leads = [LeadFactory(manufacturer=manufacturer, amount_base=amount) for amount in (900, 500, 100, 50)]
    batch = worked_out(manufacturer, manager)
    with staff_scope(manufacturer.pk):
        left_out = batch.items.get(lead=leads[2])
        batches.change_item(left_out, partner_id=None, by=manager)

    batch = sent(batch, manager)

    assert (batch.state, batch.sent_by_id, batch.sent_at is not None) == (BatchState.SENT, manager.pk, True)
    assert batch.job.result == {"batch": batch.pk, "sent": 2, "skipped": 0, "refused": 0}
    with staff_scope(manufacturer.pk):
        offers = {offer.lead_id: offer for offer in Offer.objects.select_related("decision", "lead")}
        items = {item.lead_id: item for item in batch.items.all()}
    assert set(offers) == {leads[0].pk, leads[1].pk}
    for pk, offer in offers.items():
        assert (offer.partner_id, offer.offered_by_id) == (items[pk].partner_id, manager.pk)
        assert (offer.lead.state, offer.state, offer.round) == (LeadState.OFFERED, OfferState.OFFERED, 1)
        assert (offer.decision.mode, offer.decision.inputs["batch"]) == ("batch", batch.pk)
        assert items[pk].state == ItemState.SENT
    assert items[leads[2].pk].state == ItemState.LEFT_OUT
    assert items[leads[3].pk].state == ItemState.UNPLACED


def test_of_two_who_send_at_once_one_does(manufacturer: Manufacturer, manager: Membership, network: list[Any]) -> None:
    LeadFactory(manufacturer=manufacturer)
    batch = worked_out(manufacturer, manager)

    def send() -> str:
        with staff_scope(manufacturer.pk):
            batches.request_sending(batch, by=manager)
            time.sleep(0.1)
        return "sent"

    assert sorted(map(str, at_once(send, send))) == ["The distribution is being sent already.", "sent"]
    with staff_scope(manufacturer.pk):
        assert Job.objects.filter(kind=batches.SEND_JOB).count() == 1


def test_two_workers_on_one_distribution_offer_each_lead_once(
    manufacturer: Manufacturer, manager: Membership, network: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was thought dead goes on beside the one that took over."""
    monkeypatch.setattr(batches, "SENT_AT_ONCE", 3)
    many = answering(manufacturer, code="MANY", lead_capacity=100)
    LeadFactory.create_batch(20, manufacturer=manufacturer)
    batch = worked_out(manufacturer, manager)
    with staff_scope(manufacturer.pk):
        job = batches.request_sending(batch, by=manager)

    def work() -> None:
        with staff_scope(manufacturer.pk), contextlib.suppress(BatchError):
            batches.run_send(Progress(job))

    assert at_once(work, work) == [None, None]
    with staff_scope(manufacturer.pk):
        assert LeadBatch.objects.get().state == BatchState.SENT
        assert Offer.objects.count() == Offer.objects.values("lead").distinct().count() == 20
        assert Offer.objects.filter(partner=many).exists()


def test_who_left_the_pool_or_may_not_any_more_is_told_of(
    manufacturer: Manufacturer, manager: Membership, network: list[Any]
) -> None:
    leads = [LeadFactory(manufacturer=manufacturer, amount_base=amount) for amount in (900, 500, 100)]
    batch = worked_out(manufacturer, manager)
    with staff_scope(manufacturer.pk):
        taken = batch.items.get(lead=leads[0])
        Lead.objects.filter(pk=taken.lead_id).update(state=LeadState.DISCARDED)
        stopped = batch.items.exclude(pk=taken.pk).exclude(partner=taken.partner).first()
        if stopped is None:  # all went to one partner
            stopped = batch.items.exclude(pk=taken.pk).first()
        Partner.objects.filter(pk=stopped.partner_id).update(stage=Stage.DORMANT)

    batch = sent(batch, manager)

    with staff_scope(manufacturer.pk):
        states = dict(batch.items.values_list("pk", "state"))
        stopped.refresh_from_db()
        assert Lead.objects.get(pk=taken.lead_id).state == LeadState.DISCARDED
    assert states[taken.pk] == ItemState.SKIPPED
    assert states[stopped.pk] == ItemState.REFUSED
    assert "Dormant" in stopped.note
    assert batch.job.result["skipped"] == 1


def test_sending_can_be_stopped_and_gone_on_with(
    manufacturer: Manufacturer, manager: Membership, network: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "SENT_AT_ONCE", 1)
    LeadFactory.create_batch(3, manufacturer=manufacturer)
    batch = worked_out(manufacturer, manager)
    send_one = batches._send

    def send_and_stop(batch: LeadBatch, items: list[BatchItem]) -> None:
        send_one(batch, items)
        Job.objects.filter(kind=batches.SEND_JOB).update(cancel_requested=True)
        monkeypatch.setattr(Progress, "check", raise_stop)

    def raise_stop(self: Progress) -> None:
        raise JobCancelledError

    with monkeypatch.context() as patched:
        patched.setattr(batches, "_send", send_and_stop)
        original = Progress.check
        batch = sent(batch, manager)
        monkeypatch.setattr(Progress, "check", original)
    assert (batch.state, batch.job.state) == (BatchState.READY, JobState.CANCELLED)
    with staff_scope(manufacturer.pk):
        assert Offer.objects.count() == 1

    batch = sent(batch, manager)

    assert batch.state == BatchState.SENT
    with staff_scope(manufacturer.pk):
        assert Offer.objects.count() == 3


def test_sending_that_waits_for_a_worker_is_stopped_at_once(
    manufacturer: Manufacturer, manager: Membership, network: list[Any]
) -> None:
    LeadFactory(manufacturer=manufacturer)
    batch = worked_out(manufacturer, manager)
    with staff_scope(manufacturer.pk):
        batches.request_sending(batch, by=manager)
        batches.stop_sending(batch, by=manager)
        batch.refresh_from_db()
        assert batch.state == BatchState.READY
        batches.cancel_batch(batch)
        with pytest.raises(BatchError, match="was cancelled"):
            batches.request_sending(batch, by=manager)


@pytest.mark.parametrize("leads", [4, 12])
def test_sending_asks_no_more_for_more_leads(
    manufacturer: Manufacturer, manager: Membership, network: list[Any], leads: int
) -> None:
    """But for one query a lead: where it stands is written by its one writer."""
    answering(manufacturer, lead_capacity=100)
    LeadFactory.create_batch(leads, manufacturer=manufacturer)
    batch = worked_out(manufacturer, manager)
    with staff_scope(manufacturer.pk):
        items = list(batch.items.filter(state=ItemState.PLANNED))
        assert len(items) == leads
        with CaptureQueriesContext(connection) as asked:
            batches._send(batch, items)

    assert len(asked) - leads <= 32, "\n".join(query["sql"][:100] for query in asked)


def test_room_is_what_partners_that_may_and_can_answer_have_left(manufacturer: Manufacturer) -> None:
    """Added up by the database, of exactly those whom matching would let a lead go to."""
    now = timezone.now()
    free = answering(manufacturer, lead_capacity=7)
    usual = answering(manufacturer)
    full = answering(manufacturer, lead_capacity=2)
    off_kind = PartnerKindFactory(manufacturer=manufacturer, functions_off=["leads"])
    agency = PartnerKindFactory(manufacturer=manufacturer)
    answering(manufacturer, lead_capacity=100, functions_off=["leads"])
    answering(manufacturer, lead_capacity=100, kind=off_kind)
    answering(manufacturer, lead_capacity=100, stage=Stage.DORMANT)
    answering(manufacturer, lead_capacity=100, merged_into=free)
    PartnerFactory(manufacturer=manufacturer, lead_capacity=100)
    lacking = answering(manufacturer, lead_capacity=100, kind=agency)
    for state, partner in [("accepted", free), ("accepted", full), ("won", free), ("new", None)]:
        LeadFactory(manufacturer=manufacturer, state=state, partner=partner)
    for partner, hours in [(free, 5), (full, 5), (full, 6), (usual, -1)]:
        OfferFactory(manufacturer=manufacturer, partner=partner, due_at=now + dt.timedelta(hours=hours))
    OfferFactory(manufacturer=manufacturer, partner=free, state=OfferState.DECLINED, answered_at=now)
    with staff_scope(manufacturer.pk):
        PaperType.objects.create(code="licence", names={}, is_required=True, guards=["leads"]).kinds.add(agency)
        # Of a line alone, which does not keep a partner from leads as such.
        QualificationType.objects.create(code="stone", names={}, guards=["leads"], product_lines=["stone"])
        DistributionRule.objects.create(usual_capacity=20)
        with CaptureQueriesContext(connection) as queries:
            assert room_now() == (2, 7 - 2 + 20)
        assert len(queries) == 2
        Partner.objects.filter(pk=lacking.pk).update(functions_off=["agreements"])
        assert room_now() == (3, 7 - 2 + 20 + 100)
        by_hand = [
            (20 if each.capacity is None else each.capacity) - each.open
            for each in partner_facts()
            if not each.obstacles and each.has_people
        ]
        assert sum(room for room in by_hand if room > 0) == 7 - 2 + 20 + 100
