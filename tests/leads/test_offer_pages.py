"""Offers as people see them: the portal's inbox, the link in the mail, staff's pages; and nothing personal before its time."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from jobs.models import Job
from leads.models import DistributionRule, Lead, LeadField, LeadState, Mode, Offer, ReasonUse, RoutingDecision
from leads.selectors.candidates import Candidates
from leads.services import arrivals, offers
from leads.services import distribution_notices as offers_told
from leads.services.offer_links import link_path
from leads.services.routing import route_lead
from leads.services.routing_jobs import run_routing, start_routing
from notices.delivery import deliver_batch
from notices.models import Delivery, Notice
from pages import formats
from partners.models import Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import PartnerMemberFactory
from tests.leads.factories import LeadFactory, LeadReasonFactory, OfferFactory
from tests.leads.test_candidates import answering

SECRETS = {
    "company": "Miraeglass Interior",
    "name": "Minsu Kanghwan",
    "title": "Headbuyerist",
    "email": "minsu.kanghwan@miraeglass.example",
    "phone": "010-7788-9900",
    "address": "Teheranno-secret 152",
    "postal_code": "06236",
    "business_number": "220-81-62517",
    "website": "https://miraeglass.example",
    "message": "Please ring my wife Younghee",
}
WORDS = [
    "Miraeglass", "Minsu", "Kanghwan", "Headbuyerist", "7788", "Teheranno", "06236", "220-81", "Younghee", "hidden value",
]  # fmt: skip


@pytest.fixture
def lead(manufacturer: Manufacturer, rep: Membership) -> Lead:
    """Full of what must not be seen, also where people put it by mistake; offered to the rep's partner."""
    with staff_scope(manufacturer.pk):
        DistributionRule.objects.create(mode=Mode.BEST, answer_hours=8)
        LeadField.objects.create(key="rooms", labels={"en": "Rooms"}, is_masked=False)
        LeadField.objects.create(key="secret", labels={"en": "Secret"}, is_masked=True)
    lead = LeadFactory(
        manufacturer=manufacturer,
        **SECRETS,
        city="Seoul",
        region="Gangnam",
        amount=7_000_000,
        amount_base=7_000_000,
        currency="KRW",
        subject="New floor for Minsu Kanghwan of Miraeglass, call 010 7788 9900 or minsu.kanghwan@miraeglass.example",
        custom={"rooms": "12, ask Minsu", "secret": "hidden value"},
    )
    with staff_scope(manufacturer.pk):
        arrivals.take_in_arrivals()
    return lead


def offer_of(lead: Lead) -> Offer:
    with staff_scope(lead.manufacturer_id):
        return Offer.objects.select_related("partner").get(lead=lead, state="offered")


def hides(text: str) -> bool:
    found = [word for word in WORDS if word.casefold() in text.casefold()]
    assert not found, found
    return True


def test_nothing_personal_is_in_what_a_partner_reads_before_it_accepts(
    client: Client, lead: Lead, rep: Membership, manufacturer: Manufacturer
) -> None:
    offer = offer_of(lead)
    assert hides(str(offer.facts))
    client.force_login(rep.user)
    inbox = client.get("/hanbit/portal/leads/").content.decode()
    page = client.get(f"/hanbit/portal/leads/offers/{offer.pk}/").content.decode()
    for text in (inbox, page):
        assert hides(text)
        assert "Gangnam" in text
        assert "12, ask …" in text
        assert "New floor for" in text
    with staff_scope(manufacturer.pk):
        told = list(Notice.objects.filter(recipient=rep))
        link = link_path(manufacturer, offer.pk, rep)
    assert [hides(str(notice.facts)) for notice in told] == [True]
    client.logout()
    linked = client.get(link).content.decode()
    assert hides(linked)
    assert "Gangnam" in linked
    for address in ("/hanbit/portal/", "/hanbit/portal/notices/", f"/hanbit/portal/notices/{told[0].pk}/"):
        client.force_login(rep.user)
        assert hides(client.get(address).content.decode())


