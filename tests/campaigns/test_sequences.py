"""Sequences by the clock: who enters, what goes to whom and when, what ends it, and that a trial foretells just that."""

import datetime as dt
from collections import Counter
from email.utils import parseaddr
from typing import Any

import pytest

from campaigns.delivery import Sender
from campaigns.models import (
    Campaign,
    CampaignSettings,
    Message,
    Recipient,
    Sequence,
    SequenceEntrant,
    SequenceStep,
    SequenceVersion,
    SequenceVisit,
)
from campaigns.services import sequence_running, sequences
from campaigns.services.responses import record
from campaigns.services.sequence_running import advance, run
from campaigns.services.sequence_trials import trial_of, try_on_the_past
from campaigns.services.sequences import SequenceError
from notices.models import Notice
from partners.models import Contact, Partner, Task
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, RecipientFactory
from tests.campaigns.sequences import (
    DAY,
    NOW,
    SEOUL,
    WELCOME,
    buyer,
    draft,
    entrants,
    person,
    sent_to,
    settings_without_quiet_hours,
    started,
)
from tests.factories import ManufacturerFactory, MembershipFactory, PartnerMemberFactory
from tests.tenancy.helpers import at_once
from tests.valuation.sales import on, sell


def addresses(mails: list[Any]) -> list[str]:
    return [parseaddr(mail.to[0])[1] for mail in mails]


# --- On the way -------------------------------------------------------------------------------------------------------


def test_an_event_lets_its_partner_in_once_and_takes_it_through(
    house: Membership, clock: Any, mailoutbox: list[Any]
) -> None:
    version = started(house)
    first = buyer(house, "First", "2026-06-02", people=2)
    buyer(house, "Before", "2026-05-31")  # its first order was before the sequence ran
    clock.go_to(NOW + DAY)

    assert run(house.manufacturer_id) == {"entered": 1, "stopped": 0, "advanced": 1}
    assert run(house.manufacturer_id) == {"entered": 0, "stopped": 0, "advanced": 0}
    Sender(house.manufacturer_id).run()

    assert entrants(house) == {"First": ("active", "", 3)}
    assert sorted(addresses(mailoutbox)) == ["first.0@partner.example", "first.1@partner.example"]
    assert mailoutbox[0].subject == "Hello First"

    clock.go_to(NOW + 8 * DAY - dt.timedelta(minutes=1))
    assert run(house.manufacturer_id)["advanced"] == 0
    clock.go_to(NOW + 8 * DAY)
    assert run(house.manufacturer_id)["advanced"] == 1
    Sender(house.manufacturer_id).run()
    assert len(mailoutbox) == 4
    assert entrants(house) == {"First": ("finished", "", 6)}
    with staff_scope(house.manufacturer_id):
        task = Task.objects.get()
        assert (task.partner_id, task.title, task.due_on, task.side) == (
            first.pk,
            "Call them",
            dt.date(2026, 6, 12),
            "staff",
        )
        assert task.owner_id == house.pk  # nobody looks after this partner
        assert list(SequenceVisit.objects.order_by("step__position").values_list("outcome", "people")) == [
            ("sent", 2), ("waited", 0), ("no", 0), ("sent", 2), ("task", 0), ("end", 0),
        ]  # fmt: skip
        assert version.sequence.state == "running"
        assert not Campaign.objects.exists()  # what carries the messages is no campaign of anybody's


def test_who_ordered_since_goes_the_other_way(house: Membership, clock: Any) -> None:
    started(house)
    buyer(house, "Again", "2026-06-02", "2026-06-05")
    clock.go_to(NOW + DAY)
    run(house.manufacturer_id)
    clock.go_to(NOW + 8 * DAY)
    run(house.manufacturer_id)

    assert entrants(house) == {"Again": ("finished", "", 6)}
    with staff_scope(house.manufacturer_id):
        assert list(SequenceVisit.objects.order_by("step__position").values_list("outcome", flat=True)) == [
            "sent", "waited", "yes", "end",
        ]  # fmt: skip
        assert not Task.objects.exists()


