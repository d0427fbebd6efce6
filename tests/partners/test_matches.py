"""Partners find partners by what their cards say, ask each other, and are rewarded for introductions."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Notice
from partners.models import Enquiry, EnquiryMessage, IntroductionReward, Partner, PartnerCard, Prospect
from partners.selectors import matches as reading
from partners.services import matches as services
from partners.services.matches import MatchError
from partners.timeline import timeline_of
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory, SpecialisationFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]


@pytest.fixture
def sibling_admin(sibling: Partner) -> Membership:
    return PartnerMemberFactory(manufacturer=sibling.manufacturer, partner=sibling, role=Role.PARTNER_ADMIN)


def show(*partners: Partner, **fields: object) -> list[PartnerCard]:
    with staff_scope(partners[0].manufacturer_id):
        return [
            PartnerCard.objects.create(partner=each, name=each.name, is_published=True, **fields) for each in partners
        ]


def ask(asking: Partner, asked: Partner, **fields: object) -> Enquiry:
    with staff_scope(asking.manufacturer_id):
        return Enquiry.objects.create(
            asking=asking, asked=asked, asking_name=asking.name, asked_name=asked.name,
            **{"kind": "joint_bid", "subject": "Hotel floors"} | fields,
        )  # fmt: skip


def the_enquiry(manufacturer_id: int) -> Enquiry:
    with staff_scope(manufacturer_id):
        return Enquiry.objects.get()


def told(member: Membership) -> list[str]:
    with staff_scope(member.manufacturer_id):
        return list(Notice.objects.filter(recipient=member).order_by("pk").values_list("kind", flat=True))


# --- Cards ------------------------------------------------------------------------------------------------------------


def test_a_card_is_written_by_an_admin_and_shows_the_others_only_to_who_shows_its_own(
    client_for: SignIn, partner: Partner, sibling: Partner, partner_admin: Membership, rep: Membership
) -> None:
    show(sibling, offers="Fits floors")
    client = client_for(partner_admin)
    page = client.get("/hanbit/portal/matches/")
    assert (page.context["title"], page.context["cards"]) == ("Show your card, and you see those of others", [])
    assert client.get("/hanbit/portal/matches/card/").context["form"].initial["kinds"] == [partner.kind.code]
    assert client_for(rep).get("/hanbit/portal/matches/card/").status_code == 403
    data = {
        "kinds": [partner.kind.code],
        "languages": ["ko"],
        "region": "Seoul",
        "offers": "<b>Shop</b>",
        "name": "Forged",
    }
    client.post("/hanbit/portal/matches/card/", data | {"is_published": "on"})
    with staff_scope(partner.manufacturer_id):
        card = PartnerCard.objects.get(partner=partner)
        assert (card.name, card.country, card.kinds, card.region) == (
            "Seoul Agency",
            "KR",
            [partner.kind.code],
            "Seoul",
        )
    page = client.get("/hanbit/portal/matches/")
    assert page.context["title"] == "1 partner can be asked"
    assert [each["card"].name for each in page.context["cards"]] == ["Busan Dealer"]
    client.post("/hanbit/portal/matches/card/", data)
    assert client.get("/hanbit/portal/matches/").context["cards"] == []


def test_others_are_searched_by_kind_specialisation_region_and_words(
    client_for: SignIn, partner: Partner, sibling: Partner, rep: Membership
) -> None:
    SpecialisationFactory(manufacturer=partner.manufacturer, code="floors")
    third = PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind, name="Jeju Shop")
    show(partner)
    show(sibling, kinds=["dealer"], specialisations=["floors"], region="Busan", offers="Fits oak")
    show(third, kinds=["shop"], region="Jeju", seeks="An installer")
    client = client_for(rep)

    def found(query: str) -> list[str]:
        return [each["card"].name for each in client.get(f"/hanbit/portal/matches/{query}").context["cards"]]

    assert found("") == ["Busan Dealer", "Jeju Shop"]
    assert found("?kind=dealer") == found("?specialisation=floors") == found("?region=Busan") == ["Busan Dealer"]
    assert (found("?words=installer"), found("?words=oak+busan"), found("?region=Seoul")) == (
        ["Jeju Shop"], ["Busan Dealer"], [],
    )  # fmt: skip


def test_the_database_shows_cards_and_nothing_else(
    partner: Partner, sibling: Partner, other_manufacturer: Manufacturer
) -> None:
    foreign = PartnerFactory(manufacturer=other_manufacturer)
    show(foreign)
    show(sibling)
    (own,) = show(partner)
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert sorted(PartnerCard.objects.values_list("name", flat=True)) == ["Busan Dealer", "Seoul Agency"]
        assert list(Partner.objects.values_list("code", flat=True)) == ["A1"]
        assert PartnerCard.objects.filter(partner=sibling).update(name="x") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            PartnerCard.objects.create(partner=sibling, name="x")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Enquiry.objects.create(asking=partner, asked=sibling, kind="joint_bid", subject="x")
        PartnerCard.objects.filter(pk=own.pk).update(is_published=False)
        assert list(PartnerCard.objects.values_list("name", flat=True)) == ["Seoul Agency"]
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=sibling.pk).update(stage="ended")
        assert not PartnerCard.objects.get(partner=sibling).is_published


def test_a_first_card_saved_twice_is_one(partner: Partner, partner_admin: Membership) -> None:
    with partner_scope(partner.manufacturer_id, partner.pk):
        for offers in ("Floors", "Walls"):  # both forms were opened before there was a card
            services.save_card(PartnerCard(partner=partner, offers=offers), by=partner_admin)
        assert list(PartnerCard.objects.values_list("name", "offers")) == [("Seoul Agency", "Walls")]


@pytest.mark.parametrize("name", ["words", "kind", "specialisation", "region"])
def test_a_search_for_what_is_longer_than_any_text_is_no_search(
    client_for: SignIn, partner: Partner, sibling: Partner, rep: Membership, name: str
) -> None:
    show(partner)
    show(sibling)
    page = client_for(rep).get(f"/hanbit/portal/matches/?{name}={'x' * 121}")
    assert (page.status_code, page.context["title"], page.context["asked"][name]) == (200, "1 partner can be asked", "")


def test_the_title_counts_all_pages(client_for: SignIn, partner: Partner, sibling: Partner, rep: Membership) -> None:
    show(partner)
    show(*(PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind) for _number in range(21)))
    page = client_for(rep).get("/hanbit/portal/matches/")
    assert (page.context["title"], len(page.context["cards"])) == ("21 partners can be asked", 20)


# --- Enquiries --------------------------------------------------------------------------------------------------------


def test_a_referral_is_asked_accepted_and_talked_about(
    client_for: SignIn,
    partner: Partner,
    sibling: Partner,
    partner_admin: Membership,
    sibling_admin: Membership,
    manager: Membership,
) -> None:
    _own, card = show(partner, sibling)
    asking, asked = client_for(partner_admin), client_for(sibling_admin)
    url = f"/hanbit/portal/matches/{card.pk}/enquire/"
    data = {"kind": "referral", "subject": "Flat in Busan", "text": "30 m²"}
    assert asking.post(url, data).context["form"].errors == {
        "share": ["Say which share you ask for the customer, in %."]
    }
    for _click in range(2):
        asking.post(url, data | {"share": "7.5"})
    enquiry = the_enquiry(partner.manufacturer_id)
    assert (enquiry.asking_id, enquiry.asked_id, enquiry.share, enquiry.state) == (
        partner.pk, sibling.pk, Decimal("7.5"), "open",
    )  # fmt: skip
    assert told(sibling_admin) == ["partners.enquiry_received"]
    page = f"/hanbit/portal/enquiries/{enquiry.pk}/"
    waiting = asked.get("/hanbit/portal/").context["waiting"]
    assert [str(item.title) for item in waiting if item.url == page] == ["Seoul Agency asks you: Flat in Busan"]
    assert asked.get("/hanbit/portal/enquiries/").context["title"] == "1 enquiry waits for your answer"

    asking.post(f"{page}step/", {"step": "accept"})
    assert the_enquiry(partner.manufacturer_id).state == "open"
    asked.post(f"{page}step/", {"step": "accept"})
    enquiry = the_enquiry(partner.manufacturer_id)
    assert (enquiry.state, enquiry.answered_by_name) == ("accepted", sibling_admin.name)
    asking.post(f"{page}step/", {"step": "withdraw"})
    assert the_enquiry(partner.manufacturer_id).state == "accepted"
    for _click in range(2):
        asked.post(page, {"body": "We call her today."})
    client_for(manager).post(f"/hanbit/enquiries/{enquiry.pk}/", {"body": "Good luck."})
    assert [message.body for message in asking.get(page).context["said"]] == ["We call her today.", "Good luck."]
    assert told(partner_admin) == [
        "partners.enquiry_answered", "partners.enquiry_message", "partners.enquiry_message",
    ]  # fmt: skip
    with staff_scope(partner.manufacturer_id):
        entries = timeline_of(manager, partner, sources=["enquiries"]).entries
    assert [(each.entry.title, each.entry.text) for each in entries] == [
        ("Seoul Agency asks Busan Dealer: Flat in Busan", "Referral · Accepted")
    ]


def test_nobody_else_reads_or_answers_an_enquiry(
    client_for: SignIn, partner: Partner, sibling: Partner, rep: Membership, stranger: Membership, analyst: Membership
) -> None:
    third = PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind)
    outsider = PartnerMemberFactory(manufacturer=partner.manufacturer, partner=third, role=Role.PARTNER_ADMIN)
    enquiry = ask(sibling, partner)
    with staff_scope(partner.manufacturer_id):
        EnquiryMessage.objects.create(enquiry=enquiry, partner=partner, by=rep, by_name="Rep", body="Secret")
    portal, staff = f"/hanbit/portal/enquiries/{enquiry.pk}/", f"/hanbit/enquiries/{enquiry.pk}/"
    assert [client_for(each).get(portal).status_code for each in (rep, outsider, stranger)] == [200, 404, 404]
    assert [client_for(each).get(staff).status_code for each in (analyst, rep, stranger)] == [200, 404, 404]
    assert client_for(analyst).post(staff, {"body": "x"}).status_code == 403
    assert client_for(rep).post(f"{portal}step/", {"step": "accept"}).status_code == 403
    assert client_for(outsider).post(f"{portal}step/", {"step": "accept"}).status_code == 404
    assert the_enquiry(partner.manufacturer_id).state == "open"
    with partner_scope(third.manufacturer_id, third.pk):
        assert (Enquiry.objects.count(), EnquiryMessage.objects.count()) == (0, 0)
        with pytest.raises(MatchError, match="Who was asked answers"):
            services.answer_enquiry(enquiry, accept=True, by=outsider)
        with pytest.raises(MatchError, match="between two other partners"):
            services.say(enquiry, body="x", by=outsider)


def test_who_may_not_answer_does_not_write_either(
    client_for: SignIn, partner: Partner, sibling: Partner, rep: Membership, partner_admin: Membership
) -> None:
    url = f"/hanbit/portal/enquiries/{ask(sibling, partner).pk}/"
    assert [client_for(each).get(url).context["can_say"] for each in (rep, partner_admin)] == [False, True]
    assert [client_for(each).post(url, {"body": "Hello"}).status_code for each in (rep, partner_admin)] == [403, 302]
    with staff_scope(partner.manufacturer_id):
        assert list(EnquiryMessage.objects.values_list("by_id", "body")) == [(partner_admin.pk, "Hello")]


def test_a_reason_that_no_text_can_be_is_refused(
    client_for: SignIn, partner: Partner, sibling: Partner, partner_admin: Membership
) -> None:
    enquiry = ask(sibling, partner)
    url = f"/hanbit/portal/enquiries/{enquiry.pk}/step/"
    response = client_for(partner_admin).post(url, {"step": "decline", "reason": "a\0b"}, follow=True)
    assert [str(each) for each in response.context["messages"]] == ["Null characters are not allowed."]
    assert the_enquiry(partner.manufacturer_id).state == "open"
    client_for(partner_admin).post(url, {"step": "decline", "reason": "No room"})
    assert (the_enquiry(partner.manufacturer_id).state, the_enquiry(partner.manufacturer_id).reason) == (
        "declined", "No room",
    )  # fmt: skip


def test_withdrawing_gives_no_more_enquiries_in_a_day(
    partner: Partner, sibling: Partner, partner_admin: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    _own, card = show(partner, sibling)
    monkeypatch.setattr(services, "MOST_A_DAY", 1)
    with partner_scope(partner.manufacturer_id, partner.pk):
        enquiry = services.send_enquiry(card, kind="joint_bid", subject="x", by=partner_admin)
        services.withdraw_enquiry(enquiry, by=partner_admin)
        with pytest.raises(MatchError, match="These are many for one day"):
            services.send_enquiry(card, kind="joint_bid", subject="y", by=partner_admin)


def test_who_hides_its_card_can_neither_ask_nor_be_asked(
    partner: Partner, sibling: Partner, partner_admin: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, card = show(partner, sibling)
    with staff_scope(partner.manufacturer_id):
        PartnerCard.objects.filter(pk=own.pk).update(is_published=False)
    with partner_scope(partner.manufacturer_id, partner.pk), pytest.raises(MatchError, match="show their card"):
        services.send_enquiry(card, kind="joint_bid", subject="x", by=partner_admin)
    with staff_scope(partner.manufacturer_id):
        PartnerCard.objects.filter(pk=own.pk).update(is_published=True)
    monkeypatch.setattr(services, "MOST_OPEN", 1)
    with partner_scope(partner.manufacturer_id, partner.pk):
        services.send_enquiry(card, kind="joint_bid", subject="x", by=partner_admin)
        with pytest.raises(MatchError, match="still wait"):
            services.send_enquiry(card, kind="joint_bid", subject="y", by=partner_admin)
        with pytest.raises(MatchError, match="another company"):
            services.send_enquiry(own, kind="joint_bid", subject="z", by=partner_admin)


@pytest.mark.parametrize("size", [1, 4])
def test_pages_ask_the_same_number_of_queries_at_any_size(
    client_for: SignIn, partner: Partner, rep: Membership, manager: Membership, size: int
) -> None:
    show(partner)
    for number in range(size):
        other = PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind, name=f"Other {number}")
        show(other, region="Busan")
        ask(other, partner)
    portal, staff = client_for(rep), client_for(manager)
    counted = []
    for client, url, rows in (
        (portal, "/hanbit/portal/matches/", lambda context: context["cards"]),
        (portal, "/hanbit/portal/enquiries/", lambda context: context["received"]),
        (staff, "/hanbit/enquiries/", lambda context: context["list"].page.rows),
    ):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert len(rows(client.get(url).context)) == size
        counted.append(len(asked))
    assert counted == [18, 12, 13]


# --- Introductions ----------------------------------------------------------------------------------------------------


def introduced(by: Partner, company: str, **fields: Any) -> Prospect:
    with staff_scope(by.manufacturer_id):
        return Prospect.objects.create(reference=company.upper(), company=company, introduced_by_partner=by, **fields)


def test_introductions_are_counted_rewarded_and_shown_to_the_introducer(
    client_for: SignIn, partner: Partner, sibling: Partner, manager: Membership, analyst: Membership,
    partner_admin: Membership, sibling_rep: Membership,
) -> None:  # fmt: skip
    made = PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind)
    won = introduced(partner, "Hanok", partner=made, stage="active")
    introduced(partner, "Mori")
    foreign = introduced(sibling, "Sora")
    staff, url = client_for(manager), f"/hanbit/recruiting/introducers/{partner.pk}/"
    assert staff.get(url).context["title"] == "Seoul Agency introduced 2 companies; 1 became partners"
    assert client_for(analyst).get(url).status_code == 403
    new = f"{url}rewards/new/"
    assert staff.post(new, {"state": "due"}).context["form"].errors == {"amount": ["Say an amount, or a favour."]}
    assert list(staff.post(new, {"state": "due", "amount": "5", "prospect": foreign.pk}).context["form"].errors) == [
        "prospect"
    ]
    staff.post(new, {"state": "due", "amount": "500000", "prospect": won.pk, "note": "Thank you"})
    with staff_scope(partner.manufacturer_id):
        reward = IntroductionReward.objects.get()
        assert (reward.company, reward.amount, reward.state, reward.by_id) == (
            "Hanok",
            Decimal(500000),
            "due",
            manager.pk,
        )
        assert reading.reward_totals()[partner.pk] == reading.RewardTotals(1, 0, Decimal(500000), Decimal(0))
    assert told(partner_admin) == ["partners.reward_recorded"]
    items = staff.get("/hanbit/").context["waiting"]
    assert [str(item.title) for item in items if item.url == url] == ["1 reward for an introduction is due"]
    rows = staff.get("/hanbit/recruiting/introducers/").context["rows"]
    assert [(each.name, rewards.due if rewards else 0) for each, rewards in rows] == [
        ("Seoul Agency", 1),
        ("Busan Dealer", 0),
    ]

    own = client_for(partner_admin).get("/hanbit/portal/introductions/")
    assert own.context["title"] == "You introduced 2 companies; 1 became partners"
    assert [each.pk for each in own.context["rewards"]] == [reward.pk]
    others = client_for(sibling_rep).get("/hanbit/portal/introductions/")
    assert (others.context["title"], others.context["rewards"]) == (
        "You introduced 1 company; 0 became a partner", [],
    )  # fmt: skip
    staff.post(f"/hanbit/recruiting/rewards/{reward.pk}/", {"state": "paid", "amount": "500000", "prospect": won.pk})
    with staff_scope(partner.manufacturer_id):
        reward = IntroductionReward.objects.get()
        assert (reward.state, reward.paid_on is not None) == ("paid", True)
        assert not reading.rewards_due().exists()
    with partner_scope(partner.manufacturer_id, partner.pk):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            IntroductionReward.objects.update(amount=1)
        assert reading.own_introductions() == reading.Introductions(2, 1)


def test_the_same_reward_within_a_minute_is_taken_once(
    client_for: SignIn, partner: Partner, manager: Membership, owner: Membership, partner_admin: Membership
) -> None:
    company = introduced(partner, "Hanok")
    url = f"/hanbit/recruiting/introducers/{partner.pk}/rewards/new/"
    data = {"state": "due", "amount": "500000", "prospect": company.pk, "note": "Thank you"}
    for each in (manager, manager, owner):
        assert client_for(each).post(url, data).status_code == 302
    client_for(manager).post(url, data | {"amount": "500001"})
    with staff_scope(partner.manufacturer_id):
        rewards = IntroductionReward.objects.order_by("pk")
        assert list(rewards.values_list("by_id", "amount")) == [
            (manager.pk, Decimal(500000)), (owner.pk, Decimal(500000)), (manager.pk, Decimal(500001)),
        ]  # fmt: skip
        rewards.update(created_at=timezone.now() - dt.timedelta(seconds=61))
    client_for(manager).post(url, data)
    with staff_scope(partner.manufacturer_id):
        assert IntroductionReward.objects.count() == 4
    assert told(partner_admin) == ["partners.reward_recorded"] * 4