def test_who_answers_reads_the_time_by_its_own_clock(
    client: Client, manufacturer: Manufacturer, rep: Membership, lead: Lead
) -> None:
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=rep.partner_id).update(country="US", latitude="34.05", longitude="-118.24")
        offer = offer_of(lead)
        told = Notice.objects.get(recipient=rep)
    assert told.facts["zone"] == "Asia/Seoul"  # told before the partner moved
    with staff_scope(manufacturer.pk):
        Delivery.objects.all().delete()
        Notice.objects.all().delete()
        offers_told.offered([offer])
        link = link_path(manufacturer, offer.pk, rep)
    ends = offer.due_at.astimezone(ZoneInfo("America/Los_Angeles"))
    words = f"{formats.date_time(ends, 'en')} ({formats.zone_name(ends, 'en')})"
    mail.outbox.clear()
    deliver_batch(manufacturer.pk)
    (sent,) = mail.outbox
    assert words in sent.body
    assert words in sent.alternatives[0][0]
    assert words in client.get(link).content.decode()
    client.force_login(rep.user)
    for address in ("/hanbit/portal/leads/", f"/hanbit/portal/leads/offers/{offer.pk}/"):
        assert words in client.get(address).content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_mail_is_masked_and_its_link_answers_without_signing_in(
    client: Client, lead: Lead, rep: Membership, manufacturer: Manufacturer, language: str
) -> None:
    with staff_scope(manufacturer.pk):
        Membership.objects.filter(pk=rep.pk).update(language=language)
    deliver_batch(manufacturer.pk)
    (sent,) = mail.outbox
    whole = f"{sent.subject} {sent.body} {sent.alternatives[0][0]}"
    assert hides(whole)
    assert "Seoul" in sent.subject
    stem = link_path(manufacturer, offer_of(lead).pk, rep).split(":")[0]  # what follows tells the second it was made
    (link,) = re.findall(rf"{re.escape(stem)}:[\w:-]+/", str(sent.body))
    assert link in sent.alternatives[0][0]

    for method in (client.get, client.head, client.get):  # a mail scanner opens it, again and again
        assert method(link).status_code == 200
    assert offer_of(lead).state == "offered"
    answered = client.post(link, {"step": "accept"}).content.decode()
    assert hides(answered)
    lead.refresh_from_db = lambda: None  # type: ignore[method-assign]
    with staff_scope(manufacturer.pk):
        now = Lead.objects.get(pk=lead.pk)
        accepted = Offer.objects.get(lead=lead)
        assert (now.state, now.partner_id) == ("accepted", rep.partner_id)
        assert (accepted.answered_by_id, accepted.answered_via) == (rep.pk, "mail")
    again = client.get(link).content.decode()
    assert hides(again)
    assert "Gangnam" not in again  # it works once, and shows nothing afterwards
    declined = client.post(link, {"step": "decline", "note": "No"})
    assert declined.status_code == 200
    with staff_scope(manufacturer.pk):
        assert Offer.objects.get(lead=lead).state == "accepted"


def test_reminders_and_what_comes_after_are_masked_too(lead: Lead, rep: Membership, manufacturer: Manufacturer) -> None:
    offer = offer_of(lead)
    with staff_scope(manufacturer.pk):
        offers.remind_due(now=offer.remind_at)
        offers.withdraw_offer(offer, by=None)
        offers.give_lead(lead, rep.partner, by=None)
        offers.take_back(lead, by=None, note="Back")
    deliver_batch(manufacturer.pk)
    assert len(mail.outbox) == 4  # the offer itself was settled before its mail went
    for sent in mail.outbox:
        assert hides(f"{sent.subject} {sent.body} {sent.alternatives[0][0]}")


def test_links_that_nobody_was_given_open_nothing(
    client: Client,
    lead: Lead,
    rep: Membership,
    sibling_rep: Membership,
    manufacturer: Manufacturer,
    stranger: Membership,
) -> None:
    offer = offer_of(lead)
    good = link_path(manufacturer, offer.pk, rep)
    assert client.get(good[:-3] + "xx/").status_code == 410
    assert client.get(link_path(manufacturer, offer.pk, sibling_rep)).status_code == 410
    assert client.get(good.replace("/hanbit/", "/tokai/")).status_code == 410
    with staff_scope(manufacturer.pk):
        Membership.objects.filter(pk=rep.pk).update(is_active=False)
    assert client.post(good, {"step": "accept"}).status_code == 410
    assert offer_of(lead).state == "offered"


