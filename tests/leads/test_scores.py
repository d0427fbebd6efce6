import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from leads.models import Lead, LeadChance, LeadField, ModelState, ScoreModel, ScoreRule
from leads.services.scores import score_leads, score_pool
from tenancy.models import Manufacturer
from tenancy.rls import partner_scope, staff_scope
from tests.leads.factories import LeadFactory, LeadSourceFactory
from valuation.learning import FieldType, ScoreField, train


@pytest.fixture
def in_house(manufacturer: Manufacturer) -> Iterator[None]:
    with staff_scope(manufacturer.pk):
        yield


def keep_model(**changes: Any) -> ScoreModel:
    """A model that likes fairs, as if learned from closed leads."""
    dice = random.Random(4)
    rows = [{"source": dice.choice(["fair", "web"]), "custom.rooms": dice.randrange(9)} for _ in range(600)]
    outcome = [dice.random() < (0.6 if row["source"] == "fair" else 0.2) for row in rows]
    fields = [ScoreField("source", FieldType.CATEGORY), ScoreField("custom.rooms", FieldType.NUMBER)]
    model = train(rows, outcome, fields=fields)
    day = timezone.localdate()
    values = {"version": 1, "state": ModelState.ACTIVE, "first_on": day, "last_on": day, "days_to_close": 30} | changes
    return ScoreModel.objects.create(document=model.as_json(), closed=600, won=model.won, **values)


def test_without_rules_and_model_a_lead_has_no_score(manufacturer: Manufacturer, in_house: None) -> None:
    lead = LeadFactory(manufacturer=manufacturer)

    score_leads([lead.pk])

    lead.refresh_from_db()
    assert (lead.points, lead.probability, lead.score, lead.score_reasons) == (None, None, None, [])
    assert lead.scored_at is not None


def test_rules_alone_make_the_score_until_there_is_a_model(manufacturer: Manufacturer, in_house: None) -> None:
    source = LeadSourceFactory(manufacturer=manufacturer, code="fair")
    ScoreRule.objects.create(field="source", test="any_of", values=["fair"], points=30)
    ScoreRule.objects.create(field="has_phone", test="any_of", values=["yes"], points=20)
    ScoreRule.objects.create(field="age_days", test="at_least", values=["14"], points=-10)
    old = timezone.now() - dt.timedelta(days=20)
    fresh = LeadFactory(manufacturer=manufacturer, source=source, phone="02-123-4567")
    stale = LeadFactory(manufacturer=manufacturer, source=source, received_at=old)

    score_leads([fresh.pk, stale.pk])

    fresh.refresh_from_db()
    stale.refresh_from_db()
    assert (fresh.points, fresh.probability, fresh.score) == (50, None, 50.0)
    assert (stale.points, stale.score) == (20, 20.0)
    assert stale.score_reasons == [
        {"by": "rule", "field": "source", "test": "any_of", "values": ["fair"], "points": 30},
        {"by": "rule", "field": "age_days", "test": "at_least", "values": ["14"], "points": -10},
    ]


def test_a_model_says_the_chance_and_its_first_word_is_kept(manufacturer: Manufacturer, in_house: None) -> None:
    LeadField.objects.create(key="rooms", type=LeadField.Type.NUMBER)
    source = LeadSourceFactory(manufacturer=manufacturer, code="fair")
    model = keep_model()
    lead = LeadFactory(manufacturer=manufacturer, source=source, custom={"rooms": 4})

    score_leads([lead.pk])
    lead.refresh_from_db()
    first = lead.probability
    lead.source = LeadSourceFactory(manufacturer=manufacturer, code="web")
    lead.save()
    score_leads([lead.pk])

    lead.refresh_from_db()
    assert first is not None
    assert 0.5 < first < 0.7
    assert lead.probability is not None
    assert 0.1 < lead.probability < 0.3
    assert lead.score == round(100 * lead.probability, 2)
    assert lead.score_reasons[0]["by"] == "model"
    assert lead.score_reasons[0]["field"] == "source"
    assert lead.score_reasons[0]["effect"] < 0
    assert list(LeadChance.objects.values_list("lead", "score_model", "probability")) == [(lead.pk, model.pk, first)]


@pytest.mark.parametrize("state", [ModelState.WEAK, ModelState.RETIRED])
def test_only_the_model_in_use_scores(manufacturer: Manufacturer, in_house: None, state: str) -> None:
    keep_model(state=state)
    lead = LeadFactory(manufacturer=manufacturer)

    score_leads([lead.pk])

    lead.refresh_from_db()
    assert lead.probability is None


def test_closed_leads_and_other_manufacturers_keep_theirs(manufacturer: Manufacturer, in_house: None) -> None:
    ScoreRule.objects.create(field="has_company", test="any_of", values=["yes"], points=30)
    won = LeadFactory(manufacturer=manufacturer, state="won")
    stranger = LeadFactory()

    score_leads([won.pk, stranger.pk, 10**9])

    won.refresh_from_db()
    assert won.scored_at is None
    with staff_scope(stranger.manufacturer_id):
        stranger.refresh_from_db()
        assert stranger.scored_at is None


def test_what_did_not_change_is_not_written_again_and_leaves_no_history(
    manufacturer: Manufacturer, in_house: None
) -> None:
    ScoreRule.objects.create(field="has_company", test="any_of", values=["yes"], points=30)
    lead = LeadFactory(manufacturer=manufacturer)
    score_leads([lead.pk])
    lead.refresh_from_db()
    before = lead.scored_at

    score_leads([lead.pk])

    lead.refresh_from_db()
    assert lead.scored_at == before
    assert lead.events.count() == 0


@pytest.mark.parametrize("size", [1, 5])
def test_many_leads_cost_as_many_queries_as_one(
    manufacturer: Manufacturer, in_house: None, size: int, django_assert_num_queries: Any
) -> None:
    keep_model()
    ids = [LeadFactory(manufacturer=manufacturer).pk for _ in range(size)]

    with django_assert_num_queries(7):
        score_leads(ids)


def test_the_pool_is_scored_and_what_partners_have_is_left(manufacturer: Manufacturer, in_house: None) -> None:
    ScoreRule.objects.create(field="has_company", test="any_of", values=["yes"], points=30)
    for state in ("new", "offered", "manual", "accepted", "discarded"):
        LeadFactory(manufacturer=manufacturer, state=state)

    assert score_pool() == 3

    assert Lead.objects.filter(points=30).count() == 3


def test_partners_read_no_rules_models_or_chances(manufacturer: Manufacturer, partner: Any) -> None:
    from django.db import ProgrammingError, transaction

    with partner_scope(manufacturer.pk, partner.pk):
        for model in (ScoreRule, ScoreModel, LeadChance):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                model.objects.exists()
