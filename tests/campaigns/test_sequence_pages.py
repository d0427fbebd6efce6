"""The pages of sequences: written, tried, put in force and stopped by hand; whose they are, and how many queries they take."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import (
    Campaign,
    CampaignContent,
    Recipient,
    Sequence,
    SequenceEntrant,
    SequenceStep,
    SequenceVersion,
)
from campaigns.search_sources.sequences import find_sequences
from campaigns.selectors.sequences import results_of
from campaigns.services.sequences import drop_draft
from jobs.models import Job
from jobs.running import run_job
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.sequences import draft, in_force, person, settings_without_quiet_hours
from tests.factories import MembershipFactory, PartnerFactory
from tests.valuation.sales import on, sell

TODAY = dt.date(2026, 6, 1)
STEPS: list[dict[str, Any]] = [
    {"kind": "message"},
    {"kind": "wait", "days": 7},
    {"kind": "branch", "test": "ordered", "to": 4},
    {"kind": "task", "titles": {"en": "Call them", "ko": "전화", "ja": "電話"}},
]


@pytest.fixture
def marketing(manufacturer: Manufacturer) -> Membership:
    member = MembershipFactory(manufacturer=manufacturer, role=Role.MARKETING)
    with staff_scope(manufacturer.pk):
        settings_without_quiet_hours()
    return member


@pytest.fixture
def client(client: Client, marketing: Membership) -> Client:
    client.force_login(marketing.user)
    return client


def add(version: SequenceVersion, count: int, state: str = "active") -> None:
    first = version.steps.order_by("position").first()
    now = timezone.now()
    for number in range(count):
        partner = PartnerFactory(manufacturer=version.sequence.manufacturer)
        SequenceEntrant.objects.create(
            sequence=version.sequence, version=version, partner=partner, event_key=f"{state}-{number}-{partner.pk}",
            event_at=now, entered_at=now, state=state, step=first, next_at=now if state == "active" else None,
        )  # fmt: skip


def test_a_sequence_is_written_tried_and_put_in_force(client: Client, marketing: Membership) -> None:
    fields = {
        "name": "Welcome", "owner": marketing.pk, "event": "silence", "readers": "people", "holdout": 0, "on_cap": "wait",
        "window_days": 28, "stops_on_answer": "on",
    }  # fmt: skip
    made = client.post("/hanbit/sequences/new/", fields)
    with staff_scope(marketing.manufacturer_id):
        sequence = Sequence.objects.get()
        version = sequence.versions.get()
        assert version.event_days == 90  # as the event proposes
    page = f"/hanbit/sequences/{sequence.pk}/"
    assert made.url == page  # type: ignore[attr-defined]
    assert "It does nothing yet" in client.get(page).content.decode()

    dialog = client.get(f"{page}steps/new/?kind=message", HTTP_HX_REQUEST="true").content.decode()
    assert 'id="dialog-title"' in dialog
    assert "<html" not in dialog
    texts = {f"{name}_{code}": f"Hello {code}" for code in ("en", "ko") for name in ("subject", "body")}
    assert client.post(f"{page}steps/new/?kind=message", texts).status_code == 302
    shown = client.get(page).content.decode()
    assert "Step 1: There is no text in Japanese." in shown
    assert "Put in force" not in shown
    with staff_scope(marketing.manufacturer_id):
        step = SequenceStep.objects.get(kind="message")
    client.post(f"{page}steps/{step.pk}/", texts | {"subject_ja": "<script>", "body_ja": "ja", "one_click": ["call"]})
    with staff_scope(marketing.manufacturer_id):
        assert CampaignContent.objects.filter(answers=["call"]).count() == 3
    assert "Try it on the past before it is put in force" in client.get(page).content.decode()
    client.post(f"{page}do/", {"do": "force"})
    with staff_scope(marketing.manufacturer_id):
        assert Sequence.objects.get().state == "draft"

    silent = PartnerFactory(manufacturer=marketing.manufacturer, country="US")
    person(silent, "Kim")
    sell(silent, [on(str(timezone.localdate() - dt.timedelta(days=95)), 9, order="1")])
    assert 'id="job"' in client.post(f"{page}past/", {"days": 90}, follow=True).content.decode()
    assert client.get(f"{page}past/").context["trial"] == {}
    with staff_scope(marketing.manufacturer_id):
        job = Job.objects.get(kind="campaigns.trial", key=f"sequence-{version.pk}")
    done = run_job(manufacturer_id=marketing.manufacturer_id, job_id=job.pk)
    assert done is not None
    assert (done.state, done.result) == ("done", {"entered": 1, "messages": 1})
    tried = client.get(f"{page}past/").content.decode()
    assert 'id="job"' not in tried
    assert "In the last 90 days, 1 partner would have entered and got 1 message\n" in tried
    assert "1 person" in tried
    assert "Put in force" in client.get(page).content.decode()
    client.post(f"{page}do/", {"do": "force"})
    client.post(f"{page}do/", {"do": "change"})
    with staff_scope(marketing.manufacturer_id):
        assert Sequence.objects.get().state == "running"
        carrier = step.carrier_id
        assert sorted(SequenceVersion.objects.values_list("number", "state")) == [(1, "live"), (2, "draft")]
    assert client.get(f"/hanbit/campaigns/{carrier}/").url == page  # type: ignore[attr-defined]
    assert client.get(f"{page}?version=live").status_code == 200
    assert client.post(f"{page}steps/{step.pk}/do/", {"do": "remove"}).status_code == 404  # of the version in force
    client.post(f"{page}do/", {"do": "drop"})
    with staff_scope(marketing.manufacturer_id):
        assert SequenceVersion.objects.count() == 1


def test_steps_move_and_wrong_input_is_told(client: Client, marketing: Membership) -> None:
    with staff_scope(marketing.manufacturer_id):
        version = draft(marketing, STEPS)
        message, wait = version.steps.order_by("position")[:2]
    page = f"/hanbit/sequences/{version.sequence_id}/"
    client.post(f"{page}steps/{wait.pk}/do/", {"do": "up"})
    client.post(f"{page}steps/{wait.pk}/do/", {"do": "up"})
    with staff_scope(marketing.manufacturer_id):
        assert list(version.steps.order_by("position").values_list("kind", "position"))[:2] == [
            ("wait", 1),
            ("message", 2),
        ]
    assert client.post(f"{page}steps/{wait.pk}/", {"days": 0}).status_code == 200
    assert client.post(f"{page}steps/{wait.pk}/do/", {"do": "sideways"}).status_code == 404
    assert client.get(f"{page}steps/new/?kind=dance").status_code == 404
    other = client.post("/hanbit/sequences/new/", {"name": version.sequence.name, "event": "nothing"})
    assert "Another sequence has this name." in other.content.decode()
    assert message.pk != wait.pk


@pytest.mark.parametrize("page", ["", "partners/", "result/", "past/"])
def test_a_page_takes_as_many_queries_with_many_partners(client: Client, marketing: Membership, page: str) -> None:
    with staff_scope(marketing.manufacturer_id):
        version = in_force(marketing, STEPS)
        add(version, 2)
    counts = []
    for _size in range(2):
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/hanbit/sequences/{version.sequence_id}/{page}").status_code == 200
        counts.append(len(found))
        with staff_scope(marketing.manufacturer_id):
            add(version, 6)
            in_force(marketing, STEPS)
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as few:
        client.get("/hanbit/sequences/")
    with staff_scope(marketing.manufacturer_id):
        draft(marketing, STEPS)
    with CaptureQueriesContext(connection) as many:
        assert "3 sequences are running" in client.get("/hanbit/sequences/").content.decode()
    assert len(few) == len(many)


def test_partners_are_taken_out_by_hand_and_trouble_waits_for_the_owner(client: Client, marketing: Membership) -> None:
    with staff_scope(marketing.manufacturer_id):
        version = in_force(marketing, STEPS)
        add(version, 2)
        chosen, broken = SequenceEntrant.objects.order_by("pk")
        SequenceEntrant.objects.filter(pk=broken.pk).update(state="stopped", reason="error", error="Oops", next_at=None)
    page = f"/hanbit/sequences/{version.sequence_id}/"
    assert "Something went wrong in the sequence" in client.get("/hanbit/").content.decode()
    assert "Something went wrong for 1 partner" in client.get(page).content.decode()
    client.post(f"{page}partners/", {"do": "stop", "confirmed": "1", "selected": [chosen.pk]})
    client.post(f"{page}do/", {"do": "again"})
    with staff_scope(marketing.manufacturer_id):
        assert dict(SequenceEntrant.objects.values_list("pk", "state")) == {chosen.pk: "stopped", broken.pk: "active"}
    timeline = client.get(f"/hanbit/partners/{chosen.partner_id}/timeline/").content.decode()
    assert "Entered the sequence" in timeline


def test_whose_a_sequence_is(client: Client, marketing: Membership, stranger: Membership) -> None:
    other = MembershipFactory(manufacturer=marketing.manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(marketing.manufacturer_id):
        version = draft(marketing, STEPS, name="Welcome new shops")
        assert [each.title for each in find_sequences(marketing, "new welcome", 5)] == ["Welcome new shops"]
        assert find_sequences(other, "welcome", 5) == []
    client.force_login(other.user)
    assert client.get(f"/hanbit/sequences/{version.sequence_id}/").status_code == 404
    client.force_login(stranger.user)
    assert client.get(f"/hanbit/sequences/{version.sequence_id}/").status_code == 404


def test_the_result_compares_companies_with_those_held_out(marketing: Membership, client: Client) -> None:
    with staff_scope(marketing.manufacturer_id):
        version = in_force(marketing, STEPS, event="silence", event_days=30)
        add(version, 6)
        add(version, 4, state="held")
        SequenceEntrant.objects.update(event_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
        written = list(SequenceEntrant.objects.exclude(state="held").order_by("pk").select_related("partner"))
        for place, entrant in enumerate(written):
            step = version.steps.get(kind="message")
            Recipient.objects.create(
                campaign=step.carrier, entrant=entrant, partner=entrant.partner, name="Kim", address=f"{place}@x.example",
                language="en", arm="rest", sent_at=timezone.now(), replied_at=timezone.now() if place < 3 else None,
            )  # fmt: skip
    for entrant in written[:3]:
        sell(
            entrant.partner, [on("2026-06-10", 100, order="1"), on("2026-07-10", 900, order="2")]
        )  # the second is late
    sell(written[5].partner, [on("2026-06-01", 100, order="1")])  # on the day itself
    with staff_scope(marketing.manufacturer_id):
        found = results_of(Sequence.objects.select_related("manufacturer").get())
    assert (found.entered, found.held, found.funnel.sent, found.funnel.replied) == (6, 4, 6, 3)
    assert found.effect is not None
    assert (found.effect.people.treated, found.effect.people.control) == (0.5, 0.0)
    assert found.effect.money.difference == 50.0
    page = client.get(f"/hanbit/sequences/{version.sequence_id}/result/").content.decode()
    assert "50.0 % (18.8 to 81.2) of the people written to have answered" in page
    assert "Of 100 companies written to, 50.0 ordered; of 100 held out, 0.0" in page


def test_a_draft_that_never_ran_is_thrown_away_whole(marketing: Membership) -> None:
    with staff_scope(marketing.manufacturer_id):
        version = draft(marketing, STEPS)
        drop_draft(version.sequence, by=marketing)
        assert not Sequence.objects.exists()
        assert not Campaign.every.exists()