def test_after_its_end_a_link_neither_shows_nor_answers(
    client: Client, lead: Lead, rep: Membership, manufacturer: Manufacturer
) -> None:
    with staff_scope(manufacturer.pk):
        Offer.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
    link = link_path(manufacturer, offer_of(lead).pk, rep)
    page = client.get(link).content.decode()
    assert "time to answer" in page
    assert "Gangnam" not in page
    assert "time to answer" in client.post(link, {"step": "accept"}).content.decode()
    assert offer_of(lead).state == "offered"


def test_accepting_in_the_portal_shows_who_it_is(client: Client, lead: Lead, rep: Membership) -> None:
    offer = offer_of(lead)
    client.force_login(rep.user)
    address = f"/hanbit/portal/leads/offers/{offer.pk}/answer/"
    response = client.post(address, {"step": "accept"}, follow=True)
    page = response.content.decode()
    assert all(SECRETS[name] in page for name in ("company", "name", "phone", "email", "address", "message"))
    assert client.post(address, {"step": "accept"}, follow=True).status_code == 200  # a double click
    declined = client.post(address, {"step": "decline", "note": "No"}, follow=True)
    assert "accepted this lead already" in declined.content.decode()


def test_declining_in_the_portal_needs_a_reason(
    client: Client, lead: Lead, rep: Membership, manufacturer: Manufacturer
) -> None:
    reason = LeadReasonFactory(manufacturer=manufacturer, use=ReasonUse.DECLINE, names={"en": "Too far away"})
    offer = offer_of(lead)
    client.force_login(rep.user)
    address = f"/hanbit/portal/leads/offers/{offer.pk}/answer/"
    assert "Too far away" in client.get("/hanbit/portal/leads/").content.decode()
    assert "Say why" in client.post(address, {"step": "decline"}, follow=True).content.decode()
    assert (
        "declined the lead"
        in client.post(address, {"step": "decline", "reason": reason.pk}, follow=True).content.decode()
    )
    assert client.post(address, {"step": "other"}).status_code == 404
    with staff_scope(manufacturer.pk):
        kept = Offer.objects.get(pk=offer.pk)
    assert (kept.state, kept.reason_id, kept.answered_by_id) == ("declined", reason.pk, rep.pk)


def test_others_do_not_see_or_answer_an_offer(
    client: Client, lead: Lead, sibling_rep: Membership, stranger: Membership, partner: Any, manufacturer: Manufacturer
) -> None:
    viewer = PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_VIEWER)
    offer = offer_of(lead)
    page, answer = f"/hanbit/portal/leads/offers/{offer.pk}/", f"/hanbit/portal/leads/offers/{offer.pk}/answer/"
    for member, seen, answered in ((sibling_rep, 404, 404), (stranger, 404, 404), (viewer, 200, 403)):
        client.force_login(member.user)
        assert (client.get(page).status_code, client.post(answer, {"step": "accept"}).status_code) == (seen, answered)
    assert offer_of(lead).state == "offered"


def test_staff_see_who_suits_a_lead_and_why_not_another(
    client: Client, lead: Lead, owner: Membership, manufacturer: Manufacturer
) -> None:
    other = answering(manufacturer, name="Zeta Trading", lead_capacity=0)
    client.force_login(owner.user)
    page = client.get(f"/hanbit/leads/{lead.pk}/candidates/?partner=Zeta").content.decode()
    assert "Seoul Agency suits it best" in page
    assert "Zeta Trading" in page
    assert "Is full: 0 of 0" in page
    assert "Has closed no lead yet" in page
    with staff_scope(manufacturer.pk):
        decision = RoutingDecision.objects.get()
    then = client.get(f"/hanbit/leads/decisions/{decision.pk}/").content.decode()
    assert "Chosen: Seoul Agency" in then
    assert other.name not in then  # it was not there yet


