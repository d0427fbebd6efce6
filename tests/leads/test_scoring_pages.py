from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jobs.models import Job
from leads.models import Lead, LeadSource, ScoreModel, ScoreRule
from leads.score_wording import Wording
from leads.services.score_models import RESCORE, TRAINING, learn
from leads.services.scores import score_leads
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.leads.closed import close_leads
from tests.leads.factories import LeadFactory, LeadSourceFactory

SignIn = Callable[[Membership], Client]


def lines(*rules: tuple[str, str, str, Any]) -> dict[str, Any]:
    """What the editor sends."""
    data: dict[str, Any] = {"rules-TOTAL_FORMS": len(rules), "rules-INITIAL_FORMS": 0}
    for place, (field, test, values, points) in enumerate(rules):
        for name, value in zip(("field", "test", "values", "points"), (field, test, values, points), strict=True):
            data[f"rules-{place}-{name}"] = value
    return data


def test_with_little_the_page_says_what_is_missing(client_for: SignIn, analyst: Membership) -> None:
    page = client_for(analyst).get("/hanbit/leads/scoring/")

    assert page.status_code == 200
    assert page.context["title"] == "Leads have no score yet"
    assert "at least 200 closed leads, 40 of them won and as many lost. You have 0, 0 of them won." in page.text


def test_the_page_says_how_good_a_learned_score_is(client_for: SignIn, manager: Membership) -> None:
    with staff_scope(manager.manufacturer_id):
        close_leads(manager.manufacturer, 500)
        learn()

    page = client_for(manager).get("/hanbit/leads/scoring/")

    assert page.status_code == 200
    assert page.context["title"].startswith("Of the leads scored best, ")
    assert page.context["parts"][0]["label"] == "Source"
    assert (page.context["parts"][0]["good"], page.context["parts"][0]["bad"]) == ("Fair", "Web")
    assert "Never used, because known too late: Partner, Days until accepted" in page.text
    assert "No lead that it scored has had its 10 days to close yet." in page.text


def test_a_useless_score_is_shown_as_such(client_for: SignIn, manager: Membership) -> None:
    with staff_scope(manager.manufacturer_id):
        close_leads(manager.manufacturer, 400, rates={"fair": 0.3, "web": 0.3})
        learn()

    page = client_for(manager).get("/hanbit/leads/scoring/")

    assert page.context["title"] == "What could be learned is no better than the plain rate, so your rules score leads"


def test_learning_can_be_asked_for_and_switched_off(
    client_for: SignIn, manager: Membership, analyst: Membership
) -> None:
    with staff_scope(manager.manufacturer_id):
        close_leads(manager.manufacturer, 300)

    assert client_for(analyst).post("/hanbit/leads/scoring/learn/").status_code == 403
    told = client_for(manager).post("/hanbit/leads/scoring/learn/", follow=True)
    client_for(manager).post("/hanbit/leads/scoring/learn/")

    assert "A score is being learned." in told.text
    with staff_scope(manager.manufacturer_id):
        assert Job.objects.filter(kind=TRAINING).count() == 1
        learn()
    client_for(manager).post("/hanbit/leads/scoring/off/")
    with staff_scope(manager.manufacturer_id):
        assert ScoreModel.objects.get().state == "retired"
    assert "No learned score is in use." in client_for(manager).post("/hanbit/leads/scoring/off/", follow=True).text


def test_too_few_leads_are_refused_in_words(client_for: SignIn, manager: Membership) -> None:
    page = client_for(manager).post("/hanbit/leads/scoring/learn/", follow=True)

    assert "You have 0, 0 of them won." in page.text