def test_business_days_pass_over_weekends_and_portal_messages_reach_users(house: Membership, clock: Any) -> None:
    steps = [
        {"kind": "wait", "days": 3, "is_business_days": True},
        {"kind": "notice"},
        {"kind": "task", "for_partner": True},
    ]
    started(house, steps)
    partner = buyer(house, "Shop", "2026-06-04")
    user = PartnerMemberFactory(manufacturer=house.manufacturer, partner=partner, role=Role.PARTNER_ADMIN)
    clock.go_to(dt.datetime(2026, 6, 4, 9, tzinfo=SEOUL))  # a Thursday
    run(house.manufacturer_id)
    with staff_scope(house.manufacturer_id):
        assert SequenceEntrant.objects.get().next_at == dt.datetime(2026, 6, 9, 9, tzinfo=SEOUL)
    clock.go_to(dt.datetime(2026, 6, 9, 9, tzinfo=SEOUL))
    run(house.manufacturer_id)
    Sender(house.manufacturer_id).run()

    with staff_scope(house.manufacturer_id):
        notice = Notice.objects.get(kind="campaigns.campaign_message")
        assert (notice.recipient_id, notice.facts["subject"]) == (user.pk, "Hello Shop")
        assert Task.objects.get().side == "partner"


# --- What ends it -----------------------------------------------------------------------------------------------------


def test_an_answer_ends_it_and_what_waits_is_not_sent(house: Membership, clock: Any, mailoutbox: list[Any]) -> None:
    started(house, [{"kind": "message"}, {"kind": "wait", "days": 1}, {"kind": "message"}])
    buyer(house, "First", "2026-06-02", people=2)
    clock.go_to(NOW + DAY)
    run(house.manufacturer_id)
    Sender(house.manufacturer_id).run()
    clock.go_to(NOW + 2 * DAY)
    run(house.manufacturer_id)  # the second one waits for its sender
    with staff_scope(house.manufacturer_id):
        SequenceEntrant.objects.update(state="active", ended_at=None, next_at=clock.now + DAY)
        reader = Recipient.objects.order_by("pk").first()
        assert record(reader, "answer", detail="call")  # type: ignore[arg-type]

    assert run(house.manufacturer_id)["stopped"] == 1

    Sender(house.manufacturer_id).run()
    assert len(mailoutbox) == 2
    assert entrants(house)["First"][:2] == ("stopped", "answered")
    with staff_scope(house.manufacturer_id):
        assert Counter(Message.objects.values_list("state", "error")) == {("sent", ""): 2, ("refused", "stopped"): 2}


@pytest.mark.parametrize("why", ["ended", "ordered", "left", "by_hand", "all"])
def test_what_else_ends_it(house: Membership, clock: Any, why: str) -> None:
    version = started(house, stops_on_order=True, steps=[*WELCOME[:2], {"kind": "message"}])
    partner = buyer(house, "First", "2026-06-02")
    clock.go_to(NOW + DAY)
    run(house.manufacturer_id)
    clock.go_to(NOW + 8 * DAY)
    with staff_scope(house.manufacturer_id):
        if why == "ended":
            Partner.objects.filter(pk=partner.pk).update(stage="ended")
        elif why == "left":
            Contact.objects.update(left_on=dt.date(2026, 6, 5))
        elif why == "by_hand":
            assert sequences.stop_by_hand(SequenceEntrant.objects.all(), by=house) == 1
            assert sequences.stop_by_hand(SequenceEntrant.objects.all(), by=house) == 0
        elif why == "all":
            assert sequences.end(version.sequence, by=house) == 1
    if why == "ordered":
        sell(partner, [on("2026-06-04", 9, order="next")])

    run(house.manufacturer_id)

    assert entrants(house)["First"][:2] == ("stopped", "by_hand" if why == "all" else why)
    assert len(sent_to(house)) == 1


@pytest.mark.parametrize("on_cap", ["wait", "stop"])
def test_who_has_had_the_mails_of_a_week_waits_or_is_let_go(house: Membership, clock: Any, on_cap: str) -> None:
    steps = [{"kind": "message"}, {"kind": "wait", "days": 1}, {"kind": "message"}]
    started(house, steps, on_cap=on_cap)
    partner = buyer(house, "First", "2026-06-02")
    with staff_scope(house.manufacturer_id):
        CampaignSettings.objects.update(weekly_cap=2)
        contact = Contact.objects.get(partner=partner)
    campaign = CampaignFactory(manufacturer=house.manufacturer, state="rollout", starts_on=dt.date(2026, 6, 5))
    RecipientFactory(manufacturer=house.manufacturer, campaign=campaign, partner=partner, contact=contact)
    clock.go_to(NOW + DAY)
    run(house.manufacturer_id)
    clock.go_to(NOW + 2 * DAY)
    run(house.manufacturer_id)

    assert len(sent_to(house)) == 1
    if on_cap == "stop":
        assert entrants(house)["First"][:2] == ("stopped", "capped")
        return
    with staff_scope(house.manufacturer_id):
        row = SequenceEntrant.objects.get()
        assert (row.state, row.held_weeks, row.next_at) == ("active", 1, dt.datetime(2026, 6, 8, tzinfo=SEOUL))
    clock.go_to(dt.datetime(2026, 6, 8, 8, tzinfo=SEOUL))
    run(house.manufacturer_id)
    assert len(sent_to(house)) == 2
    assert entrants(house)["First"][0] == "finished"