def test_staff_place_a_lead_by_hand_from_its_page(
    client: Client, owner: Membership, manufacturer: Manufacturer
) -> None:
    one, two = answering(manufacturer), answering(manufacturer)
    lead = LeadFactory(manufacturer=manufacturer, state=LeadState.MANUAL)
    client.force_login(owner.user)
    queue = client.get("/hanbit/leads/distribution/").content.decode()
    assert "1 lead waits to be placed by hand" in queue
    assert lead.company in queue
    hand_out = f"/hanbit/leads/{lead.pk}/hand-out/"
    assert client.post(hand_out, {"step": "nothing", "partner": one.pk}).status_code == 404
    assert client.post(hand_out, {"step": "give", "partner": "x"}).status_code == 404
    client.post(hand_out, {"step": "offer", "partner": one.pk})
    offer = offer_of(lead)
    assert lead.company in client.get("/hanbit/leads/distribution/").content.decode()
    client.post(f"/hanbit/leads/offers/{offer.pk}/withdraw/")
    client.post(hand_out, {"step": "give", "partner": two.pk, "note": "Neighbours"})
    page = client.get(f"/hanbit/leads/{lead.pk}/candidates/").content.decode()
    assert f"{two} works on it" in page
    assert "Say why" in client.post(f"/hanbit/leads/{lead.pk}/take-back/", follow=True).content.decode()
    client.post(f"/hanbit/leads/{lead.pk}/take-back/", {"note": "They closed"})
    third = answering(manufacturer)
    client.post(hand_out, {"step": "route", "mode": "best"})
    assert offer_of(lead).partner_id == third.pk


def test_an_analyst_looks_and_changes_nothing(client: Client, lead: Lead, analyst: Membership) -> None:
    offer = offer_of(lead)
    client.force_login(analyst.user)
    page = client.get(f"/hanbit/leads/{lead.pk}/candidates/")
    assert page.status_code == 200
    assert "Minsu" not in page.content.decode()  # staff without the right to see customers
    for address in (f"{lead.pk}/hand-out/", f"{lead.pk}/take-back/", f"offers/{offer.pk}/withdraw/"):
        assert client.post(f"/hanbit/leads/{address}").status_code == 403
    assert offer_of(lead).state == "offered"


def test_many_chosen_leads_are_offered_by_a_job_each_on_its_own(owner: Membership, manufacturer: Manufacturer) -> None:
    partners = [answering(manufacturer, lead_capacity=2) for _number in range(3)]
    leads = LeadFactory.create_batch(5, manufacturer=manufacturer)

    class Told:
        def __init__(self, job: Job) -> None:
            self.job = job

        def begin(self, total: int) -> None: ...
        def advance(self, count: int) -> None: ...

    with staff_scope(manufacturer.pk):
        job = start_routing([lead.pk for lead in leads], by=owner)
        assert run_routing(Told(job)) == {"offered": 5, "chosen": 5}  # type: ignore[arg-type]
        assert run_routing(Told(job)) == {"offered": 5, "chosen": 5}  # type: ignore[arg-type]
        assert sorted(Offer.objects.filter(partner=each).count() for each in partners) == [1, 2, 2]


def test_rules_are_written_and_checked_on_their_page(
    client: Client, owner: Membership, manager: Membership, manufacturer: Manufacturer
) -> None:
    client.force_login(manager.user)
    assert client.get("/hanbit/leads/rules/").status_code == 403
    client.force_login(owner.user)
    assert "Every lead is placed by hand" in client.get("/hanbit/leads/rules/").content.decode()
    form = {
        "mode": "first", "answer_hours": 6, "reminder_hours": 1, "rounds": 2, "at_once": 4, "turns_by": "equal",
        "near_km": 40, "quick_hours": 3, "usual_capacity": 10, "by_territory": "on", "weight_fit": 10,
        "weight_distance": 0, "weight_win_rate": 0, "weight_speed": 0, "weight_load": 0, "weight_fairness": 0,
    }  # fmt: skip
    assert client.post("/hanbit/leads/rules/new/", form).status_code == 302
    with staff_scope(manufacturer.pk):
        rule = DistributionRule.objects.get()
    assert (rule.mode, rule.answer_hours, rule.by_line, rule.weights["fit"], rule.weights["load"]) == (
        "first",
        6,
        False,
        10,
        0,
    )
    assert "rule already" in client.post("/hanbit/leads/rules/new/", form).content.decode()
    wrong = client.post(f"/hanbit/leads/rules/{rule.pk}/", form | {"reminder_hours": 6}).content.decode()
    assert "must come before the end" in wrong
    assert "above 0" in client.post(f"/hanbit/leads/rules/{rule.pk}/", form | {"weight_fit": 0}).content.decode()
    client.post(f"/hanbit/leads/rules/{rule.pk}/", {"step": "remove"})
    with staff_scope(manufacturer.pk):
        assert not DistributionRule.objects.exists()


