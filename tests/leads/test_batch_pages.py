"""The pages of distributions and of trials on the past."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.models import Job
from jobs.running import run_job
from leads.models import BatchItem, BatchState, ItemState, LeadBatch, Offer, Replay, RoutingDecision
from leads.services import batches
from prm_portal.demo_stories.batches import tell_batches
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.leads.factories import LeadFactory, LeadKindFactory
from tests.leads.test_batches import answering

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]
URL = "/hanbit/leads/batches/"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.services._queue_on_commit", lambda *args: None)


def made(manufacturer: Manufacturer, manager: Membership, *, leads: int = 3, partners: int = 2) -> LeadBatch:
    """A distribution that has been worked out."""
    for number in range(partners):
        answering(manufacturer, lead_capacity=5, name=f"Partner {number}")
    LeadFactory.create_batch(leads, manufacturer=manufacturer, amount_base=1000)
    with staff_scope(manufacturer.pk):
        batch = batches.save_batch(LeadBatch(name="Autumn", maximum_share=100), by=manager)
        batches.work_out(batch)
    return batch


def test_a_distribution_is_begun_from_the_form_with_the_leads_of_an_address(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn
) -> None:
    kind = LeadKindFactory(manufacturer=manufacturer)
    LeadFactory.create_batch(2, manufacturer=manufacturer, kind=kind)
    LeadFactory(manufacturer=manufacturer)
    answering(manufacturer, lead_capacity=7)
    client = client_for(manager)

    page = client.get(f"{URL}new/?kind={kind.pk}&score_min=")
    assert page.context["form"]["kind"].value() == [str(kind.pk)]
    preview = client.get(f"{URL}preview/?kind={kind.pk}").content.decode()
    assert "2 leads wait." in preview
    assert "1 partner has room for 7." in preview

    answer = client.post(
        f"{URL}new/",
        {"name": "Autumn", "kind": [kind.pk], "minimum_share": 0, "maximum_share": 50, "exploration": 5},
    )

    with staff_scope(manufacturer.pk):
        batch, job = LeadBatch.objects.get(), Job.objects.get()
    assert answer.headers["Location"] == f"{URL}{batch.pk}/"
    assert (batch.query, batch.state, batch.created_by_id) == (f"kind={kind.pk}", BatchState.SOLVING, manager.pk)
    assert job.params == {"batch": batch.pk}
    page = client.get(f"{URL}{batch.pk}/")
    assert "is being worked out" in page.content.decode()
    assert "every 1s" in client.get(f"{URL}{batch.pk}/", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minimum_share": 20, "maximum_share": 10}, "larger than the largest share"),
        ({"maximum_share": 130}, "less than or equal to 100"),
        ({"name": ""}, "required"),
        ({"most_each": 0}, "greater than or equal to 1"),
        ({"kind": ["x"]}, "valid"),
    ],
)
def test_wrong_input_is_told(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn, changes: dict[str, Any], words: str
) -> None:
    data = {"name": "Autumn", "minimum_share": 0, "maximum_share": 50, "exploration": 5} | changes
    page = client_for(manager).post(f"{URL}new/", data)

    assert page.status_code == 200
    assert words in page.content.decode()
    with staff_scope(manufacturer.pk):
        assert not LeadBatch.objects.exists()


def test_a_refused_distribution_is_shown_as_it_was_typed_and_not_kept(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise batches.BatchError("Not now.")

    client = client_for(manager)
    data = {"name": "Winter", "minimum_share": 0, "maximum_share": 40, "exploration": 5, "form_key": str(uuid.uuid4())}
    with monkeypatch.context() as patch:
        patch.setattr(batches, "start_job", refuse)
        page = client.post(f"{URL}new/", data)
    assert page.status_code == 200
    assert page.context["form"].non_field_errors() == ["Not now."]
    assert page.context["form"]["name"].value() == "Winter"
    with staff_scope(manufacturer.pk):
        assert not LeadBatch.objects.exists()

    first, second = (client.post(f"{URL}new/", data) for _each in range(2))
    with staff_scope(manufacturer.pk):
        batch = LeadBatch.objects.get()
        LeadBatch.objects.update(state=BatchState.SENDING)
    assert first.headers["Location"] == second.headers["Location"] == f"{URL}{batch.pk}/"

    page = client.post(f"{URL}{batch.pk}/settings/", data | {"name": "Spring", "maximum_share": 30})
    assert page.status_code == 200
    assert page.context["form"].non_field_errors() == [batches.refusal(LeadBatch(state=BatchState.SENDING))]
    assert page.context["form"]["maximum_share"].value() == "30"
    with staff_scope(manufacturer.pk):
        assert list(LeadBatch.objects.values_list("name", "maximum_share")) == [("Winter", 40)]


def test_what_came_out_is_said_in_words_first(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn
) -> None:
    batch = made(manufacturer, manager)
    with staff_scope(manufacturer.pk):
        LeadBatch.objects.update(value=1180, round_robin_value=1000)

    page = client_for(manager).get(f"{URL}{batch.pk}/").content.decode()

    assert "The best distribution is expected to win 18% more than partners in turn" in page
    assert "Offer 3 leads" in page
    assert "data-chart" in page


def test_a_lead_is_changed_by_hand_and_offers_are_sent(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn
) -> None:
    batch = made(manufacturer, manager)
    client = client_for(manager)
    with staff_scope(manufacturer.pk):
        item = batch.items.order_by("pk").first()
        other = next(pk for pk in item.candidates if pk != item.partner_id)
    foreign = answering(manufacturer).pk
    url = f"{URL}{batch.pk}/leads/{item.pk}/"

    assert client.get(url).status_code == 200
    client.post(url, {"partner": other})
    client.post(url, {"partner": foreign})
    with staff_scope(manufacturer.pk):
        item.refresh_from_db()
        assert (item.partner_id, item.changed_by_id) == (other, manager.pk)
    assert "by hand" in client.get(f"{URL}{batch.pk}/leads/?changed=yes").content.decode()

    for _click in range(2):
        client.post(f"{URL}{batch.pk}/send/")
    with staff_scope(manufacturer.pk):
        assert Job.objects.filter(kind=batches.SEND_JOB).count() == 1
    client.post(f"{URL}{batch.pk}/stop/")
    client.post(url, {"partner": ""})
    with staff_scope(manufacturer.pk):
        item.refresh_from_db()
        assert item.state == ItemState.LEFT_OUT
        assert LeadBatch.objects.get().state == BatchState.READY
        assert not Offer.objects.exists()


def test_who_sees_only_own_partners_may_not_distribute_to_all(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn
) -> None:
    batch = made(manufacturer, manager)
    with staff_scope(manufacturer.pk):
        Membership.objects.filter(pk=manager.pk).update(assigned_only=True)
    client = client_for(manager)

    for address in (URL, f"{URL}{batch.pk}/", f"{URL}new/", "/hanbit/leads/replay/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{URL}{batch.pk}/send/").status_code == 403


def test_a_lead_of_another_distribution_is_not_found(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn
) -> None:
    batch, other = made(manufacturer, manager), made(manufacturer, manager)
    with staff_scope(manufacturer.pk):
        item = BatchItem.objects.filter(batch=other).first()

    assert client_for(manager).get(f"{URL}{batch.pk}/leads/{item.pk}/").status_code == 404


@pytest.mark.parametrize("part", ["", "partners/", "leads/", "item", "list"])
def test_pages_ask_the_same_number_of_queries_at_any_size(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn, part: str
) -> None:
    counts = []
    client = client_for(manager)
    for leads, partners in ((2, 2), (9, 5)):
        batch = made(manufacturer, manager, leads=leads, partners=partners)
        with staff_scope(manufacturer.pk):
            item = batch.items.order_by("pk").first()
        url = {"item": f"{URL}{batch.pk}/leads/{item.pk}/", "list": URL}.get(part, f"{URL}{batch.pk}/{part}")
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_the_decision_of_a_lead_is_explained_with_all_of_its_distribution(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn
) -> None:
    batch = made(manufacturer, manager)
    with staff_scope(manufacturer.pk):
        item = batch.items.order_by("pk").first()
        batches._send(batch, [item])
        decision = RoutingDecision.objects.get(lead=item.lead_id)

    answer = client_for(manager).get(f"/hanbit/leads/decisions/{decision.pk}/")

    assert answer.headers["Location"] == f"{URL}{batch.pk}/leads/{item.pk}/"


# --- Trials on the past

TRIAL = {
    "name": "Nearer first", "mode": "best", "answer_hours": 24, "rounds": 3, "at_once": 3, "batch_days": 7,
    "weight_fit": 10, "weight_distance": 60, "weight_win_rate": 10, "weight_speed": 10, "weight_load": 5,
    "weight_fairness": 5,
}  # fmt: skip


def past(manufacturer: Manufacturer, *, leads: int = 30) -> None:
    """Leads that two partners had, one of which wins nearly all."""
    good, bad = answering(manufacturer, name="Good"), answering(manufacturer, name="Bad")
    start = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    for number in range(leads):
        partner = (good, bad)[number % 2]
        at = start + dt.timedelta(days=number)
        LeadFactory(
            manufacturer=manufacturer,
            state="won" if partner is good and number % 10 else "lost",
            partner=partner,
            amount_base=1000,
            received_at=at,
            accepted_at=at,
            closed_at=at + dt.timedelta(days=10),
        )


@pytest.mark.django_db(transaction=True)
def test_a_policy_is_tried_read_compared_and_thrown_away(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn
) -> None:
    past(manufacturer)
    client = client_for(manager)
    assert "No policy has been tried" in client.get("/hanbit/leads/replay/").content.decode()
    assert client.get("/hanbit/leads/replay/new/").status_code == 200
    for name in ("Nearer first", "In turn"):
        mode = "best" if name == "Nearer first" else "turns"
        client.post(
            "/hanbit/leads/replay/new/",
            TRIAL | {"name": name, "mode": mode, "since": "2026-01-01", "until": "2026-03-01"},
        )
    with staff_scope(manufacturer.pk):
        first, second = Replay.objects.select_related("job").order_by("pk")
    assert "is running" in client.get(f"/hanbit/leads/replay/{first.pk}/").content.decode()
    for tried in (first, second):
        run_job(manufacturer_id=manufacturer.pk, job_id=tried.job_id)

    page = client.get(f"/hanbit/leads/replay/{first.pk}/")
    assert page.context["outcome"].leads == 30
    assert "For 30 leads it was not kept" in page.content.decode()
    compared = client.get(f"/hanbit/leads/replay/compare/?a={first.pk}&b={second.pk}")
    assert "Nearer first" in compared.content.decode()
    assert "In turn" in compared.content.decode()
    assert client.get(f"/hanbit/leads/replay/compare/?a={first.pk}&b=999999").status_code == 404
    assert client.get("/hanbit/leads/replay/").status_code == 200

    client.post(f"/hanbit/leads/replay/{first.pk}/delete/")
    assert client.get(f"/hanbit/leads/replay/{first.pk}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_period_without_leads_is_told(manufacturer: Manufacturer, manager: Membership, client_for: SignIn) -> None:
    client = client_for(manager)
    client.post("/hanbit/leads/replay/new/", TRIAL | {"since": "2026-01-01", "until": "2026-03-01"})
    with staff_scope(manufacturer.pk):
        tried = Replay.objects.get()
    run_job(manufacturer_id=manufacturer.pk, job_id=tried.job_id)

    page = client.get(f"/hanbit/leads/replay/{tried.pk}/").content.decode()
    assert "No lead of this period went to a partner" in page


def test_a_period_that_ends_before_it_begins_is_refused(manager: Membership, client_for: SignIn) -> None:
    page = client_for(manager).post("/hanbit/leads/replay/new/", TRIAL | {"since": "2026-03-01", "until": "2026-01-01"})
    assert "ends before it begins" in page.content.decode()


def test_the_demo_shows_a_distribution_and_two_trials_once(
    manufacturer: Manufacturer, manager: Membership, client_for: SignIn
) -> None:
    past(manufacturer)
    LeadFactory.create_batch(3, manufacturer=manufacturer)
    for _time in range(2):
        with staff_scope(manufacturer.pk):
            tell_batches(manufacturer, timezone.localdate())

    with staff_scope(manufacturer.pk):
        batch, trials = LeadBatch.objects.get(), list(Replay.objects.all())
    assert (batch.state, batch.leads, batch.created_by_id) == (BatchState.READY, 3, manager.pk)
    assert [trial.result is not None for trial in trials] == [True, True]
    assert client_for(manager).get(f"/hanbit/leads/replay/{trials[0].pk}/").status_code == 200
