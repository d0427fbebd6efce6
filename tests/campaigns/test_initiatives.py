"""Initiatives: their start, the partner's steps, who hears when, and what the database lets nobody do."""

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import (
    Initiative,
    InitiativeFile,
    InitiativeMaterial,
    InitiativePartner,
    InitiativeStep,
    InitiativeWork,
)
from campaigns.selectors import initiatives as reading
from campaigns.services import initiatives as services
from campaigns.services.initiatives import InitiativeError
from notices.models import Notice
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.campaigns.factories import AssetFactory
from tests.campaigns.initiatives import (
    as_partner,
    audience_of,
    day,
    draft,
    finish_all,
    photo,
    row_of,
    started,
    works,
)
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory
from tests.tenancy.helpers import at_once

pytestmark = pytest.mark.django_db


def told(manufacturer: Manufacturer, kind: str) -> list[int]:
    with staff_scope(manufacturer.pk):
        rows = Notice.objects.filter(kind=f"campaigns.{kind}")
        return sorted(rows.values_list("recipient", flat=True))


# --- Start ------------------------------------------------------------------------------------------------------------


def test_who_is_in_it_and_when_steps_are_due_is_fixed_at_the_start(
    manufacturer: Manufacturer, owner: Membership, partner: Any, sibling: Any, rep: Membership, sibling_rep: Membership
) -> None:
    initiative = draft(
        owner, partner, steps=({"due_days": 7}, {"due_on": day(20)}, {}), starts_on=day(-3), ends_on=day(20)
    )
    with staff_scope(manufacturer.pk):
        assert services.start(initiative, by=owner) == 1
        initiative.refresh_from_db()
        assert initiative.snapshot is not None
        audience = initiative.audience
        assert audience is not None
        audience.definition = audience_of(owner, partner, sibling).definition
        audience.save()
        with pytest.raises(InitiativeError, match="started already"):
            services.start(initiative, by=owner)
    assert (initiative.state, initiative.started_by_id, initiative.starts_on, initiative.step_count) == (
        "running", owner.pk, day(0), 3,
    )  # fmt: skip
    assert [work.due_on for work in works(initiative, partner)] == [day(7), day(20), None]
    row = row_of(initiative, partner)
    assert (row.next_due_on, row.done_count, row.seen_at) == (day(7), 0, None)
    assert row.told_at is not None
    assert told(manufacturer, "initiative_new") == [rep.pk]
    with staff_scope(manufacturer.pk):
        assert not InitiativePartner.objects.filter(partner=sibling).exists()


def test_who_sees_only_assigned_partners_starts_it_for_these_alone(manufacturer: Manufacturer, partner: Any) -> None:
    keeper = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    own = PartnerFactory(manufacturer=manufacturer, code="OWN", channel_manager=keeper)
    PartnerFactory(manufacturer=manufacturer, stage="ended", channel_manager=keeper)
    initiative = started(keeper)
    other = draft(MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER))
    with staff_scope(manufacturer.pk):
        assert list(InitiativePartner.objects.values_list("partner", flat=True)) == [own.pk]
        with pytest.raises(InitiativeError, match="owns this initiative"):
            services.start(other, by=keeper)
        assert list(reading.initiatives_for(keeper)) == [initiative]


@pytest.mark.parametrize(
    ("steps", "fields", "sentence"),
    [
        ((), {}, "add a step"),
        (({},), {"starts_on": day(-9), "ends_on": day(-1)}, "last day is over"),
        (({"due_days": 31},), {}, "“Step 1” would be due on"),
        (({"due_on": day(-1)},), {}, "“Step 1” would be due on"),
    ],
)
def test_what_cannot_start_says_why(
    manufacturer: Manufacturer, owner: Membership, partner: Any, steps: Any, fields: Any, sentence: str
) -> None:
    initiative = draft(owner, partner, steps=steps, **fields)
    with staff_scope(manufacturer.pk), pytest.raises(InitiativeError, match=sentence):
        services.start(initiative, by=owner)


def test_an_audience_without_anybody_starts_nothing(manufacturer: Manufacturer, owner: Membership) -> None:
    initiative = draft(owner)
    with staff_scope(manufacturer.pk):
        with pytest.raises(InitiativeError, match="Nobody is in its audience"):
            services.start(initiative, by=owner)
        assert Initiative.objects.get().state == "draft"


