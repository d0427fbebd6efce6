"""Moves with reasons, what an end closes and what taking it back opens, proposals by rule, playbooks."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commerce.models import SalesDay
from partners import services
from partners.models import (
    STAGE_ALLOWS,
    Activity,
    Journey,
    JourneyTemplate,
    Partner,
    PartnerSummary,
    PlaybookStep,
    Stage,
    StageMove,
    StageProposal,
    StageReason,
    Task,
    TaskState,
)
from partners.services import PartnerError, lifecycle
from tenancy.models import Invitation, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
DAY = dt.date(2026, 6, 30)


def rows(model: Any, *fields: str, **wanted: Any) -> list[tuple[Any, ...]]:
    return list(model.objects.filter(**wanted).order_by("pk").values_list("pk", *fields))


def everything_of(partner: Partner) -> dict[str, list[tuple[Any, ...]]]:
    """All that the end of a partnership touches, as it stands."""
    return {
        "members": rows(Membership, "is_active", "left_at", "role", partner=partner),
        "invitations": rows(Invitation, "revoked_at", "expires_at", "accepted_at", partner=partner),
        "tasks": rows(Task, "state", "reason", "finished_at", "finished_by", "due_on", "updated_at", partner=partner),
        "journeys": rows(Journey, "state", "finished_at", "done", "moved_at", partner=partner),
    }


@pytest.fixture
def busy(manufacturer: Any, partner: Partner, partner_admin: Membership, rep: Membership) -> Partner:
    """A partner with people, one who left, invitations, tasks in every state and a journey."""
    MembershipFactory(
        manufacturer=manufacturer, partner=partner, role=Role.PARTNER_REP, is_active=False, left_at=timezone.now()
    )
    with staff_scope(manufacturer.pk):
        for number, at in enumerate([None, timezone.now()]):
            Invitation.objects.create(
                email=f"new{number}@seoul.example",
                role=Role.PARTNER_REP,
                partner=partner,
                secret_hash=str(number) * 64,
                revoked_at=at,
            )
        services.create_task(partner=partner, title="Open", due_on=DAY)
        services.create_task(partner=partner, title="Theirs", for_partner=True)
        done = services.create_task(partner=partner, title="Done", kind="x", key="1")
        services.complete_tasks(partner, kind="x", key="1")
        assert done.pk
        template = JourneyTemplate.objects.create(
            family="00000000-0000-0000-0000-000000000001", names={"en": "T"}, state="published"
        )
        now = timezone.now()
        Journey.objects.create(partner=partner, template=template, started_at=now, moved_at=now, steps=2, done=1)
    return partner


def test_a_move_is_kept_with_who_and_why(manufacturer: Any, partner: Partner, manager: Membership) -> None:
    with staff_scope(manufacturer.pk):
        reason = StageReason.objects.create(code="quiet", names={"en": "Quiet"})
        services.set_stage(partner, Stage.DORMANT, by=manager, reason=reason, note="  Called twice ")
        (move,) = StageMove.objects.all()
        assert (move.before, move.after, move.by_id, move.reason_id, move.note) == (
            "active",
            "dormant",
            manager.pk,
            reason.pk,
            "Called twice",
        )


def test_an_end_closes_everything_and_taking_it_back_restores_exactly(
    manufacturer: Any, busy: Partner, manager: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        before = everything_of(busy)
        services.set_stage(busy, Stage.ENDED, by=manager)
        assert not Membership.objects.filter(partner=busy, is_active=True).exists()
        assert not Invitation.objects.filter(partner=busy, revoked_at=None).exists()
        assert not Task.objects.filter(partner=busy, state=TaskState.OPEN).exists()
        assert Journey.objects.get().state == Journey.State.STOPPED
        taken = services.take_end_back(busy, by=manager)
        assert (taken.partner.stage, taken.problems) == (Stage.ACTIVE, [])
        assert everything_of(busy) == before
        ended, back = StageMove.objects.order_by("pk")
        assert ended.reversed_by_id == back.pk
        with pytest.raises(PartnerError, match="cannot be taken back"):
            services.take_end_back(busy, by=manager)


def test_an_end_is_taken_back_only_while_it_is_the_last_move(
    manufacturer: Any, busy: Partner, manager: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        services.set_stage(busy, Stage.ENDED, by=manager)
        services.set_stage(busy, Stage.ACTIVE, by=manager)
        assert not Membership.objects.filter(partner=busy, is_active=True).exists()
        with pytest.raises(PartnerError):
            services.take_end_back(busy, by=manager)


def test_who_has_another_place_by_now_stays_there(
    manufacturer: Any, partner: Partner, sibling: Partner, rep: Membership, manager: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        services.set_stage(partner, Stage.ENDED, by=manager)
    PartnerMemberFactory(manufacturer=manufacturer, partner=sibling, user=rep.user)
    with staff_scope(manufacturer.pk):
        taken = services.take_end_back(partner, by=manager)
        assert taken.problems == [f"{rep.name} has another place by now and stays without this one."]
        assert not Membership.objects.get(pk=rep.pk).is_active


def test_whose_partner_has_ended_does_not_come_in(
    client_for: SignIn, manufacturer: Any, partner: Partner, rep: Membership
) -> None:
    client = client_for(rep)
    assert client.get("/hanbit/portal/").status_code == 200
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(stage=Stage.ENDED)  # the place itself is still there
    assert client.get("/hanbit/portal/").status_code == 404


def test_every_stage_says_what_it_allows() -> None:
    assert set(STAGE_ALLOWS) == set(Stage)
    assert STAGE_ALLOWS[Stage.ACTIVE] == frozenset(Activity)
    assert STAGE_ALLOWS[Stage.ENDED] == frozenset()


def test_a_playbook_begins_on_entry_and_is_looked_at_on_exit(
    manufacturer: Any, partner: Partner, manager: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
        PlaybookStep.objects.create(stage=Stage.DORMANT, titles={"en": "Call"}, days=3, order=1)
        PlaybookStep.objects.create(stage=Stage.DORMANT, titles={"en": "Say why"}, days=5, who="partner", order=2)
        services.set_stage(partner, Stage.DORMANT, by=manager)
        today = timezone.localdate()
        assert list(Task.objects.order_by("pk").values_list("title", "side", "owner", "due_on")) == [
            ("Call", "staff", manager.pk, today + dt.timedelta(days=3)),
            ("Say why", "partner", None, today + dt.timedelta(days=5)),
        ]
        with pytest.raises(PartnerError, match="Call, Say why"):
            services.set_stage(partner, Stage.ACTIVE, by=manager)
        assert Partner.objects.get(pk=partner.pk).stage == Stage.DORMANT
        services.set_stage(partner, Stage.ACTIVE, by=manager, note="They ordered")
        assert set(Task.objects.values_list("state", flat=True)) == {TaskState.DROPPED}
        assert StageMove.objects.latest("pk").unfinished == 2


@pytest.fixture
def known(manufacturer: Any) -> Partner:
    """A partner that buys on DAY, so that sell-in is known until then."""
    other = PartnerFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        buy(other, DAY)
    return other


def buy(partner: Partner, *days: dt.date) -> None:
    for day in days:
        SalesDay.objects.create(
            partner=partner, date=day, amount_base=5, returns_base=0, orders=1, lines=1, return_lines=0
        )
    PartnerSummary.objects.filter(partner=partner).update(last_sale_on=max(days))


def test_who_is_silent_for_more_than_three_times_its_rhythm_is_proposed_once(
    manufacturer: Any, partner: Partner, sibling: Partner, manager: Membership, known: Partner
) -> None:
    weekly = [DAY - dt.timedelta(days=22 + 7 * number) for number in range(4)]
    just = [DAY - dt.timedelta(days=21 + 7 * number) for number in range(4)]
    with staff_scope(manufacturer.pk):
        buy(partner, *weekly)
        buy(sibling, *just)
        found = lifecycle.propose_stages(DAY)
        assert (found.dormant, found.active, found.outdated) == (1, 0, 0)
        assert lifecycle.propose_stages(DAY).dormant == 0
        (proposal,) = StageProposal.objects.all()
        assert (proposal.partner_id, proposal.to) == (partner.pk, Stage.DORMANT)
        assert proposal.facts == {"last_sale_on": "2026-06-08", "gap": 7.0, "days": 22}
        assert Partner.objects.get(pk=partner.pk).stage == Stage.ACTIVE

        assert lifecycle.decline_proposals(StageProposal.objects.all(), by=manager) == 1
        assert lifecycle.propose_stages(DAY).dormant == 0
        buy(partner, DAY - dt.timedelta(days=21))
        assert lifecycle.propose_stages(DAY).dormant == 1
        assert lifecycle.propose_stages(DAY + dt.timedelta(days=60)).dormant == 0  # nothing is known of these days
        buy(known, DAY + dt.timedelta(days=60))
        assert lifecycle.propose_stages(DAY + dt.timedelta(days=60)).dormant == 1


def test_a_proposal_ends_by_itself_when_they_buy_again(manufacturer: Any, partner: Partner, known: Partner) -> None:
    with staff_scope(manufacturer.pk):
        buy(partner, *[DAY - dt.timedelta(days=40 + 7 * number) for number in range(4)])
        lifecycle.propose_stages(DAY)
        buy(partner, DAY)
        assert lifecycle.propose_stages(DAY).outdated == 1


def test_staff_decide_in_bulk_and_who_wakes_up_is_proposed_as_active(
    client_for: SignIn, manufacturer: Any, partner: Partner, sibling: Partner, manager: Membership, known: Partner
) -> None:
    with staff_scope(manufacturer.pk):
        for each in (partner, sibling):
            buy(each, *[DAY - dt.timedelta(days=40 + 7 * number) for number in range(4)])
        lifecycle.propose_stages(DAY)
        keys = [str(pk) for pk in StageProposal.objects.values_list("pk", flat=True)]
    client = client_for(manager)
    client.post(
        "/hanbit/life-cycle/", {"do": "accept", "confirmed": "1", "selected": keys[:1], "note": "Agreed by phone"}
    )
    client.post("/hanbit/life-cycle/", {"do": "decline", "confirmed": "1", "selected": keys[1:]})
    with staff_scope(manufacturer.pk):
        assert sorted(Partner.objects.values_list("stage", flat=True)) == ["active", "active", "dormant"]
        assert StageMove.objects.get().note == "Agreed by phone"
        assert sorted(StageProposal.objects.values_list("state", flat=True)) == ["accepted", "declined"]
        dormant = Partner.objects.get(stage="dormant")
        tomorrow = timezone.localdate() + dt.timedelta(days=1)
        buy(dormant, tomorrow)
        assert lifecycle.propose_stages(tomorrow).active == 1


def test_rules_ask_the_same_number_of_queries_at_any_size(manufacturer: Any, known: Partner) -> None:
    counts = []
    for size in (2, 20):
        for each in PartnerFactory.create_batch(size, manufacturer=manufacturer):
            with staff_scope(manufacturer.pk):
                buy(each, *[DAY - dt.timedelta(days=40 + 7 * number) for number in range(3)])
        with staff_scope(manufacturer.pk), CaptureQueriesContext(connection) as queries:
            lifecycle.propose_stages(DAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_of_an_end_says_what_it_closes(client_for: SignIn, busy: Partner, manager: Membership) -> None:
    client = client_for(manager)
    page = client.get(f"/hanbit/partners/{busy.pk}/stage/?to=ended")
    assert page.context["ends"] == [
        "2 open tasks are dropped.",
        "Its onboarding journey stops where it is.",
        "2 people of the partner can no longer sign in to its portal.",
        "1 open invitation is withdrawn.",
    ]
    client.post(f"/hanbit/partners/{busy.pk}/stage/", {"stage": "ended", "note": "<script>alert(1)</script>"})
    page = client.get(f"/hanbit/partners/{busy.pk}/stage/")
    assert "<script>alert" not in page.content.decode()
    assert client.post(f"/hanbit/partners/{busy.pk}/take-back/").status_code == 302
    with staff_scope(busy.manufacturer_id):
        assert Partner.objects.get(pk=busy.pk).stage == Stage.ACTIVE


def test_strangers_and_readers_move_nobody(
    client_for: SignIn, partner: Partner, analyst: Membership, stranger: Membership, rep: Membership
) -> None:
    for member, status in ((analyst, 403), (stranger, 404), (rep, 404)):
        url = f"/hanbit/partners/{partner.pk}/stage/"
        assert client_for(member).post(url, {"stage": "ended"}).status_code == status
    with staff_scope(partner.manufacturer_id):
        assert not StageMove.objects.exists()


def test_the_list_of_proposals_asks_the_same_number_of_queries_at_any_size(
    client_for: SignIn, manufacturer: Any, manager: Membership
) -> None:
    client, counts = client_for(manager), []
    for size in (1, 20):
        for each in PartnerFactory.create_batch(size, manufacturer=manufacturer):
            with staff_scope(manufacturer.pk):
                StageProposal.objects.create(partner=each, to="dormant", created_at=timezone.now())
        client.get("/hanbit/life-cycle/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/hanbit/life-cycle/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
