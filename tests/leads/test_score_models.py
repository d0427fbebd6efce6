import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from jobs import running
from jobs.models import Job, JobState
from jobs.services import run_here
from leads.models import (
    KnownAt,
    Lead,
    LeadChance,
    LeadField,
    LeadState,
    ModelState,
    RetiredBecause,
    ScoreModel,
    ScoreRule,
)
from leads.services import score_models
from leads.services.score_models import ScoreError, follow, follow_present, is_due, learn, look_after_scores
from leads.services.scores import score_leads
from notices.models import Notice
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.leads.closed import close_leads
from tests.leads.factories import LeadFactory
from valuation.learning import Model


@pytest.fixture
def in_house(manufacturer: Manufacturer) -> Iterator[None]:
    with staff_scope(manufacturer.pk):
        yield


def test_a_model_is_learned_kept_and_used(manufacturer: Manufacturer, in_house: None) -> None:
    close_leads(manufacturer, 500)

    model = learn()

    assert (model.version, model.state, model.days_to_close) == (1, ModelState.ACTIVE, 10)
    assert model.closed <= 500
    learned = Model.from_json(model.document)
    assert learned.is_strict
    assert learned.evaluation is not None
    assert learned.evaluation.auc > 0.65
    assert max(learned.parts, key=lambda part: part.share).key == "source"
    assert set(learned.left_out) == {"partner", "days_to_accept", "days_to_contact", "reason", "days_to_close"}


def test_a_newer_model_takes_over_and_the_older_is_kept(manufacturer: Manufacturer, in_house: None) -> None:
    close_leads(manufacturer, 500)
    first, second = learn(), learn()

    first.refresh_from_db()
    assert (first.state, first.retired_because) == (ModelState.RETIRED, RetiredBecause.REPLACED)
    assert (second.version, second.state) == (2, ModelState.ACTIVE)


def test_a_model_no_better_than_the_rate_is_kept_and_not_used(manufacturer: Manufacturer, in_house: None) -> None:
    close_leads(manufacturer, 400, rates={"fair": 0.3, "web": 0.3})

    assert learn().state == ModelState.WEAK


def test_too_few_closed_leads_are_refused_in_words(
    manufacturer: Manufacturer, owner: Membership, in_house: None
) -> None:
    close_leads(manufacturer, 150)

    with pytest.raises(ScoreError, match="You have 150, "):
        score_models.request_training(by=owner)
    with pytest.raises(ScoreError, match="at least 200 closed leads, 40 of them won"):
        learn()

    assert not ScoreModel.objects.exists()
    assert not Job.objects.exists()


def test_what_was_filled_in_while_winning_teaches_nothing(manufacturer: Manufacturer, in_house: None) -> None:
    """The kept history says how each lead arrived: later entries would tell the outcome."""
    LeadField.objects.create(key="budget", type=LeadField.Type.NUMBER)
    LeadField.objects.create(key="signed", type=LeadField.Type.YES_NO, known_at=KnownAt.OUTCOME)
    close_leads(manufacturer, 500, rates={"fair": 0.3, "web": 0.3})
    Lead.objects.filter(state=LeadState.WON).update(
        address="1 Main Street", amount_base=999_000, custom={"budget": 5, "signed": True}
    )

    model = learn()

    assert model.state == ModelState.WEAK
    learned = Model.from_json(model.document)
    assert {"has_address", "custom.budget"}.isdisjoint({part.key for part in learned.parts if part.share > 0})
    assert "custom.signed" in learned.left_out
    assert learned.suspects == ()


def test_the_job_learns_and_has_the_pool_scored(
    manufacturer: Manufacturer, owner: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 600)  # its connection would not see the test's rows
    with staff_scope(manufacturer.pk):
        source = close_leads(manufacturer, 500)[0].source
        waiting = LeadFactory(manufacturer=manufacturer, source=source)
        job = score_models.request_training(by=owner)

    ended = run_here(job)

    assert (ended.state, ended.result["state"]) == (JobState.DONE, "active")
    with staff_scope(manufacturer.pk):
        rescore = Job.objects.get(kind=score_models.RESCORE)
    assert run_here(rescore).result == {"scored": 1}
    with staff_scope(manufacturer.pk):
        waiting.refresh_from_db()
        assert waiting.probability is not None