def test_starting_costs_the_same_however_many_partners(manufacturer: Manufacturer, owner: Membership) -> None:
    def cost(partners: int) -> int:
        for _number in range(partners):
            PartnerMemberFactory(manufacturer=manufacturer)
        initiative = draft(owner)
        with staff_scope(manufacturer.pk), CaptureQueriesContext(connection) as captured:
            services.start(initiative, by=owner)
        return len(captured)

    assert cost(2) == cost(9)
    with staff_scope(manufacturer.pk):
        assert InitiativeWork.objects.count() == 2 * 2 + 2 * 11


def test_who_saves_a_plan_read_before_the_start_undoes_nothing(
    manufacturer: Manufacturer, owner: Membership, partner: Any
) -> None:
    initiative = draft(owner, partner)
    with staff_scope(manufacturer.pk):
        stale = Initiative.objects.get(pk=initiative.pk)
        services.start(initiative, by=owner)
        stale.names = {"en": "Another"}
        with pytest.raises(InitiativeError, match="started it meanwhile"):
            services.save_initiative(stale, by=owner)
        running = Initiative.objects.get(pk=initiative.pk)
        running.ends_on, running.names, running.step_count = day(60), {"en": "Another"}, 0
        services.save_initiative(running, by=owner)
        initiative.refresh_from_db()
    assert (initiative.state, initiative.started_by_id, initiative.step_count) == ("running", owner.pk, 2)
    assert (initiative.ends_on, initiative.names["en"]) == (day(60), "Show the new floor")


# --- The partner's steps ----------------------------------------------------------------------------------------------


def test_from_seen_to_carried_out_each_with_who_and_when(
    manufacturer: Manufacturer, owner: Membership, partner: Any, partner_admin: Membership, rep: Membership
) -> None:
    initiative = started(owner, partner, steps=({"due_days": 3}, {"due_days": 9, "proof": "note"}))
    first, second = works(initiative, partner)
    with as_partner(rep):
        services.mark_seen(row_of(initiative, partner), by=rep)
        services.mark_seen(row_of(initiative, partner), by=partner_admin)
        assert services.begin(first, by=rep)
        assert not services.begin(first, by=partner_admin)  # a double click
    row = row_of(initiative, partner)
    assert (row.seen_by_id, row.started_by_id, row.standing, row.next_due_on) == (rep.pk, rep.pk, "started", day(3))
    with as_partner(partner_admin):
        assert services.finish(first, by=partner_admin)
        assert not services.finish(first, by=rep)
        with pytest.raises(InitiativeError, match="Write in a sentence"):
            services.finish(second, by=rep)
        assert row_of(initiative, partner).next_due_on == day(9)
        assert services.finish(second, by=rep, note=" Two shelves <b> ")
    row = row_of(initiative, partner)
    assert (row.done_count, row.done_by_id, row.standing, row.next_due_on) == (2, rep.pk, "done", None)
    done = works(initiative, partner)
    assert [(work.started_by_id, work.done_by_id, work.note) for work in done] == [
        (rep.pk, partner_admin.pk, ""),
        (rep.pk, rep.pk, "Two shelves <b>"),
    ]
    with as_partner(rep):
        services.reopen(second, by=rep)
    row = row_of(initiative, partner)
    assert (row.done_count, row.done_at, row.next_due_on) == (1, None, day(9))


