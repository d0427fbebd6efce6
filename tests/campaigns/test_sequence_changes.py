"""Sequences that change while they run, whom they are for, and whose days they go by."""

import datetime as dt
from typing import Any

import pytest

from campaigns.message_sql import facts_asked
from campaigns.models import CampaignSettings, Mailing, Sequence, SequenceVersion
from campaigns.sequence_checks import problems_of
from campaigns.services import sequences
from campaigns.services.sequence_running import run
from campaigns.services.sequence_trials import trial_of, try_on_the_past
from campaigns.services.sequences import SequenceError
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.sequences import DAY, NOW, buyer, entrants, person, sent_to, started
from tests.factories import MembershipFactory


def test_a_version_with_another_event_lets_nothing_in_that_happened_before(house: Membership, clock: Any) -> None:
    version = started(house)
    buyer(house, "Late", "2026-06-02")  # brought in after the change that keeps the event
    buyer(house, "Long ago", "2026-02-27")  # silent for 95 days on the 2nd of June
    clock.go_to(NOW + 3 * DAY)
    with staff_scope(house.manufacturer_id):
        began = version.sequence.running_since
        same = sequences.new_version(version.sequence, by=house)
        try_on_the_past(same, by=house)
        sequences.put_in_force(version.sequence, by=house)
        assert Sequence.objects.get().running_since == began
        other = sequences.new_version(version.sequence, by=house)
        other.event, other.event_days = "silence", 95
        sequences.save_sequence(other.sequence, other, by=house)
        try_on_the_past(other, by=house)
        assert trial_of(other, began, clock.now)["entered"] == 1  # type: ignore[arg-type]
        sequences.put_in_force(version.sequence, by=house)
        assert Sequence.objects.get().running_since == clock.now

    assert run(house.manufacturer_id)["entered"] == 0


def test_what_is_typed_undoes_nothing_a_colleague_did_meanwhile(house: Membership, clock: Any) -> None:
    version = started(house)
    with staff_scope(house.manufacturer_id):
        changed = sequences.new_version(version.sequence, by=house)
        sequence, typed = Sequence.objects.get(), SequenceVersion.objects.get(pk=changed.pk)
        sequences.pause(Sequence.objects.get(), by=house)
        try_on_the_past(changed, by=house)
        sequence.name, typed.window_days = "Other", 14
        sequences.save_sequence(sequence, typed, by=house)
        assert list(Sequence.objects.values_list("name", "state")) == [("Other", "paused")]
        kept = SequenceVersion.objects.get(pk=changed.pk)
        assert (kept.window_days, kept.tried_at) == (14, clock.now)

        try_on_the_past(changed, by=house)
        SequenceVersion.objects.filter(pk=changed.pk).update(changed_at=clock.now)
        sequences.put_in_force(Sequence.objects.get(), by=house)
        typed.window_days = 7
        with pytest.raises(SequenceError, match="changed by a new version"):
            sequences.save_sequence(sequence, typed, by=house)
        assert list(SequenceVersion.objects.order_by("number").values_list("state", "window_days")) == [
            ("old", 28),
            ("live", 14),
        ]


# --- Whose partners, whose days ---------------------------------------------------------------------------------------


def test_without_an_audience_it_is_for_the_partners_its_owner_sees(house: Membership, clock: Any) -> None:
    owner = MembershipFactory(manufacturer=house.manufacturer, role=Role.MANAGER, assigned_only=True)
    version = started(house, is_advertising=True)
    own = buyer(house, "Own", "2026-06-02")
    buyer(house, "Other", "2026-06-02")
    with staff_scope(house.manufacturer_id):
        Partner.objects.filter(pk=own.pk).update(channel_manager=owner, country="KR")
        Sequence.objects.update(owner=owner)
        CampaignSettings.objects.update(postal_address="")
        [lacking] = problems_of(SequenceVersion.objects.get(pk=version.pk))
    assert "advertising in KR ask for the postal address" in lacking.text  # and not that of the other's country
    clock.go_to(NOW + DAY)

    assert run(house.manufacturer_id)["entered"] == 1

    assert set(entrants(house)) == {"Own"}


def test_today_is_the_manufacturers_day(house: Membership, clock: Any) -> None:
    version = started(house)
    partner = buyer(house, "Shop", "2026-06-01")
    with staff_scope(house.manufacturer_id):
        Sequence.objects.update(running_since=NOW - 10 * DAY)
    person(partner, "Leaves", left_on=dt.date(2026, 6, 2))
    clock.go_to(dt.datetime(2026, 6, 1, 16, tzinfo=dt.UTC))  # one in the morning of the 2nd in Seoul

    run(house.manufacturer_id)

    assert sent_to(house) == ["Shop 0"]
    with staff_scope(house.manufacturer_id):
        mailing = Mailing.objects.get(campaign__in=version.steps.filter(position=1).values("carrier"))
        assert facts_asked(mailing)["consent_day"] == dt.date(2026, 6, 2)
