import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import (
    Campaign,
    CampaignContent,
    CampaignVariant,
    Mailing,
    Message,
    MessengerTemplate,
    Recipient,
)
from campaigns.selectors.calendar import clashes, people_of, sends_between
from campaigns.selectors.campaigns import campaigns_for, recipients_for
from campaigns.services.campaigns import advance
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.campaigns.factories import CampaignFactory, RecipientFactory
from tests.campaigns.test_campaigns import ready, with_line
from tests.campaigns.test_freezing import planned
from tests.factories import ContactFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_at_once")]
ClientFor = Callable[[Membership], Client]
MONDAY = dt.date(2026, 6, 1)


@pytest.fixture
def marketing(manufacturer: Any) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.MARKETING, user__name="Marketer Han")


def typed(owner: Membership, **more: Any) -> dict[str, Any]:
    return {
        "name": "Autumn fair",
        "owner": owner.pk,
        "goal": "replies",
        "goal_value": "4",
        "budget": "500",
        "channel": "email",
        "readers": "people",
        "roles": ["purchasing"],
        "starts_on": "2027-09-01",
        "ends_on": "2027-09-30",
        "window_days": "28",
        "holdout": "10",
        "pilot_size": "0",
        "pilot_goal": "replies",
        "pilot_at_least": "3",
        "pilot_level": "95",
        "checks": "Prices agreed\n\nSamples",
        **more,
    }


def test_a_plan_is_typed_and_changed(marketing: Membership, client_for: ClientFor) -> None:
    client = client_for(marketing)
    client.post("/hanbit/campaigns/new/", typed(marketing))
    with staff_scope(marketing.manufacturer_id):
        campaign = Campaign.objects.get()
        assert (campaign.name, campaign.roles, campaign.created_by_id) == ("Autumn fair", ["purchasing"], marketing.pk)
        assert list(campaign.checks.values_list("what", flat=True)) == ["Prices agreed", "Samples"]
        assert CampaignVariant.objects.get().label == "A"
    client.post(f"/hanbit/campaigns/{campaign.pk}/edit/", typed(marketing, name="Winter fair", roles=[]))
    with staff_scope(marketing.manufacturer_id):
        campaign.refresh_from_db()
        assert (campaign.name, campaign.roles) == ("Winter fair", [])


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"ends_on": "2027-08-01"}, "The end lies before the start."),
        ({"pilot_size": "100"}, "Say when the roll-out comes"),
        (
            {"pilot_size": "100", "rollout_on": "2027-12-01"},
            "The roll-out comes after the start and within the period.",
        ),
        ({"pilot_size": "100", "rollout_on": "2027-09-08", "pilot_at_least": "0"}, "A rate above 0 and below 100."),
        ({"readers": "customers", "channel": "portal"}, "End customers have no place in the portal"),
        ({"product_code": "NONE"}, "There is no product of this code."),
        ({"name": "Taken"}, "Another campaign has this name."),
    ],
)
def test_wrong_plans_say_what_is_wrong(
    marketing: Membership, client_for: ClientFor, more: dict[str, Any], sentence: str
) -> None:
    CampaignFactory(manufacturer=marketing.manufacturer, owner=marketing, name="Taken")
    answer = client_for(marketing).post("/hanbit/campaigns/new/", typed(marketing, **more))
    assert sentence in answer.content.decode()
    with staff_scope(marketing.manufacturer_id):
        assert Campaign.objects.count() == 1


def test_steps_are_taken_by_who_may(
    owner: Membership, marketing: Membership, analyst: Membership, partner: Any, client_for: ClientFor
) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = ready(owner, partner)
    url = f"/hanbit/campaigns/{campaign.pk}/step/"
    assert client_for(analyst).post(url, {"to": "approval"}).status_code == 403
    assert client_for(marketing).post(url, {"to": "elsewhere"}).status_code == 404
    page = client_for(marketing).post(url, {"to": "approval", "note": "Before <b>the fair</b>"}, follow=True)
    assert "Before &lt;b&gt;the fair&lt;/b&gt;" in page.content.decode()
    with staff_scope(owner.manufacturer_id):
        campaign.refresh_from_db()
        assert campaign.state == "approved"
    assert client_for(marketing).get(f"/hanbit/campaigns/{campaign.pk}/edit/").status_code == 403
    refused = client_for(marketing).post(url, {"to": "closed"}, follow=True)
    assert "does not come after it" in refused.content.decode()