def test_a_step_that_wants_a_file_is_done_with_one(
    manufacturer: Manufacturer, owner: Membership, partner: Any, rep: Membership, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    initiative = started(owner, partner, steps=({"proof": "file"},))
    (work,) = works(initiative, partner)
    with as_partner(rep):
        with pytest.raises(InitiativeError, match="Add a photo"):
            services.finish(work, by=rep)
        services.add_file(work, photo(), by=rep)
        services.add_file(work, photo(), by=rep)  # the same again
        services.add_file(work, photo(b"%PDF-1.4 other"), by=rep)
        wrong = InitiativeFile.objects.order_by("pk").last()
        assert wrong is not None
        services.drop_file(work, wrong.pk, by=rep)
        assert services.finish(work, by=rep)
        file = InitiativeFile.objects.get()
        assert (file.partner_id, file.by_id, file.name) == (partner.pk, rep.pk, "shelf.pdf")
        with pytest.raises(InitiativeError, match="stays with it"):
            services.drop_file(work, file.pk, by=rep)
        with pytest.raises(InitiativeError, match="stays with it"):
            services.add_file(work, photo(b"%PDF-1.4 late"), by=rep)
        assert not services.finish(work, by=rep, upload=photo(b"%PDF-1.4 late"))
        assert InitiativeFile.objects.get() == file


def test_who_declines_says_why_and_can_come_back(
    manufacturer: Manufacturer, owner: Membership, partner: Any, rep: Membership
) -> None:
    initiative = started(owner, partner)
    (work, _second) = works(initiative, partner)
    with as_partner(rep):
        with pytest.raises(InitiativeError, match="Say why"):
            services.decline(row_of(initiative, partner), by=rep, reason="  ")
        services.decline(row_of(initiative, partner), by=rep, reason="No room")
        services.decline(row_of(initiative, partner), by=rep, reason="Twice")
        with pytest.raises(InitiativeError, match="Take part first"):
            services.finish(work, by=rep)
    row = row_of(initiative, partner)
    assert (row.standing, row.reason, row.declined_by_id) == ("declined", "No room", rep.pk)
    assert told(manufacturer, "initiative_declined") == [owner.pk]
    with as_partner(rep):
        services.take_part(row, by=rep)
        assert services.finish(work, by=rep)
    assert row_of(initiative, partner).standing == "started"


def test_after_its_end_nothing_is_marked_any_more(
    manufacturer: Manufacturer, owner: Membership, partner: Any, rep: Membership
) -> None:
    initiative = started(owner, partner)
    (work, _second) = works(initiative, partner)
    with staff_scope(manufacturer.pk):
        with pytest.raises(InitiativeError, match="Say why"):
            services.end(initiative, by=owner)
        ended = services.end(initiative, by=owner, reason="The floor is sold out")
        assert (ended.state, ended.ended_by_id, ended.end_reason) == ("ended", owner.pk, "The floor is sold out")
        with pytest.raises(InitiativeError, match="does not run"):
            services.end(initiative, by=owner, reason="Again")
    with as_partner(rep):
        for step in (services.begin, services.finish, services.reopen):
            with pytest.raises(InitiativeError, match="has ended"):
                step(work, by=rep)
        # Whatever the code does: the database lets no step of it be marked.
        assert InitiativeWork.objects.filter(pk=work.pk).update(done_at=timezone.now()) == 0
        assert reading.own_rows(rep).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_mark_at_once_are_counted_once_each(
    manufacturer: Manufacturer, owner: Membership, partner: Any, rep: Membership, partner_admin: Membership
) -> None:
    initiative = started(owner, partner)
    first, second = works(initiative, partner)

    def marks(member: Membership, work: InitiativeWork) -> Any:
        def run() -> bool:
            with as_partner(member):
                return services.finish(work, by=member)

        return run

    assert sorted(at_once(marks(rep, first), marks(partner_admin, first))) == [False, True]
    row = row_of(initiative, partner)
    assert (row.done_count, row.done_at) == (1, None)
    with staff_scope(manufacturer.pk):
        services.reopen(first, by=owner)
    assert at_once(marks(rep, first), marks(partner_admin, second)) == [True, True]
    row = row_of(initiative, partner)
    assert (row.done_count, row.standing) == (2, "done")


# --- Who may what -----------------------------------------------------------------------------------------------------


def test_the_database_shows_a_partner_what_it_was_told_and_no_more(
    manufacturer: Manufacturer, owner: Membership, partner: Any, sibling: Any, rep: Membership, sibling_rep: Membership
) -> None:
    initiative = started(owner, partner)
    with staff_scope(manufacturer.pk):
        asset = AssetFactory(manufacturer=manufacturer)
        step = initiative.steps.first()
        assert step is not None
        InitiativeMaterial.objects.create(step=step, asset=asset)
    (work, _second) = works(initiative, partner)
    with as_partner(rep):
        services.add_file(work, photo(), by=rep)
    written = draft(owner, partner)
    with staff_scope(manufacturer.pk):
        InitiativePartner.objects.create(initiative=written, partner=partner, like_name="Busan")
    tables: list[Any] = [
        Initiative, InitiativeStep, InitiativeMaterial, InitiativePartner, InitiativeWork, InitiativeFile,
    ]  # fmt: skip
    with partner_scope(manufacturer.pk, partner.pk):
        assert [table.objects.count() for table in tables] == [1, 2, 1, 1, 2, 1]
    with partner_scope(manufacturer.pk, sibling.pk):
        assert [table.objects.count() for table in tables] == [0] * 6
        assert InitiativeWork.objects.update(done_at=timezone.now()) == 0
        assert InitiativePartner.objects.update(seen_at=timezone.now()) == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE campaigns_initiativework SET due_on = current_date + 99",
        "UPDATE campaigns_initiativepartner SET told_at = now()",
        "UPDATE campaigns_initiative SET state = 'draft'",
        "DELETE FROM campaigns_initiativework",
        "UPDATE campaigns_initiativestep SET proof = 'none'",
    ],
)
def test_a_partner_changes_nothing_but_its_own_marks(owner: Membership, partner: Any, change: str) -> None:
    started(owner, partner)
    with pytest.raises(ProgrammingError), partner_scope(owner.manufacturer_id, partner.pk):
        connection.cursor().execute(change)