def test_rules_are_saved_by_name_or_code_and_the_pool_is_scored_anew(
    client_for: SignIn, owner: Membership, manager: Membership
) -> None:
    LeadSourceFactory(manufacturer=owner.manufacturer, code="fair", names={"en": "Trade fair"})
    rules = lines(
        ("source", "any_of", "trade FAIR, fair", 30),
        ("amount", "at_least", "1 000 000", 20),
        ("has_phone", "any_of", "Yes", 10),
        ("", "any_of", "", ""),
    )

    assert client_for(manager).post("/hanbit/leads/scoring/rules/", rules).status_code == 403
    saved = client_for(owner).post("/hanbit/leads/scoring/rules/", rules)
    again = client_for(owner).post("/hanbit/leads/scoring/rules/", rules)

    assert (saved.status_code, again.status_code) == (302, 302)
    with staff_scope(owner.manufacturer_id):
        assert list(ScoreRule.objects.values_list("field", "test", "values", "points")) == [
            ("source", "any_of", ["fair"], 30),
            ("amount", "at_least", ["1000000"], 20),
            ("has_phone", "any_of", ["yes"], 10),
        ]
        assert Job.objects.filter(kind=RESCORE).count() == 1
    page = client_for(owner).get("/hanbit/leads/scoring/rules/")
    assert 'value="Trade fair"' in page.text


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (("source", "any_of", "moon", 30), "There is no “moon”; choose from Fair."),
        (("amount", "at_least", "much", 30), "Write one number, such as 90."),
        (("source", "at_least", "5", 30), "Only numbers can be at least or at most something."),
        (("amount", "at_least", "", 30), "Say what to compare with."),
        (("amount", "filled", "", ""), "Say how many points it gives, such as 10 or -10."),
        (("amount", "filled", "", 500), "Ensure this value is less than or equal to 100."),
        (("state", "filled", "", 5), "Select a valid choice."),
        (("days_to_close", "at_least", "5", 5), "Select a valid choice."),
    ],
)
def test_wrong_rules_are_refused_in_words_and_nothing_is_saved(
    client_for: SignIn, owner: Membership, rule: tuple[str, str, str, Any], said: str
) -> None:
    LeadSourceFactory(manufacturer=owner.manufacturer, code="fair", names={"en": "Fair"})

    page = client_for(owner).post("/hanbit/leads/scoring/rules/", lines(rule))

    assert page.status_code == 422
    assert said in page.text
    with staff_scope(owner.manufacturer_id):
        assert not ScoreRule.objects.exists()


def test_rules_are_tried_on_recent_leads_without_saving(client_for: SignIn, owner: Membership) -> None:
    LeadFactory(manufacturer=owner.manufacturer, company="<b>Loud</b>", phone="02-1")
    LeadFactory(manufacturer=owner.manufacturer, company="Quiet")
    LeadFactory(company="Stranger")

    tried = client_for(owner).post("/hanbit/leads/scoring/rules/try/", lines(("has_phone", "any_of", "yes", 40)))

    assert [row["points"] for row in tried.context["tried"]] == [40, 0]
    assert "&lt;b&gt;Loud&lt;/b&gt;" in tried.text
    assert "Stranger" not in tried.text
    with staff_scope(owner.manufacturer_id):
        assert not ScoreRule.objects.exists()
        assert not Lead.objects.exclude(points=None).exists()


def test_suggested_rules_are_a_beginning_and_replace_nothing(client_for: SignIn, owner: Membership) -> None:
    client_for(owner).post("/hanbit/leads/scoring/rules/suggested/")
    again = client_for(owner).post("/hanbit/leads/scoring/rules/suggested/", follow=True)

    assert "There are rules already." in again.text
    with staff_scope(owner.manufacturer_id):
        assert ScoreRule.objects.count() == 9


@pytest.mark.parametrize("size", [2, 20])
def test_the_page_asks_as_much_at_any_size(
    client_for: SignIn, manager: Membership, size: int, django_assert_max_num_queries: Any
) -> None:
    with staff_scope(manager.manufacturer_id):
        for number in range(size):
            ScoreRule.objects.create(field="source", test="any_of", values=[f"s{number}"], points=1)
            LeadSource.objects.create(code=f"s{number}", names={"en": f"Source {number}"})
    client = client_for(manager)
    client.get("/hanbit/leads/scoring/")

    with django_assert_max_num_queries(18):
        client.get("/hanbit/leads/scoring/")


def test_reasons_are_told_in_words(manufacturer: Manufacturer, manager: Membership) -> None:
    with staff_scope(manufacturer.pk):
        source = close_leads(manufacturer, 500)[0].source
        learn()
        ScoreRule.objects.create(field="source", test="any_of", values=[source.code], points=30)
        ScoreRule.objects.create(field="age_days", test="at_least", values=["0"], points=-5)
        lead = LeadFactory(manufacturer=manufacturer, source=source, amount_base=70_000)
        score_leads([lead.pk])
        lead.refresh_from_db()

        told = Wording(manufacturer).reasons(lead.score_reasons)

    assert told[0].label == "Source"
    assert told[0].value == str(source)
    assert told[0].effect.endswith(" % points")
    assert [(each.label, each.value, each.effect) for each in told if not each.is_learned] == [
        ("Source", f"is one of {source}", "+30"),
        ("Days since received", "is at least 0 days", "-5"),
    ]


def test_the_page_of_a_lead_says_why_it_has_its_score(client_for: SignIn, manager: Membership) -> None:
    with staff_scope(manager.manufacturer_id):
        ScoreRule.objects.create(field="has_phone", test="any_of", values=["yes"], points=35)
        scored = LeadFactory(manufacturer=manager.manufacturer, phone="02-123-4567")
        bare = LeadFactory(manufacturer=manager.manufacturer)
        score_leads([scored.pk])

    page = client_for(manager).get(f"/hanbit/leads/{scored.pk}/")

    assert "Phone is given: is one of Yes" in page.text
    assert "+35" in page.text
    assert "Why this score" not in client_for(manager).get(f"/hanbit/leads/{bare.pk}/").text