# --- Who gets nothing -------------------------------------------------------------------------------------------------


def test_the_hold_out_gets_nothing_and_is_drawn_by_company(house: Membership, clock: Any) -> None:
    started(house, holdout=50)
    for number in range(30):
        buyer(house, f"P{number}", "2026-06-02")
    clock.go_to(NOW + DAY)
    run(house.manufacturer_id)

    found = entrants(house)
    held = {name for name, (state, *_rest) in found.items() if state == "held"}
    assert 5 < len(held) < 25
    assert {name.split()[0] for name in sent_to(house)} == set(found) - held
    with staff_scope(house.manufacturer_id):
        assert not SequenceEntrant.objects.filter(state="held", next_at__isnull=False).exists()
        assert not SequenceVisit.objects.filter(entrant__state="held").exists()


def test_whom_a_campaign_holds_out_gets_no_advertising_and_who_never_agreed_neither(
    house: Membership, clock: Any
) -> None:
    version = started(house, is_advertising=True)
    partner = buyer(house, "Shop", "2026-06-02")
    with staff_scope(house.manufacturer_id):
        held = Contact.objects.get(partner=partner)
        Partner.objects.filter(pk=partner.pk).update(country="JP")
    person(partner, "Never asked", consent=False)
    person(partner, "Colleague")
    elsewhere = buyer(house, "Elsewhere", "2026-06-02")
    campaign = CampaignFactory(
        manufacturer=house.manufacturer, state="rollout", starts_on=dt.date(2026, 5, 20), frozen_at=NOW
    )
    RecipientFactory(manufacturer=house.manufacturer, campaign=campaign, partner=partner, contact=held, arm="holdout")
    clock.go_to(NOW + DAY)
    run(house.manufacturer_id)

    assert sent_to(house) == ["Elsewhere 0"]
    with staff_scope(house.manufacturer_id):
        visits = SequenceVisit.objects.filter(step__position=1)
        assert dict(visits.values_list("entrant__partner", "people")) == {partner.pk: 0, elsewhere.pk: 1}
        assert visits.get(people=0).left_out == {"held_out": 2, "no_consent": 1}
        assert version.is_advertising


# --- Paused, changed --------------------------------------------------------------------------------------------------


def test_a_break_lets_nobody_in_or_on(house: Membership, clock: Any, mailoutbox: list[Any]) -> None:
    version = started(house)
    buyer(house, "First", "2026-06-02")
    clock.go_to(NOW + DAY)
    run(house.manufacturer_id)
    with staff_scope(house.manufacturer_id):
        sequences.pause(version.sequence, by=house)
    Sender(house.manufacturer_id).run()
    buyer(house, "Meanwhile", "2026-06-04")
    clock.go_to(NOW + 9 * DAY)
    assert run(house.manufacturer_id) == {"entered": 0, "stopped": 0, "advanced": 0}
    assert mailoutbox == []
    with staff_scope(house.manufacturer_id):
        sequences.resume(version.sequence, by=house)
    Sender(house.manufacturer_id).run()
    assert len(mailoutbox) == 1

    assert run(house.manufacturer_id) == {"entered": 0, "stopped": 0, "advanced": 1}
    assert set(entrants(house)) == {"First"}