def followed(manufacturer: Manufacturer, *, share_won: float, count: int = 150) -> ScoreModel:
    """A model in use, and leads it gave a good or a poor chance, of which a share was won, the best first."""
    close_leads(manufacturer, 500)
    model = learn()
    now = timezone.now()
    for number in range(count):
        state = LeadState.WON if number < share_won * count else LeadState.LOST
        lead = LeadFactory(manufacturer=manufacturer, state=state, partner=None, closed_at=now - dt.timedelta(days=5))
        chance = 0.8 if number < count / 2 else 0.2
        LeadChance.objects.create(lead=lead, score_model=model, probability=chance, said_at=now - dt.timedelta(days=20))
    return model


def test_what_a_model_said_is_held_against_what_came(manufacturer: Manufacturer, in_house: None) -> None:
    model = followed(manufacturer, share_won=0.48)
    young = LeadFactory(manufacturer=manufacturer, state="won", partner=None, closed_at=timezone.now())
    LeadChance.objects.create(
        lead=young, score_model=model, probability=0.9, said_at=timezone.now() - dt.timedelta(days=1)
    )

    seen = follow(model, timezone.now())
    follow_present(timezone.now())

    assert (seen.count, seen.won, round(seen.predicted), seen.is_off) == (150, 72, 75, False)
    model.refresh_from_db()
    assert model.state == ModelState.ACTIVE
    assert model.in_use["won"] == 72
    assert not Notice.objects.exists()


def test_a_model_that_no_longer_fits_retires_and_people_are_told(
    manufacturer: Manufacturer, manager: Membership, partner_admin: Membership, in_house: None
) -> None:
    model = followed(manufacturer, share_won=0.2)

    follow_present(timezone.now())
    follow_present(timezone.now())

    model.refresh_from_db()
    assert (model.state, model.retired_because) == (ModelState.RETIRED, RetiredBecause.STALE)
    assert [notice.recipient_id for notice in Notice.objects.all()] == [manager.pk]


def test_a_model_ends_after_a_year(manufacturer: Manufacturer, in_house: None) -> None:
    close_leads(manufacturer, 500)
    model = learn()

    follow_present(timezone.now() + dt.timedelta(days=366))

    model.refresh_from_db()
    assert model.retired_because == RetiredBecause.OLD


def test_learning_is_due_at_first_then_only_when_enough_has_closed(manufacturer: Manufacturer, in_house: None) -> None:
    now = timezone.now()
    assert not is_due(now)
    close_leads(manufacturer, 300)
    assert is_due(now)
    learn()
    assert not is_due(now)
    ScoreModel.objects.update(created_at=now - dt.timedelta(days=30))
    assert is_due(now)  # 300 closed within the last 30 days
    ScoreModel.objects.update(created_at=now - dt.timedelta(days=5))
    assert not is_due(now)


def test_every_night_the_pool_is_scored_and_learning_asked_for_once(manufacturer: Manufacturer, in_house: None) -> None:
    close_leads(manufacturer, 300)
    ScoreRule.objects.create(field="has_company", test="filled", points=40)
    lead = LeadFactory(manufacturer=manufacturer)

    first, again = look_after_scores(timezone.now()), look_after_scores(timezone.now())

    assert first == again == {"followed": None, "learns": True, "scored": 1}
    assert Job.objects.filter(kind=score_models.TRAINING).count() == 1
    lead.refresh_from_db()
    assert lead.points == 40


def test_switched_off_by_hand_rules_score_alone(manufacturer: Manufacturer, owner: Membership, in_house: None) -> None:
    close_leads(manufacturer, 500)
    learn()
    lead = LeadFactory(manufacturer=manufacturer)

    score_models.switch_off(by=owner)
    score_leads([lead.pk])

    lead.refresh_from_db()
    assert lead.probability is None
    assert ScoreModel.objects.get().retired_because == RetiredBecause.BY_HAND
    with pytest.raises(ScoreError, match="No learned score"):
        score_models.switch_off(by=owner)


def test_another_manufacturers_leads_teach_nothing(
    manufacturer: Manufacturer, other_manufacturer: Manufacturer
) -> None:
    with staff_scope(other_manufacturer.pk):
        close_leads(other_manufacturer, 500)
    with staff_scope(manufacturer.pk):
        assert score_models.supply() == score_models.Supply(0, 0)