def test_who_sees_only_assigned_partners_sees_only_their_campaigns(owner: Membership, client_for: ClientFor) -> None:
    assigned = MembershipFactory(manufacturer=owner.manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(owner.manufacturer_id):
        theirs = CampaignFactory(manufacturer=owner.manufacturer, owner=assigned)
        other = CampaignFactory(manufacturer=owner.manufacturer, owner=owner)
        assert list(campaigns_for(assigned)) == [theirs]
        assert set(campaigns_for(owner)) == {theirs, other}
    client = client_for(assigned)
    assert client.get(f"/hanbit/campaigns/{theirs.pk}/").status_code == 200
    assert client.get(f"/hanbit/campaigns/{other.pk}/").status_code == 404
    assert client.get(f"/hanbit/campaigns/{other.pk}/readers/").status_code == 404
    assert client.post(f"/hanbit/campaigns/{other.pk}/step/", {"to": "stopped", "note": "x"}).status_code == 404


def test_end_customers_are_named_only_to_who_may_see_them(owner: Membership, analyst: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = CampaignFactory(manufacturer=owner.manufacturer, owner=owner, readers="customers")
        RecipientFactory(manufacturer=owner.manufacturer, campaign=campaign, partner=partner, contact=None)
        assert recipients_for(owner, campaign).count() == 1
        assert recipients_for(analyst, campaign).count() == 0


def test_a_text_is_shown_as_it_reads_and_runs_nothing(marketing: Membership, client_for: ClientFor) -> None:
    with staff_scope(marketing.manufacturer_id):
        campaign = planned(marketing)
    client = client_for(marketing)
    answer = client.post(
        f"/hanbit/campaigns/{campaign.pk}/texts/preview/",
        {
            "language": "en",
            "subject": "<script>x</script> for {partner}",
            "body": "**Dear {name}** {grade|valued partner}\n\n<img src=x onerror=alert(1)>\n\n{nmae}",
            "answers": ["sample"],
        },
    ).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt; for Example Company" in answer
    assert "<strong>Dear Kim Minsu</strong> valued partner" in answer
    assert "<img" not in answer
    assert "Send me a sample" in answer
    assert "There is no field {nmae}" in answer


def test_texts_and_variants_are_kept_and_taken_away(marketing: Membership, client_for: ClientFor) -> None:
    with staff_scope(marketing.manufacturer_id):
        campaign = planned(marketing, languages=("en",))
    client, base = client_for(marketing), f"/hanbit/campaigns/{campaign.pk}"
    client.post(f"{base}/variants/", {"about": "Shorter", "share": "2"})
    with staff_scope(marketing.manufacturer_id):
        variant = CampaignVariant.objects.get(label="B")
        assert (variant.about, variant.share) == ("Shorter", 2)
    plan = client.get(f"{base}/").content.decode()
    assert "Variant B has no text yet" in plan
    assert f'href="{base}/?tab=texts">Write the texts' in plan
    form = client.get(f"{base}/texts/new/{variant.pk}/").content.decode()
    assert ('<option value="" selected>Every country' in form, '<option value="KR">South Korea' in form) == (True, True)
    assert client.post(f"{base}/texts/new/{variant.pk}/", {"country": "QQ"}).context["form"].errors["country"]
    text = {"language": "ko", "country": "KR", "subject": "여름", "body": "안녕하세요", "answers": ["call"]}
    client.post(f"{base}/texts/new/{variant.pk}/", text)
    again = client.post(f"{base}/texts/new/{variant.pk}/", text)
    assert "There is a text for this language and country already." in again.content.decode()
    with staff_scope(marketing.manufacturer_id):
        content = CampaignContent.objects.get(variant=variant)
        assert (content.country, content.answers) == ("KR", ["call"])
    client.post(f"{base}/texts/{content.pk}/", {"remove": "1"})
    client.post(f"{base}/variants/", {"remove": str(variant.pk)})
    with staff_scope(marketing.manufacturer_id):
        assert not CampaignVariant.objects.filter(label="B").exists()


def test_the_size_of_a_pilot_is_proposed(marketing: Membership, client_for: ClientFor) -> None:
    url = "/hanbit/campaigns/pilot-size/?pilot_at_least=3&pilot_level=95&within=1"
    assert "it takes 1,143 readers" in client_for(marketing).get(url).content.decode()
    assert "takes" not in client_for(marketing).get(url + "x").content.decode()


# --- The calendar -----------------------------------------------------------------------------------------------------


def running(owner: Membership, name: str, people: list[Any], **kwargs: Any) -> Any:
    campaign = CampaignFactory(
        manufacturer=owner.manufacturer,
        owner=owner,
        name=name,
        **{"state": "approved", "frozen_at": timezone.now(), "starts_on": MONDAY, **kwargs},
    )
    for each in people:
        RecipientFactory(
            manufacturer=owner.manufacturer, campaign=campaign, partner=each.partner, contact=each, name=each.name
        )
    return campaign


def test_clashes_are_counted_by_week_and_campaigns(owner: Membership, partner: Any, client_for: ClientFor) -> None:
    with staff_scope(owner.manufacturer_id):
        people = [
            ContactFactory(manufacturer=owner.manufacturer, partner=partner, name=f"Person {n}") for n in range(5)
        ]
        a = running(owner, "A", people)
        b = running(owner, "B", people[:3], starts_on=MONDAY + dt.timedelta(days=6))
        c = running(owner, "C", people[1:3])
        running(owner, "Next week", people, starts_on=MONDAY + dt.timedelta(days=7))
        running(owner, "Portal", people, channel="portal")
        running(owner, "Being planned", [], state="plan")
        held = running(owner, "Held", people[:1])
        Recipient.objects.filter(campaign=held).update(arm="holdout")
        sends = sends_between(MONDAY, MONDAY + dt.timedelta(days=13))
        found = [(each.week, each.campaigns, each.people, each.is_over) for each in clashes(sends, cap=2)]
        assert found == [
            (MONDAY, (a.pk, b.pk, c.pk), 2, True),
            (MONDAY, (a.pk, b.pk), 1, False),
        ]
        week = [send for send in sends if send.week == MONDAY]
        assert [row[0] for row in people_of(week, {a.pk, b.pk, c.pk}, most=10)] == ["Person 1", "Person 2"]
        assert [row[0] for row in people_of(week, {a.pk, b.pk}, most=10)] == ["Person 0"]
    client = client_for(owner)
    page = client.get("/hanbit/campaigns/calendar/?from=2026-05-25").content.decode()
    assert "2 people get 3 mails in the week of" in page
    who = client.get(f"/hanbit/campaigns/calendar/clash/?week={MONDAY}&c={a.pk}&c={b.pk}").content.decode()
    assert "Person 0" in who
    assert "Person 1" not in who


def test_pilots_write_first_and_what_was_stopped_before_it_began_never(owner: Membership, partner: Any) -> None:
    with staff_scope(owner.manufacturer_id):
        later = MONDAY + dt.timedelta(days=10)
        tried = running(owner, "Tried", [], pilot_size=5, rollout_on=later)
        running(owner, "Stopped", [], state="stopped")
        found = {(send.campaign, send.arm, send.day) for send in sends_between(MONDAY, later)}
        assert found == {(tried.pk, "pilot", MONDAY), (tried.pk, "rest", later)}


def test_a_text_by_messenger_takes_an_approved_template_of_its_language(
    owner: Membership, partner: Any, client_for: ClientFor
) -> None:
    with staff_scope(owner.manufacturer_id):
        mail, talk = ready(owner, partner), planned(owner, channel="messenger")
        text = talk.variants.get().contents.get(language="en")
        ready_one, other = (
            MessengerTemplate.objects.create(name=name, language=language, body="Hello", state="approved")
            for name, language in (("Summer", "en"), ("Sommer", "ko"))
        )
        MessengerTemplate.objects.create(name="Not yet", language="en", body="Hello")
        plain = mail.variants.get().contents.first()
    client = client_for(owner)
    page = f"/hanbit/campaigns/{talk.pk}/texts/{text.pk}/"
    shown = client.get(page).content.decode()
    assert ("Summer" in shown, "Not yet" in shown) == (True, False)
    assert 'name="template"' not in client.get(f"/hanbit/campaigns/{mail.pk}/texts/{plain.pk}/").content.decode()
    given = {"language": "en", "subject": "Summer", "body": "Hello", "template": other.pk}
    assert "in another language" in client.post(page, given).content.decode()
    assert client.post(page, given | {"template": ready_one.pk}).status_code == 302
    with staff_scope(owner.manufacturer_id):
        text.refresh_from_db()
        assert text.template_id == ready_one.pk


# --- Queries ----------------------------------------------------------------------------------------------------------


def test_pages_take_as_many_queries_however_much_there_is(
    owner: Membership, partner: Any, client_for: ClientFor
) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = advance(ready(owner, partner), "approval", by=owner)
    client = client_for(owner)
    base = f"/hanbit/campaigns/{campaign.pk}/"
    urls = ["/hanbit/campaigns/", base, f"{base}?tab=texts", f"{base}?tab=readers", f"{base}readers/",
            f"/hanbit/campaigns/calendar/?from={campaign.starts_on}"]  # fmt: skip

    def counts() -> list[int]:
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    counts()
    with staff_scope(owner.manufacturer_id):
        reached = [row.contact for row in Recipient.objects.select_related("contact__partner")]
        running(owner, "First", reached, starts_on=campaign.starts_on, ends_on=campaign.ends_on)
    before = counts()
    with staff_scope(owner.manufacturer_id):
        people = [ContactFactory(manufacturer=owner.manufacturer, partner=partner) for _each in range(5)]
        for number in range(6):
            other = running(owner, f"More {number}", people, starts_on=campaign.starts_on, ends_on=campaign.ends_on)
            CampaignVariant.objects.create(campaign=other, label="A")
        Recipient.objects.bulk_create(
            [Recipient(campaign=campaign, partner=partner, name=f"R{n}", language="en", arm="rest") for n in range(20)]
        )
    assert counts() == before


def test_a_refused_step_keeps_the_note(marketing: Membership, client_for: ClientFor) -> None:
    campaign = CampaignFactory(manufacturer=marketing.manufacturer, owner=marketing)
    answer = client_for(marketing).post(
        f"/hanbit/campaigns/{campaign.pk}/step/", {"to": "approval", "note": 'By Friday, "please"'}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Add a variant." in page
    assert 'value="By Friday, &quot;please&quot;"' in page
    assert client_for(marketing).get(f"/hanbit/campaigns/{campaign.pk}/step/").status_code == 405


def test_what_is_being_written_stays_when_a_colleague_asks_for_approval_meanwhile(
    marketing: Membership, client_for: ClientFor
) -> None:
    client = client_for(marketing)
    campaign = planned(marketing)
    with staff_scope(marketing.manufacturer_id):
        content = CampaignContent.objects.filter(variant__campaign=campaign, language="en").get()
        Campaign.objects.filter(pk=campaign.pk).update(state="approval")
    text, plan = f"/hanbit/campaigns/{campaign.pk}/texts/{content.pk}/", f"/hanbit/campaigns/{campaign.pk}/edit/"
    said = {"language": content.language, "country": "", "subject": "Half an hour of work", "body": "Long and good."}
    for url, sent, kept in (
        (text, said, "Half an hour of work"),
        (plan, typed(marketing, name="A better name"), "A better name"),
    ):
        assert client.get(url).status_code == 403
        answer = client.post(url, sent)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "its plan cannot be changed any more." in page
        assert kept in page
    with staff_scope(marketing.manufacturer_id):
        content.refresh_from_db()
        campaign.refresh_from_db()
        assert content.subject != "Half an hour of work"
        assert campaign.name != "A better name"


def test_two_who_write_costs_do_not_undo_each_other(marketing: Membership, client_for: ClientFor) -> None:
    campaign = CampaignFactory(manufacturer=marketing.manufacturer, owner=marketing)
    url, client = f"/hanbit/campaigns/{campaign.pk}/costs/", client_for(marketing)

    def seen(answer: Any) -> str:
        return str(answer.context["seen"])

    first, second = seen(client.get(url)), seen(client.get(url))
    print_costs = {"what_0": "Print", "planned_0": "300", "actual_0": "320"}
    assert client.post(url, print_costs | {"seen": first}).status_code == 302
    assert client.post(url, print_costs | {"seen": first}).status_code == 302  # a second click
    mine = {"what_0": "Stamps", "planned_0": "80", "actual_0": "-1", "seen": second}
    answer = client.post(url, mine)
    assert seen(answer) == second  # what was wrong for another reason is asked about all the same
    answer = client.post(url, mine | {"actual_0": ""})
    page = answer.content.decode()
    assert "A colleague has changed the costs meanwhile, to “Print: ₩300 / ₩320”." in page
    assert 'value="Stamps"' in page
    with staff_scope(marketing.manufacturer_id):
        assert campaign.costs.get().what == "Print"
    assert client.post(url, mine | {"actual_0": "", "seen": seen(answer)}).status_code == 302
    with staff_scope(marketing.manufacturer_id):
        assert (campaign.costs.get().what, campaign.costs.get().actual) == ("Stamps", None)


def test_a_text_that_names_what_the_plan_does_not_say_is_told_of_before_it_is_approved(
    marketing: Membership, client_for: ClientFor
) -> None:
    client, campaign = client_for(marketing), planned(marketing, languages=("en",))
    at = f"/hanbit/campaigns/{campaign.pk}/"
    with staff_scope(marketing.manufacturer_id):
        content = CampaignContent.objects.get(variant__campaign=campaign)
        content.body = "For {price} {payment|}"
        content.save()
    hole = "{price} would stay empty: the price of the offer is not in the plan."
    assert hole in client.get(at).content.decode()
    form = client.get(f"{at}texts/{content.pk}/").content.decode()
    assert hole in form
    assert "<code>&#123;offer_until&#125;</code>" in form
    assert hole in client.post(f"{at}step/", {"to": "approval"}).content.decode()
    with staff_scope(marketing.manufacturer_id):
        Campaign.objects.filter(pk=campaign.pk).update(offer_price=500)
    assert hole not in client.get(at).content.decode()


def test_what_messages_cost_is_said_where_costs_are_entered(marketing: Membership, client_for: ClientFor) -> None:
    campaign = CampaignFactory(manufacturer=marketing.manufacturer, owner=marketing)
    url, said = f"/hanbit/campaigns/{campaign.pk}/costs/", "The messages that went out so far cost ₩29."
    assert said not in client_for(marketing).get(url).content.decode()
    readers = [RecipientFactory(manufacturer=marketing.manufacturer, campaign=campaign) for _each in range(3)]
    with staff_scope(marketing.manufacturer_id):
        mailing = Mailing.objects.create(campaign=campaign, kind="rollout", starts_at=timezone.now())
        Message.objects.bulk_create(
            [
                Message(mailing=mailing, recipient=reader, cost=cost, due_at=timezone.now())
                for reader, cost in zip(readers, (9, 20, None), strict=True)
            ]
        )
    assert said in client_for(marketing).get(url).content.decode()


def test_it_is_said_beforehand_that_nobody_is_asked(
    client_for: ClientFor, owner: Membership, marketing: Membership, partner: Any
) -> None:
    with staff_scope(owner.manufacturer_id):
        campaign = ready(owner, partner, budget=500)
    page = f"/hanbit/campaigns/{campaign.pk}/"
    told = "No approval line takes this budget: nobody is asked, and it is approved at once."

    def shown() -> tuple[str, bool]:
        found = client_for(marketing).get(page)
        return {to: words for to, words, _look in found.context["steps_next"]}[
            "approval"
        ], told in found.content.decode()

    assert shown() == ("Approve", True)
    with staff_scope(owner.manufacturer_id):
        with_line(owner, amount_from=Decimal(1000))
    assert shown() == ("Approve", True)
    with staff_scope(owner.manufacturer_id):
        with_line(owner, amount_below=Decimal(1000))
    assert shown() == ("Ask for approval", False)
