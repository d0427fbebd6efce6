import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from campaigns import report_words as words
from campaigns.models import CampaignCost, Recipient, Response
from campaigns.selectors.past import past_rows
from campaigns.selectors.reports import Funnel, funnels, report
from campaigns.services.entering import EnteringError, enter_results
from campaigns.services.responses import record
from partners.models import Task
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, RecipientFactory, VariantFactory
from tests.factories import PartnerFactory
from valuation.experiment import Amounts, Counted, lift, wilson

pytestmark = pytest.mark.django_db
SENT = dt.datetime(2026, 6, 1, 3, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def campaign(manufacturer: Manufacturer, owner: Membership) -> Any:
    campaign = CampaignFactory(
        manufacturer=manufacturer,
        owner=owner,
        name="Summer <script>x</script>",
        state="measuring",
        frozen_at=SENT,
        goal_value=3,
        arms={"pilot": 0, "rest": 40, "holdout": 20},
    )
    variants = [VariantFactory(manufacturer=manufacturer, campaign=campaign, label=label) for label in "AB"]
    partners = [PartnerFactory(manufacturer=manufacturer) for _number in range(60)]
    with staff_scope(manufacturer.pk):
        rows = [
            Recipient(
                campaign=campaign,
                partner=partner,
                name=f"Reader {number}",
                address=f"r{number}@a.example",
                language="ko" if number % 2 else "ja",
                country="KR" if number % 2 else "JP",
                arm="rest" if number < 40 else "holdout",
                variant=variants[number % 2] if number < 40 else None,
                sent_at=SENT if number < 40 else None,
            )
            for number, partner in enumerate(partners)
        ]
        Recipient.objects.bulk_create(rows)
        Recipient.objects.create(campaign=campaign, name="Out", language="en", left_out="no_consent")
        CampaignCost.objects.create(campaign=campaign, what="Print", planned=90, actual=100)
        CampaignCost.objects.create(campaign=campaign, what="Post", planned=20)
    return campaign


def reader(campaign: Any, number: int) -> Any:
    return Recipient.objects.get(campaign=campaign, name=f"Reader {number}")


def ordered(campaign: Any, numbers: range, amount: int) -> None:
    names = [f"Reader {number}" for number in numbers]
    Recipient.objects.filter(campaign=campaign, name__in=names).update(ordered_on="2026-06-04", order_amount=amount)


def test_the_funnel_and_its_parts_add_up(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        record(reader(campaign, 0), "click", at=SENT + DAY, detail="https://a.example/")
        record(reader(campaign, 1), "answer", at=SENT + DAY, detail="not_interested", key="n")
        record(reader(campaign, 3), "reply", at=SENT + 3 * DAY)
        record(reader(campaign, 5), "click", at=SENT, is_machine=True, detail="https://a.example/")
        ordered(campaign, range(2), 50)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            total, parts = funnels(campaign)
        assert len(asked) == 1
        assert total == Funnel(
            readers=40, sent=40, opened=3, clicked=2, replied=2, refused=1, ordered=2, amount=Decimal(100)
        )
        assert [(key, row.sent, row.replied, row.clicked) for key, row in parts["variant"]] == [
            ("A", 20, 0, 1),
            ("B", 20, 2, 1),
        ]
        assert {key: row.replied for key, row in parts["country"]} == {"KR": 2, "JP": 0}
        for rows in parts.values():
            assert sum(row.sent for _key, row in rows) == 40
        assert total.rate("replied") == wilson(2, 40)

        found = report(campaign)
        assert (found.machines, found.links) == (1, [("https://a.example/", 1)])
        assert found.answers == [("not_interested", 1)]
        assert [(day.day, counts) for day, counts in found.days] == [
            (2, {"opened": 2, "clicked": 2, "replied": 1}),
            (3, {}),
            (4, {"opened": 1, "replied": 1, "ordered": 2}),
        ]
        assert (found.cost, found.cost_per_answer, found.cost_per_order) == (120, 60, 60)


def test_the_effect_is_that_of_companies_against_the_hold_out(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        ordered(campaign, range(30), 100)
        ordered(campaign, range(40, 45), 40)
        found = report(campaign)
        assert found.effect is not None
        assert found.effect.people == lift(Counted(30, 40), Counted(5, 20))
        assert found.effect.money == lift(Amounts(40, 30, 3000, 300_000), Amounts(20, 5, 200, 8000))
        assert found.effect.extra[0] == pytest.approx(40 * (75 - 10))
        assert found.returns is not None
        assert found.returns[0] == pytest.approx(2600 / 120)
        said = words.effect_words(campaign, found)
        assert said[0].startswith("Of 100 companies written to, 75.0 ordered; of 100 held out, 25.0: +50.0 (")
        assert "Too few companies ordered to rely on the range of the amounts." in said

        Recipient.objects.filter(name="Reader 1").update(arm="pilot")  # the others are still to be written to
        Recipient.objects.filter(arm="rest").update(sent_at=None)
        assert report(campaign).effect is None
        assert words.effect_words(campaign, report(campaign))[0].startswith("The hold-out can be compared once")


def test_a_campaign_that_did_worse_is_told_in_words_that_fit(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        ordered(campaign, range(10), 100)
        ordered(campaign, range(40, 60), 100)
        said = words.effect_words(campaign, report(campaign))
        assert "25.0 ordered; of 100 held out, 100.0: -75.0 (-" in said[0]
        assert said[1].startswith("A company written to ordered ₩75 less than one held out (difference -₩")
        assert "; all together ₩3,000 less (difference -₩" in said[1]
        assert said[-1].startswith("Orders fell short by 25.00 times what was spent (difference -")

        campaign.state = "stopped"
        Recipient.objects.filter(arm="rest", name__in=["Reader 1", "Reader 2"]).update(arm="pilot")
        Recipient.objects.filter(arm="rest").update(sent_at=None)
        assert words.effect_words(campaign, report(campaign)) == [
            "It was stopped before all the others were written to: there is nothing to compare."
        ]


def test_answers_that_staff_entered_count_as_those_by_a_click(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        record(reader(campaign, 1), "answer", at=SENT + DAY, detail="sample", key="n")
        lines = (
            "Reader 2;not_interested;2026-06-05;No room\nReader 3;sample;2026-06-05\nReader 4;replied;2026-06-05;Thanks\n"
            "Reader 5;not_interested"  # long after the window
        )
        assert enter_results(campaign, lines) == 4
        record(reader(campaign, 6), "typed", at=SENT + DAY, detail="sampled it at the fair")
        record(reader(campaign, 7), "click", at=SENT + 60 * DAY, detail="https://a.example/late")
        found = report(campaign)
        assert (found.total.replied, found.total.refused) == (5, 1)
        assert sorted(found.answers) == [("not_interested", 1), ("sample", 2)]
        assert found.links == []
        assert "1 of those who answered is not interested." in words.notes(campaign, found)
        rows = {row[3]: row[13] for row in past_rows(campaign, campaign.recipients.filter(left_out=""))}
        assert [rows[f"Reader {number}"] for number in (1, 2, 3, 4, 6, 8)] == [
            "sample", "not_interested", "sample", "Thanks", "sampled it at the fair", "",
        ]  # fmt: skip


def test_what_the_cost_is_made_of_is_said_and_the_whole_is_not_shared_out_over_a_pilot(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        record(reader(campaign, 1), "reply", at=SENT + DAY)
        found = report(campaign)
        assert (found.spent, found.planned, found.cost, found.cost_per_answer) == (100, 20, 120, 120)
        campaign.budget = 110
        assert words.cost_words(campaign, found) == [
            "Of the cost ₩100 is spent; ₩20 is as planned, where nothing is entered as spent yet.",
            "The cost is ₩10 above the budget of ₩110.",
        ]
        campaign.budget = 120
        Recipient.objects.filter(arm="rest", name="Reader 1").update(arm="pilot")
        Recipient.objects.filter(arm="rest").update(sent_at=None)
        campaign.costs.update(actual=None)
        found = report(campaign)
        assert (found.cost, found.cost_per_answer) == (110, None)
        assert words.cost_words(campaign, found) == [
            "The cost is as planned: nothing is entered as spent yet.",
            "It is for all readers; what an answer costs shows once all have been written to.",
        ]
        campaign.costs.update(actual=10)
        assert report(campaign).cost_per_answer == 20
        campaign.costs.all().delete()
        assert words.cost_words(campaign, report(campaign)) == []


def test_the_first_words_say_how_it_stands_to_the_goal(campaign: Any) -> None:
    with staff_scope(campaign.manufacturer_id):
        assert words.headline(campaign, report(campaign)) == (
            "The reply rate is 0.0 % (0.0 to 8.8): it may be the 3 % you asked for."
        )
        for number in range(10):
            record(reader(campaign, number), "reply", at=SENT + DAY)
        assert words.headline(campaign, report(campaign)) == (
            "The reply rate is 25.0 % (14.2 to 40.2), above the 3 % you asked for."
        )
        campaign.goal_value = 50
        assert words.headline(campaign, report(campaign)).endswith("below the 50 % you asked for.")
        Recipient.objects.update(sent_at=None)
        assert words.headline(campaign, report(campaign)) == "Nothing has been sent yet."


def test_page_pdf_and_sheet_tell_the_same_in_each_language(
    campaign: Any, owner: Membership, client_for: Callable[[Membership], Client]
) -> None:
    with staff_scope(campaign.manufacturer_id):
        for number in range(10):
            record(reader(campaign, number), "reply", at=SENT + DAY)
        earlier = CampaignFactory(
            manufacturer=campaign.manufacturer, owner=owner, name="Spring", starts_on="2026-03-01", frozen_at=SENT
        )
    RecipientFactory(manufacturer=campaign.manufacturer, campaign=earlier, sent_at=SENT)
    client = client_for(owner)
    at = f"/hanbit/campaigns/{campaign.pk}/"
    page = client.get(at, {"tab": "result", "by": "country"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "The reply rate is 25.0 % (14.2 to 40.2), above the 3 % you asked for." in text
    assert "South Korea" in text
    assert "Spring" in text
    assert "<script>x" not in text
    assert client.get(at, {"tab": "result", "by": "no-such"}).status_code == 200
    for language in ("en", "ko", "ja"):
        owner.user.language = language
        owner.user.save()
        answer = client_for(owner).get(f"{at}report.pdf")
        assert answer["Content-Disposition"].startswith("attachment")
        told = "".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(answer.content)).pages)
        assert "<script>x</script>" in told
        assert "14.2" in told
        brackets = {"en": "In brackets", "ko": "괄호 안", "ja": "かっこ内"}
        assert brackets[language] in told
    sheet = client.get(f"{at}report/", {"by": "country", "format": "csv"})
    assert b"14.2" in sheet.getvalue()
    assert client.get(f"{at}report/", {"by": "partner"}).status_code == 404


def test_staff_enter_what_came_by_post(
    campaign: Any, owner: Membership, client_for: Callable[[Membership], Client]
) -> None:
    house = campaign.manufacturer_id
    with staff_scope(house):
        with pytest.raises(EnteringError) as error:
            enter_results(campaign, "nobody@a.example\nr1@a.example;maybe\nReader 2;call;30.6.2026\nOut;call")
        assert len(error.value.problems) == 4
        assert Response.objects.count() == 0
        lines = "R1@a.example;call;2026-06-05;After 3\n\nReader 2\tnot_interested\nr3@a.example;back\nReader 4"
        assert enter_results(campaign, lines) == 4
        assert enter_results(campaign, lines) == 0
        one, two, three = (reader(campaign, number) for number in (1, 2, 3))
        assert timezone.localtime(one.replied_at).date() == dt.date(2026, 6, 5)
        assert (two.replied_at is None, three.bounced_at is None) == (True, False)  # answered long after its window
        assert Task.objects.get().title == "Reader 1: “Call me”"
    client = client_for(owner)
    answer = client.post(f"/hanbit/campaigns/{campaign.pk}/answers/", {"lines": "<b>x</b>"})
    assert answer.status_code == 200
    assert b"<b>x</b>" not in answer.content
    assert client.post(f"/hanbit/campaigns/{campaign.pk}/answers/", {"lines": "Reader 9"}).status_code == 302


def test_what_nobody_acts_on_is_entered_at_one_cost(campaign: Any) -> None:
    def statements(numbers: range, day: str) -> int:
        lines = [
            f"Reader {number};{'back' if number % 3 == 0 else 'replied'};{day};Thanks {number}" for number in numbers
        ]
        with CaptureQueriesContext(connection) as asked:
            assert enter_results(campaign, "\n".join([*lines, lines[0].replace("Thanks", "Again")])) == len(numbers)
        return len(asked)

    with staff_scope(campaign.manufacturer_id):
        assert statements(range(1, 5), "2026-06-05") == statements(range(5, 20), "2026-06-06")
        said = dict(Response.objects.filter(kind="typed").values_list("recipient__name", "detail"))
        assert (said["Reader 1"], said["Reader 19"]) == ("replied Thanks 1", "replied Thanks 19")
        assert Response.objects.filter(kind="bounce").count() == 6


def test_of_whom_nothing_was_entered_nobody_is_loaded(campaign: Any) -> None:
    loaded: list[str] = []

    def note(instance: Recipient, **_more: Any) -> None:
        loaded.append(instance.name)

    with staff_scope(campaign.manufacturer_id):
        for number, name in ((7, "ΣΟΦΟΣ"), (8, "Σοφός Πέτρος"), (9, "İpek"), (10, "김 \\D"), (11, "0105")):
            Recipient.objects.filter(pk=reader(campaign, number).pk).update(name=name)
        Recipient.objects.filter(campaign=campaign, name="Reader 12").update(address="010-1234-5678")
        Recipient.objects.filter(campaign=campaign, name="Reader 13").update(address="")
        pks = dict(Recipient.objects.filter(campaign=campaign).values_list("name", "pk"))
        campaign.channel = "fax"
        post_init.connect(note, sender=Recipient)
        try:
            lines = "σοφος\nΣΟΦΌΣ ΠΈΤΡΟΣ\nİPEK\n김 \\d\n(010) 5\n+010 1234 5678\nR14@A.EXAMPLE"
            assert enter_results(campaign, lines) == 7
            assert sorted(loaded) == sorted(
                ["ΣΟΦΟΣ", "Σοφός Πέτρος", "İpek", "김 \\D", "0105", "Reader 12", "Reader 14"]
            )
            with pytest.raises(EnteringError, match="was not sent to “”"):
                enter_results(campaign, ";call")
        finally:
            post_init.disconnect(note, sender=Recipient)
        assert set(Response.objects.values_list("recipient", flat=True)) == {pks[name] for name in loaded}


def test_the_result_costs_the_same_however_many_answered(
    campaign: Any, owner: Membership, client_for: Callable[[Membership], Client]
) -> None:
    client = client_for(owner)
    urls = [f"/hanbit/campaigns/{campaign.pk}/?tab=result{by}" for by in ("", "&by=grade", "&by=kind")]

    def counts() -> list[int]:
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            found.append(len(asked))
        return found

    def answers(numbers: range) -> None:
        with staff_scope(campaign.manufacturer_id):
            for number in numbers:
                record(
                    reader(campaign, number), "click", at=SENT + number * DAY / 3, detail=f"https://a.example/{number}"
                )
                record(
                    reader(campaign, number), "answer", at=SENT + DAY, detail=("call", "sample")[number % 2], key="a"
                )
            Recipient.objects.filter(campaign=campaign, name__in=[f"Reader {n}" for n in numbers]).update(
                grade=f"grade {len(numbers)}", ordered_on="2026-06-04", order_amount=len(numbers)
            )

    def campaigns_before(numbers: range) -> None:
        for number in numbers:
            earlier = CampaignFactory(
                manufacturer=campaign.manufacturer, owner=owner, name=f"Earlier {number}", frozen_at=SENT, state="closed",
                starts_on="2026-01-05", ends_on="2026-02-05",
            )  # fmt: skip
            RecipientFactory(manufacturer=campaign.manufacturer, campaign=earlier, sent_at=SENT - 100 * DAY)

    answers(range(3))
    campaigns_before(range(1))
    counts()
    before = counts()
    answers(range(3, 38))
    campaigns_before(range(1, 5))
    assert counts() == before
    assert max(before) <= 60