@pytest.mark.parametrize("address", ["/hanbit/leads/distribution/", "/hanbit/portal/leads/"])
def test_the_number_of_queries_does_not_grow(
    client: Client,
    owner: Membership,
    rep: Membership,
    manufacturer: Manufacturer,
    address: str,
    django_assert_num_queries: Any,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(rep.user if "portal" in address else owner.user)
    counts = []
    for _size in range(2):
        for _number in range(3):
            OfferFactory(manufacturer=manufacturer, partner=rep.partner)
            LeadFactory(manufacturer=manufacturer, state=LeadState.MANUAL)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_lead_that_went_to_the_best_is_offered_once_more_after_it_came_back(manufacturer: Manufacturer) -> None:
    one, two = answering(manufacturer), answering(manufacturer)
    lead = LeadFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        route_lead(lead, Candidates([lead]), mode=Mode.BEST)
        first = Offer.objects.get()
        offers.withdraw_offer(first, by=None)
        lead.refresh_from_db()
        route_lead(lead, Candidates([lead]), mode=Mode.BEST, round_=2)
        second = Offer.objects.get(state="offered")
    assert {first.partner_id, second.partner_id} == {one.pk, two.pk}


def test_leads_chosen_in_the_list_are_offered_by_a_worker(
    client: Client, owner: Membership, manufacturer: Manufacturer
) -> None:
    waiting = LeadFactory.create_batch(2, manufacturer=manufacturer)
    offered = OfferFactory(manufacturer=manufacturer).lead
    client.force_login(owner.user)
    chosen = {"do": "route", "selected": [lead.pk for lead in (*waiting, offered)]}
    assert "decided on its own" in client.post("/hanbit/leads/", chosen).content.decode()
    said = client.post("/hanbit/leads/", chosen | {"confirmed": "1", "mode": "best"}, follow=True).content.decode()
    assert "2 leads are being offered" in said
    with staff_scope(manufacturer.pk):
        job = Job.objects.get(kind="lead_routing")
        assert job.params == {"leads": sorted(lead.pk for lead in waiting), "mode": "best"}


def test_the_day_an_offer_ends_on_is_that_of_the_partners_clock(
    client: Client, manufacturer: Manufacturer, rep: Membership, lead: Lead
) -> None:
    there, house, now = ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Seoul"), timezone.now()

    def word(due: dt.datetime, zone: ZoneInfo) -> str:
        return formats.due(due.astimezone(zone), now.astimezone(zone), "en")

    moments = [now + dt.timedelta(hours=hours, minutes=30) for hours in range(12, 60)]
    due = next(each for each in moments if word(each, there) != word(each, house))
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=rep.partner_id).update(country="US", latitude="34.05", longitude="-118.24")
        Offer.objects.filter(lead=lead).update(due_at=due)
        offer = offer_of(lead)
        link = link_path(manufacturer, offer.pk, rep)
    client.force_login(rep.user)
    cell = f'<span class="row-due ">{word(due, there)}</span>'
    for address in ("/hanbit/portal/", "/hanbit/portal/leads/"):
        assert cell in client.get(address).content.decode()
    for address in (f"/hanbit/portal/leads/offers/{offer.pk}/", link):
        assert f"({word(due, there)})" in client.get(address).content.decode()


def test_home_pages_show_what_waits(
    client: Client, lead: Lead, rep: Membership, owner: Membership, manufacturer: Manufacturer
) -> None:
    LeadFactory(manufacturer=manufacturer, state=LeadState.MANUAL)
    client.force_login(rep.user)
    home = client.get("/hanbit/portal/").content.decode()
    assert "A lead is offered: New floor for" in home
    assert hides(home)
    client.force_login(owner.user)
    assert "1 lead waits to be placed by hand" in client.get("/hanbit/").content.decode()
    timeline = client.get(f"/hanbit/partners/{rep.partner_id}/timeline/").content.decode()
    assert "Offered: New floor for" in timeline
    assert hides(timeline)
