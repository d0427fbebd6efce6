"""Journeys: started, found out, ticked by hand, finished, reminded of."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commerce.models import SalesDay
from notices.models import Notice
from partners import services
from partners.models import (
    Journey,
    JourneyItem,
    JourneyPhase,
    JourneyStep,
    JourneyTemplate,
    Partner,
    Stage,
    StageProposal,
)
from partners.services import PartnerError
from partners.services import onboarding as journeys
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory

pytestmark = pytest.mark.django_db

MakeTemplate = Callable[..., JourneyTemplate]


@pytest.fixture
def make_template(manufacturer: Any) -> MakeTemplate:
    """A published template; each step is (type, side) or (type, side, further fields)."""

    def make(*steps: Any, **fields: Any) -> JourneyTemplate:
        with staff_scope(manufacturer.pk):
            template = JourneyTemplate.objects.create(
                family=uuid.uuid4(), names={"en": "Welcome"}, state=JourneyTemplate.State.PUBLISHED, **fields
            )
            phase = JourneyPhase.objects.create(template=template, names={"en": "First weeks"}, order=1)
            for number, (kind, side, *more) in enumerate(steps, start=1):
                further = more[0] if more else {}
                JourneyStep.objects.create(
                    phase=phase, type=kind, side=side, titles={"en": f"Step {number}"}, order=number, **further
                )
        return template

    return make


def items_of(journey: Journey) -> list[JourneyItem]:
    return list(JourneyItem.objects.filter(journey=journey).select_related("step"))


def set_stage_directly(partner: Partner, stage: str) -> None:
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage=stage)


def test_a_journey_starts_with_all_steps_and_runs_only_once(
    manufacturer: Any, partner: Partner, manager: Membership, partner_admin: Membership, make_template: MakeTemplate
) -> None:
    make_template(("read", "partner", {"due_days": 3}), ("confirm", "staff", {"due_days": 10}))
    with staff_scope(manufacturer.pk):
        journey = services.start_journey(partner, by=manager)
        assert services.start_journey(partner, by=manager).pk == journey.pk
        today = timezone.localdate()
        assert [(item.position, item.due_on) for item in items_of(journey)] == [
            (1, today + dt.timedelta(days=3)),
            (2, today + dt.timedelta(days=10)),
        ]
        assert (journey.steps, journey.done, journey.next_due_on) == (2, 0, today + dt.timedelta(days=3))
        told = Notice.objects.filter(kind="partners.journey_started")
        assert [notice.recipient_id for notice in told] == [partner_admin.pk]


def test_the_template_of_the_partners_kind_comes_before_the_one_for_all(
    manufacturer: Any, partner: Partner, sibling: Partner, make_template: MakeTemplate
) -> None:
    other = PartnerFactory(manufacturer=manufacturer)
    for_all = make_template(("read", "partner"))
    for_kind = make_template(("read", "partner"), kind=partner.kind)
    with staff_scope(manufacturer.pk):
        assert services.start_journey(partner, by=None).template_id == for_kind.pk
        assert services.start_journey(other, by=None).template_id == for_all.pk


def test_without_a_template_nothing_starts(manufacturer: Any, partner: Partner) -> None:
    with staff_scope(manufacturer.pk):
        with pytest.raises(PartnerError, match="no journey"):
            services.start_journey(partner, by=None)
        set_stage_directly(partner, Stage.PROSPECT)
        services.set_stage(partner, Stage.ONBOARDING)
        assert not Journey.objects.exists()


def test_coming_to_onboarding_starts_the_journey(
    manufacturer: Any, partner: Partner, manager: Membership, make_template: MakeTemplate
) -> None:
    make_template(("read", "partner"))
    set_stage_directly(partner, Stage.APPLICANT)
    with staff_scope(manufacturer.pk):
        services.set_stage(partner, Stage.ONBOARDING, by=manager)
        assert Journey.objects.get().started_by_id == manager.pk


def test_a_filled_profile_ticks_its_step_and_the_last_step_proposes_the_partner_as_active(
    manufacturer: Any, partner: Partner, manager: Membership, make_template: MakeTemplate
) -> None:
    make_template(("form", "partner", {"subject": "contact"}))
    set_stage_directly(partner, Stage.PROSPECT)
    with staff_scope(manufacturer.pk):
        services.set_stage(partner, Stage.ONBOARDING, by=manager)
        assert Journey.objects.get().done == 0
    with partner_scope(manufacturer.pk, partner.pk):
        mine = Partner.objects.get(pk=partner.pk)
        mine.phone = "02-123"
        services.update_partner(mine, fields=["phone"])
        assert Journey.objects.get().done == 0
        mine.email = "info@seoul.example"
        services.update_partner(mine, fields=["email"])
    with staff_scope(manufacturer.pk):
        journey = Journey.objects.get()
        assert (journey.state, journey.done) == (Journey.State.DONE, 1)
        assert items_of(journey)[0].how == JourneyItem.How.CHECK
        assert Partner.objects.get(pk=partner.pk).stage == Stage.ONBOARDING
        proposal = StageProposal.objects.get()
        assert (proposal.to, proposal.state) == (Stage.ACTIVE, StageProposal.State.OPEN)


def test_a_template_can_make_the_partner_active_at_once(
    manufacturer: Any, partner: Partner, manager: Membership, make_template: MakeTemplate
) -> None:
    make_template(("confirm", "staff"), finish=JourneyTemplate.Finish.AUTOMATIC)
    set_stage_directly(partner, Stage.PROSPECT)
    with staff_scope(manufacturer.pk):
        services.set_stage(partner, Stage.ONBOARDING, by=manager)
        (item,) = items_of(Journey.objects.get())
        journeys.complete_item(item, by=manager)
        assert Partner.objects.get(pk=partner.pk).stage == Stage.ACTIVE
        assert not StageProposal.objects.filter(state=StageProposal.State.OPEN).exists()


def test_a_first_order_is_found_by_the_sweep_and_only_once(
    manufacturer: Any, partner: Partner, sibling: Partner, make_template: MakeTemplate
) -> None:
    make_template(("first_order", "partner"))
    with staff_scope(manufacturer.pk):
        for each in (partner, sibling):
            services.start_journey(each, by=None)
        SalesDay.objects.create(
            partner=partner,
            date=dt.date(2026, 6, 1),
            amount_base=5,
            returns_base=0,
            orders=1,
            lines=1,
            return_lines=0,
        )
        assert journeys.check_journeys() == 1
        assert journeys.check_journeys() == 0
        assert list(Journey.objects.filter(state=Journey.State.DONE).values_list("partner", flat=True)) == [partner.pk]


def test_the_sweep_asks_the_same_number_of_queries_at_any_size(manufacturer: Any, make_template: MakeTemplate) -> None:
    make_template(("form", "partner"), ("first_order", "partner"), ("read", "partner"))
    counts = []
    for size in (2, 20):
        found = PartnerFactory.create_batch(size, manufacturer=manufacturer)
        with staff_scope(manufacturer.pk):
            for each in found:
                services.start_journey(each, by=None)
            with CaptureQueriesContext(connection) as queries:
                journeys.check_journeys()
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_each_side_ticks_its_own_steps(
    manufacturer: Any, partner: Partner, manager: Membership, analyst: Membership, rep: Membership,
    sibling_rep: Membership, make_template: MakeTemplate,
) -> None:  # fmt: skip
    make_template(("read", "partner"), ("confirm", "staff"), ("first_order", "partner"))
    with staff_scope(manufacturer.pk):
        read, confirm, order = items_of(services.start_journey(partner, by=None))
        with pytest.raises(PartnerError, match="not yours"):
            journeys.complete_item(read, by=analyst)
    with partner_scope(manufacturer.pk, partner.pk):
        for item in (confirm, order):
            with pytest.raises(PartnerError, match="not yours"):
                journeys.complete_item(item, by=rep)
        with pytest.raises(PartnerError, match="not yours"):
            journeys.complete_item(read, by=sibling_rep)
        journeys.complete_item(read, by=rep)
    with partner_scope(manufacturer.pk, sibling_rep.partner_id):
        assert not JourneyItem.objects.exists()
        assert not Journey.objects.exists()
    with staff_scope(manufacturer.pk):
        journeys.complete_item(order, by=manager, note="Ordered by phone")
        assert [(item.done_by_id, item.how) for item in items_of(Journey.objects.get())] == [
            (rep.pk, "hand"),
            (None, ""),
            (manager.pk, "hand"),
        ]


def test_a_second_tick_leaves_the_first_as_it_is(
    manufacturer: Any, partner: Partner, manager: Membership, owner: Membership, make_template: MakeTemplate
) -> None:
    make_template(("confirm", "staff"), ("confirm", "staff"))
    with staff_scope(manufacturer.pk):
        item, _other = items_of(services.start_journey(partner, by=None))
        journeys.complete_item(item, by=manager)
        journeys.complete_item(item, by=owner, note="later")
        again = JourneyItem.objects.get(pk=item.pk)
        assert (again.done_by_id, again.note) == (manager.pk, "")
        journeys.reopen_item(item, by=owner)
        assert Journey.objects.get().done == 0


def test_a_step_waits_for_the_one_before_where_the_template_says_so(
    manufacturer: Any, partner: Partner, manager: Membership, make_template: MakeTemplate
) -> None:
    make_template(("confirm", "staff"), ("confirm", "staff", {"after_previous": True}))
    with staff_scope(manufacturer.pk):
        first, second = items_of(services.start_journey(partner, by=None))
        with pytest.raises(PartnerError, match="First comes “Step 1”"):
            journeys.complete_item(second, by=manager)
        journeys.complete_item(first, by=manager)
        journeys.complete_item(second, by=manager)
        assert Journey.objects.get().state == Journey.State.DONE
        with pytest.raises(PartnerError, match="is over"):
            journeys.reopen_item(second, by=manager)


def test_reminders_go_out_once(
    manufacturer: Any, partner: Partner, manager: Membership, partner_admin: Membership, make_template: MakeTemplate
) -> None:
    make_template(("read", "partner", {"due_days": 2}), ("confirm", "staff", {"due_days": 2}), stalled_days=5)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
        services.start_journey(partner, by=None)
        today = timezone.localdate()
        assert journeys.remind_of_due(today) == 0
        assert journeys.remind_of_due(today + dt.timedelta(days=2)) == 2
        assert journeys.remind_of_due(today + dt.timedelta(days=3)) == 0
        assert journeys.stalled(Journey.objects.all(), today + dt.timedelta(days=5)).count() == 0
        assert journeys.stalled(Journey.objects.all(), today + dt.timedelta(days=6)).count() == 1
        assert journeys.remind_of_due(today + dt.timedelta(days=6)) == 1
        assert journeys.remind_of_due(today + dt.timedelta(days=7)) == 0
        assert journeys.remind(Journey.objects.all()) == 1
        assert journeys.remind(Journey.objects.all()) == 1
        assert Notice.objects.filter(kind="partners.journey_reminder").count() == 1


def test_a_template_that_was_published_since_it_was_read_stays_out(
    manufacturer: Any, make_template: MakeTemplate
) -> None:
    template = make_template(("read", "partner"))
    with staff_scope(manufacturer.pk):
        JourneyTemplate.objects.update(state="draft", published_at=None)
        read = JourneyTemplate.objects.get(pk=template.pk)
        journeys.publish_template(template)
        read.stalled_days = 30
        journeys.save_template(read)
        now = JourneyTemplate.objects.get()
        assert (now.state, now.published_at is None, now.stalled_days) == ("published", False, 30)

        JourneyTemplate.objects.update(state="retired")
        with pytest.raises(PartnerError, match="new version"):
            journeys.save_template(read)


def test_a_version_that_is_followed_stays_as_it_is(
    manufacturer: Any, partner: Partner, make_template: MakeTemplate
) -> None:
    template = make_template(("read", "partner"), ("confirm", "staff"))
    with staff_scope(manufacturer.pk):
        step = JourneyStep.objects.filter(phase__template=template)[0]
        journeys.save_step(step)
        services.start_journey(partner, by=None)
        for change in (
            lambda: journeys.save_step(step),
            lambda: journeys.save_phase(step.phase),
            lambda: journeys.remove_part(step),
            lambda: journeys.save_template(template),
        ):
            with pytest.raises(PartnerError, match="new version"):
                change()
        draft = journeys.new_version(template)
        assert journeys.new_version(template).pk == draft.pk
        assert [(str(step), step.type) for step in JourneyStep.objects.filter(phase__template=draft)] == [
            ("Step 1", "read"),
            ("Step 2", "confirm"),
        ]
        journeys.publish_template(draft)
        template.refresh_from_db()
        assert (template.state, template.phases.count()) == (JourneyTemplate.State.RETIRED, 1)
        assert Journey.objects.get().template_id == template.pk


def test_what_a_partner_may_not_write_itself_the_database_refuses(
    manufacturer: Any, partner: Partner, make_template: MakeTemplate
) -> None:
    from django.db import ProgrammingError

    make_template(("confirm", "staff"))
    with staff_scope(manufacturer.pk):
        services.start_journey(partner, by=None)
    with pytest.raises(ProgrammingError, match="permission denied"), partner_scope(manufacturer.pk, partner.pk):
        JourneyItem.objects.update(done_at=timezone.now())


def test_people_of_other_partners_hear_nothing(
    manufacturer: Any, partner: Partner, sibling: Partner, make_template: MakeTemplate
) -> None:
    PartnerMemberFactory(manufacturer=manufacturer, partner=sibling, role="partner_admin")
    make_template(("read", "partner"))
    with staff_scope(manufacturer.pk):
        services.start_journey(partner, by=None)
        journeys.remind(Journey.objects.all())
        assert not Notice.objects.exists()