def test_who_entered_by_a_version_finishes_by_it(house: Membership, clock: Any) -> None:
    version = started(house)
    buyer(house, "First", "2026-06-02")
    clock.go_to(NOW + DAY)
    run(house.manufacturer_id)
    with staff_scope(house.manufacturer_id):
        changed = sequences.new_version(version.sequence, by=house)
        assert sequences.new_version(version.sequence, by=house) == changed
        assert [step.kind for step in changed.steps.order_by("position")] == [
            "message", "wait", "branch", "message", "task", "end",
        ]  # fmt: skip
        branch = changed.steps.get(kind="branch")
        assert branch.target is not None
        assert (branch.target.version_id, branch.target.kind) == (changed.pk, "end")
        for step in changed.steps.filter(kind__in=["message", "branch", "wait"]):
            sequences.remove_step(step, by=house)
        with pytest.raises(SequenceError, match="Try it on the past first"):
            sequences.put_in_force(version.sequence, by=house)
        with pytest.raises(SequenceError, match="changed by a new version"):
            sequences.remove_step(version.steps.get(kind="task"), by=house)
        try_on_the_past(changed, by=house)
        sequences.put_in_force(version.sequence, by=house)
    buyer(house, "Second", "2026-06-09")
    clock.go_to(NOW + 8 * DAY)
    run(house.manufacturer_id)

    assert sent_to(house) == ["First 0", "First 0"]
    with staff_scope(house.manufacturer_id):
        assert dict(SequenceEntrant.objects.values_list("partner__name", "version__number")) == {
            "First": 1,
            "Second": 2,
        }
        assert set(Task.objects.values_list("partner__name", flat=True)) == {"First", "Second"}


# --- Killed, twice at once, broken ------------------------------------------------------------------------------------


def test_a_batch_that_dies_leaves_nothing_and_is_taken_again(
    house: Membership, clock: Any, monkeypatch: Any, mailoutbox: list[Any]
) -> None:
    started(house)
    for number in range(3):
        buyer(house, f"P{number}", "2026-06-02")
    clock.go_to(NOW + DAY)

    def die(self: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sequence_running.Batch, "_keep", die)
        with pytest.raises(KeyboardInterrupt):
            run(house.manufacturer_id)
    assert sent_to(house) == []

    run(house.manufacturer_id)
    Sender(house.manufacturer_id).run()
    run(house.manufacturer_id)
    Sender(house.manufacturer_id).run()
    assert sorted(addresses(mailoutbox)) == [f"p{number}.0@partner.example" for number in range(3)]