def test_a_partner_puts_no_file_to_the_step_of_another(owner: Membership, partner: Any, sibling: Any) -> None:
    initiative = started(owner, partner, sibling)
    (theirs, _second) = works(initiative, sibling)
    with pytest.raises(ProgrammingError), partner_scope(owner.manufacturer_id, partner.pk):
        InitiativeFile.objects.create(
            work=theirs, partner=partner, name="x", file="x", content_type="x", size=1, sha256="x"
        )


@pytest.mark.parametrize("closed", ["done", "ended"])
def test_the_database_keeps_what_shows_a_step_that_is_closed(
    owner: Membership, partner: Any, rep: Membership, settings: Any, tmp_path: Any, closed: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    initiative = started(owner, partner)
    (work, _second) = works(initiative, partner)
    with as_partner(rep):
        services.add_file(work, photo(), by=rep)
        if closed == "done":
            services.finish(work, by=rep)
    if closed == "ended":
        with staff_scope(owner.manufacturer_id):
            services.end(initiative, by=owner, reason="Sold out")
    with as_partner(rep):
        assert InitiativeFile.objects.all().delete()[0] == 0
        assert InitiativeFile.objects.count() == 1
    with pytest.raises(ProgrammingError), as_partner(rep):
        InitiativeFile.objects.create(
            work=work, partner=partner, name="x", file="x", content_type="x", size=1, sha256="x"
        )


# --- Who stands still, and who is reminded ----------------------------------------------------------------------------


def test_progress_is_counted_over_the_partners_that_one_sees(
    manufacturer: Manufacturer, owner: Membership, partner: Any, sibling: Any, rep: Membership, sibling_rep: Membership
) -> None:
    keeper = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    third = PartnerFactory(manufacturer=manufacturer, channel_manager=keeper)
    initiative = started(owner, steps=({"due_days": 5}, {}))
    finish_all(initiative, partner, rep)
    with as_partner(sibling_rep):
        services.begin(works(initiative, sibling)[1], by=sibling_rep)
    with staff_scope(manufacturer.pk):
        found = reading.progress_of(initiative, owner)
        assert (found.partners, found.seen, found.started, found.done, found.declined) == (3, 2, 2, 1, 0)
        assert (found.late, found.stalled, found.open) == (0, 0, 2)
        assert found.days == pytest.approx(0, abs=0.01)
        later = timezone.now() + dt.timedelta(days=6)
        found = reading.progress_of(initiative, owner, now=later)
        assert (found.late, found.stalled) == (2, 2)
        steps = [
            (each.partners, each.started, each.done, each.due_on)
            for each in reading.progress_by_step(initiative, owner)
        ]
        assert steps == [(3, 1, 1, day(5)), (3, 2, 1, None)]
        assert reading.progress_of(initiative, keeper).partners == 1
        assert [each.partners for each in reading.progress_by_step(initiative, keeper)] == [1, 1]
        assert [row.partner_id for row in reading.partner_rows(initiative, keeper)] == [third.pk]
        listed = reading.initiative_rows(owner).get()
        assert (listed.partners, listed.done, listed.late, listed.declined) == (3, 1, 0, 0)


def test_who_has_not_moved_for_two_weeks_stands_still(
    manufacturer: Manufacturer, owner: Membership, partner: Any
) -> None:
    initiative = started(owner, partner)
    with staff_scope(manufacturer.pk):
        for days, count in ((13, 0), (15, 1)):
            now = timezone.now() + dt.timedelta(days=days)
            assert InitiativePartner.objects.filter(reading.stalled(now), initiative=initiative).count() == count


def test_the_clock_reminds_before_and_after_a_day_once_each_and_ends_what_is_over(
    manufacturer: Manufacturer, owner: Membership, partner: Any, sibling: Any, rep: Membership, sibling_rep: Membership
) -> None:
    initiative = started(owner, steps=({"due_days": 5}, {"due_days": 10}))
    with as_partner(rep):
        services.finish(works(initiative, partner)[0], by=rep)

    def turn(offset: int) -> int:
        with staff_scope(manufacturer.pk):
            return services.turn_initiatives(day(offset))

    assert [turn(0), turn(1)] == [0, 0]
    assert [turn(2), turn(3)] == [1, 0]  # the one step that is due on the fifth day
    assert told(manufacturer, "initiative_soon") == [sibling_rep.pk]
    assert [turn(6), turn(6)] == [1, 0]
    assert told(manufacturer, "initiative_late") == [sibling_rep.pk]
    assert turn(7) == 1
    assert told(manufacturer, "initiative_soon") == sorted([rep.pk, sibling_rep.pk])
    assert turn(31) == 1  # ended; nobody is reminded of what is over
    with staff_scope(manufacturer.pk):
        initiative.refresh_from_db()
    assert (initiative.state, initiative.ended_by_id, initiative.end_reason) == ("ended", None, "")
    assert told(manufacturer, "initiative_over") == [owner.pk]
    assert turn(32) == 0


def test_a_group_is_reminded_once_a_day_of_the_partners_that_one_sees(
    manufacturer: Manufacturer, owner: Membership, partner: Any, sibling: Any, rep: Membership, sibling_rep: Membership
) -> None:
    initiative = started(owner)
    with as_partner(rep):
        services.mark_seen(row_of(initiative, partner), by=rep)
    keeper = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(manufacturer.pk):
        rows = reading.partner_rows(initiative, owner)
        assert services.remind(initiative, by=owner) == 0  # nobody stands still
        assert services.remind(initiative, by=owner, rows=rows.filter(seen_at=None), note="Please look") == 1
        assert services.remind(initiative, by=owner, rows=rows) == 1
        assert services.remind(initiative, by=owner, rows=rows) == 0
        assert (
            Notice.objects.get(recipient=sibling_rep, kind="campaigns.initiative_asked").facts["note"] == "Please look"
        )
        with pytest.raises(InitiativeError, match="owns this initiative"):
            services.remind(initiative, by=keeper, rows=rows)


# --- Written again ----------------------------------------------------------------------------------------------------


def test_a_copy_takes_words_steps_and_material_to_days_of_its_own(
    manufacturer: Manufacturer, owner: Membership, manager: Membership, partner: Any
) -> None:
    initiative = started(owner, partner, steps=({"due_on": day(10), "proof": "file"}, {"due_days": 4}))
    with staff_scope(manufacturer.pk):
        asset = AssetFactory(manufacturer=manufacturer)
        first = initiative.steps.get(order=1)
        services_draft = services.copy_initiative(initiative, by=manager)
        assert (services_draft.names["en"], services_draft.owner_id) == ("Show the new floor (copy)", manager.pk)
        assert (services_draft.state, services_draft.starts_on, services_draft.ends_on) == ("draft", day(7), day(37))
        assert services_draft.audience_id == initiative.audience_id
        with pytest.raises(InitiativeError, match="has started"):
            services.save_step(first, [asset], by=owner)
        twin = services_draft.steps.get(order=1)
        services.save_step(twin, [asset], by=manager)
        again = services.copy_initiative(services_draft, by=owner)
        steps = [
            (step.due_on, step.due_days, step.proof, [each.pk for each in step.assets.all()])
            for step in again.steps.order_by("order")
        ]
        assert steps == [(day(17), None, "file", [asset.pk]), (None, 4, "none", [])]
        services.move_step(again, again.steps.get(order=2).pk, by=owner)
        assert [step.due_days for step in again.steps.order_by("order")] == [4, None]
        services.remove_step(again, again.steps.get(order=2).pk, by=owner)
        assert again.steps.count() == 1
        services.discard(again, by=owner)
        with pytest.raises(InitiativeError, match="Only a draft"):
            services.discard(initiative, by=owner)
        assert Initiative.objects.count() == 2