def test_one_that_fails_does_not_keep_the_others_and_can_be_tried_again(
    house: Membership, clock: Any, monkeypatch: Any
) -> None:
    version = started(house, [{"kind": "task"}])
    broken, _whole = buyer(house, "Broken", "2026-06-02"), buyer(house, "Whole", "2026-06-02")
    clock.go_to(NOW + DAY)
    give = sequence_running.create_task

    def fail(**asked: Any) -> Any:
        if asked["partner"].pk == broken.pk:
            raise ValueError("No such thing")
        return give(**asked)

    with monkeypatch.context() as patched:
        patched.setattr(sequence_running, "create_task", fail)
        run(house.manufacturer_id)
    assert entrants(house) == {"Broken": ("stopped", "error", 1), "Whole": ("finished", "", 2)}
    with staff_scope(house.manufacturer_id):
        assert SequenceEntrant.objects.get(reason="error").error == "ValueError: No such thing"
        assert sequences.try_again(version.sequence, by=house) == 1
    run(house.manufacturer_id)
    with staff_scope(house.manufacturer_id):
        assert Task.objects.count() == 2
        assert set(SequenceEntrant.objects.values_list("state", flat=True)) == {"finished"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_each_partner_once(clock: Any) -> None:
    own = ManufacturerFactory(languages=["en"])
    by = MembershipFactory(manufacturer=own, role=Role.MARKETING)
    with staff_scope(own.pk):
        settings_without_quiet_hours()
    started(by)
    for number in range(6):
        buyer(by, f"P{number}", "2026-06-02")
    clock.go_to(NOW + DAY)
    taken = at_once(lambda: run(own.pk), lambda: run(own.pk))
    assert sum(each["entered"] for each in taken) == 6
    assert sent_to(by) == [f"P{number} 0" for number in range(6)]


def test_batches_are_of_so_many_and_none_is_taken_before_its_time(house: Membership, clock: Any) -> None:
    started(house, [{"kind": "task"}])
    for number in range(3):
        buyer(house, f"P{number}", "2026-06-02")
    clock.go_to(NOW + DAY)
    with staff_scope(house.manufacturer_id):
        version = SequenceVersion.objects.select_related("sequence__manufacturer", "sequence__owner", "audience").get()
        assert sequence_running.enter(version.sequence, version, clock.now) == 3
        assert [advance(batch=2), advance(batch=2), advance(batch=2)] == [2, 1, 0]


# --- The trial --------------------------------------------------------------------------------------------------------


def test_a_trial_foretells_what_running_does(house: Membership, clock: Any) -> None:
    steps = [
        {"kind": "message"},
        {"kind": "wait", "days": 2},
        {"kind": "message"},
        {"kind": "wait", "days": 5, "is_business_days": True},
        {"kind": "branch", "test": "ordered", "to": 7},
        {"kind": "message"},
        {"kind": "task", "for_partner": False},
    ]
    with staff_scope(house.manufacturer_id):
        CampaignSettings.objects.update(weekly_cap=1)
    version = started(house, steps, holdout=20)
    for number in range(24):
        first = dt.date(2026, 6, 2) + dt.timedelta(days=number)
        days = [first, first + 3 * DAY] if number % 3 == 0 else [first]
        buyer(house, f"P{number}", *(str(day) for day in days), people=1 + number % 2)
    end = NOW + 40 * DAY
    while clock.now < end:
        clock.go_to(clock.now + dt.timedelta(hours=1))
        if clock.now.astimezone(SEOUL).hour in (0, 10):
            run(house.manufacturer_id)
    with staff_scope(house.manufacturer_id):
        ran = {
            "entered": SequenceEntrant.objects.exclude(state="held").count(),
            "held_out": SequenceEntrant.objects.filter(state="held").count(),
            "states": dict(Counter(SequenceEntrant.objects.exclude(state="held").values_list("state", flat=True))),
            "messages": Recipient.objects.count(),
            "put_off": SequenceEntrant.objects.filter(held_weeks__gt=0).count(),
            "steps": Counter(SequenceVisit.objects.values_list("step", "outcome")),
        }
        trial = trial_of(version, NOW, end)
        tried = {
            (int(step), outcome): count
            for step, counts in trial["steps"].items()
            for outcome, count in counts.items()
            if outcome != "people"
        }
        assert {name: trial[name] for name in ("entered", "held_out", "states", "messages", "put_off")} == {
            name: ran[name] for name in ("entered", "held_out", "states", "messages", "put_off")
        }
        assert tried == ran["steps"]
        assert trial["put_off"] > 0 < trial["held_out"]
        assert sum(count for _week, count in trial["weeks"]) == trial["messages"]


def test_what_is_wrong_is_said_by_step(house: Membership) -> None:
    with staff_scope(house.manufacturer_id):
        version = draft(
            house,
            [
                {"kind": "branch", "test": "answered", "to": 1},
                {"kind": "message"},
                {"kind": "branch", "test": "opened", "to": 0},
                {"kind": "task", "titles": {}},
                {"kind": "end"},
                {"kind": "branch", "test": ""},
            ],
        )
        step = SequenceStep.objects.get(version=version, kind="message")
        sequences.save_step(step, texts={"en": {"subject": "", "preheader": "", "body": ""}}, by=house)
        with pytest.raises(SequenceError) as refused:
            sequences.put_in_force(version.sequence, by=house)
    said = str(refused.value)
    for part in (
        "Step 1: Both ways lead to the next step: choose a later one.",
        "Step 1: It asks for an answer, but an answer ends the sequence: take one of the two away.",
        "Step 1: Nothing was sent before: nobody can have opened or answered it.",
        "Step 2: There is no text in English.",
        "Step 3: The branch leads back: choose a later step.",
        "Step 3: It asks in the moment in which the message goes: put a wait between them.",
        "Step 4: The task does not say what to do.",
        "Step 6: The branch leads nowhere: choose the step at which it goes on.",
        "Step 6: No way leads here: everybody has left before.",
    ):
        assert part in said


def test_only_who_may_send_switches_on(house: Membership, clock: Any) -> None:
    analyst = MembershipFactory(manufacturer=house.manufacturer, role=Role.ANALYST)
    version = started(house)
    with staff_scope(house.manufacturer_id):
        for step in (
            lambda: sequences.pause(version.sequence, by=analyst),
            lambda: sequences.new_version(version.sequence, by=analyst),
            lambda: sequences.end(version.sequence, by=analyst),
            lambda: try_on_the_past(version, by=analyst),
        ):
            with pytest.raises(SequenceError, match="Your role does not allow"):
                step()
        assert Sequence.objects.get().state == "running"
