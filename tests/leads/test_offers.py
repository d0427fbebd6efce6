"""The life of an offer: offered, accepted by one, declined, run out, withdrawn; by rule and by hand."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from commerce.models import EndCustomer
from leads.models import (
    DirectRule,
    DistributionRule,
    Ended,
    Lead,
    LeadState,
    Mode,
    Offer,
    OfferState,
    Outcome,
    QueuedBecause,
    ReasonUse,
    RoutingDecision,
    Site,
    SiteAccess,
)
from leads.offer_wording import shown_facts
from leads.selectors.candidates import Candidates
from leads.services import arrivals, offers
from leads.services.offers import OfferError
from leads.services.opportunities import Details, open_opportunity
from leads.services.routing import replayed, route_lead
from leads.services.sites import create_site
from notices.models import Notice
from notices.registry import kind_by_key
from notices.wording import word
from partners.models import Holiday, Partner, PartnerTerritory, QualificationType, Territory, TerritoryRule
from partners.services.qualifications import Proof, grant
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from tenancy.rls import CLOSED, enter, partner_scope, staff_scope
from tests.factories import MembershipFactory, ProductFactory
from tests.leads.factories import (
    EndCustomerFactory,
    LeadFactory,
    LeadKindFactory,
    LeadReasonFactory,
    LeadSourceFactory,
    OfferFactory,
)
from tests.leads.test_candidates import answering

WEDNESDAY = dt.datetime(2026, 7, 1, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))


@pytest.fixture
def staff(manufacturer: Manufacturer, owner: Membership) -> Any:
    with staff_scope(manufacturer.pk):
        yield owner


def rule(**fields: Any) -> DistributionRule:
    return DistributionRule.objects.create(**{"mode": Mode.BEST, "answer_hours": 8, "reminder_hours": 2, **fields})


def arrive(manufacturer: Manufacturer, now: dt.datetime = WEDNESDAY, **fields: Any) -> Lead:
    lead = LeadFactory(manufacturer=manufacturer, **fields)
    with staff_scope(manufacturer.pk):
        arrivals.take_in_arrivals(now=now)
        lead.refresh_from_db()
    return lead


def keys(member: Membership | None = None) -> list[str]:
    told = Notice.objects.all() if member is None else Notice.objects.filter(recipient=member)
    return sorted(told.values_list("kind", flat=True))


def test_a_lead_is_offered_to_the_best_in_its_business_hours(manufacturer: Manufacturer, staff: Membership) -> None:
    best = answering(manufacturer, languages=["ja"])
    answering(manufacturer, languages=["ko"])
    rule()
    lead = arrive(manufacturer, language="ja", city="Seoul", name="Kim Minsu", company="Hidden Inc")
    offer = Offer.objects.get()

    assert lead.state == LeadState.OFFERED
    assert (offer.partner_id, offer.state, offer.is_exclusive, offer.round) == (best.pk, "offered", True, 1)
    assert offer.due_at == WEDNESDAY + dt.timedelta(hours=8)
    assert offer.remind_at == WEDNESDAY + dt.timedelta(hours=6)
    assert offer.facts["city"] == "Seoul"
    assert "Kim" not in str(offer.facts)
    decision = RoutingDecision.objects.get()
    assert (decision.outcome, decision.mode, decision.round) == (Outcome.OFFERED, Mode.BEST, 1)
    assert replayed(decision)[0].partner_id == best.pk
    assert keys() == ["leads.offered"]


def test_an_offer_names_products_in_the_readers_language(manufacturer: Manufacturer, staff: Membership) -> None:
    answering(manufacturer)
    rule()
    ProductFactory(manufacturer=manufacturer, code="P1", name="ハブ", names={"en": "Hub", "ja": "ハブ"})
    ProductFactory(manufacturer=manufacturer, code="P2", name="金 Kim 창호", names={})
    arrive(manufacturer, name="Kim", products=["P1", "P2", "P9"])
    offer = Offer.objects.get()
    for language, label, said in (("en", "Products", "Hub"), ("ja", "製品", "ハブ"), ("ko", "제품", "Hub")):
        with translation.override(language):
            assert dict(shown_facts(offer))[label] == f"{said}, 金 … 창호, P9"
            offer.facts["products"] = ["Axle"]  # as it was kept before
            assert dict(shown_facts(offer))[label] == "Axle"
        offer.refresh_from_db()


def test_a_direct_request_goes_to_the_partner_of_its_territory(manufacturer: Manufacturer, staff: Membership) -> None:
    best, holder = answering(manufacturer, languages=["ja"]), answering(manufacturer)
    busan = Territory.objects.create(code="busan", names={"en": "Busan"})
    TerritoryRule.objects.create(territory=busan, country="KR", region="Busan")
    PartnerTerritory.objects.create(partner=holder, territory=busan)
    PartnerTerritory.objects.create(partner=best, territory=busan)
    customer = EndCustomerFactory(manufacturer=manufacturer, served_by=holder)
    web, fair = LeadSourceFactory(manufacturer=manufacturer), LeadSourceFactory(manufacturer=manufacturer)
    DirectRule.objects.create(way="request", outcome="none", source=fair, order=1)
    DirectRule.objects.create(way="request", outcome="route", order=2)
    told = {"region": "Busan", "language": "ja", "customer": customer, "source": web}

    by_hand = arrive(manufacturer, **told)  # no rule of distribution: by hand, but for direct requests
    assert by_hand.state == LeadState.OFFERED
    assert Offer.objects.get().partner_id == holder.pk
    decision = RoutingDecision.objects.get()
    assert decision.inputs["territory"] == {"id": busan.pk, "why": "serves"}
    assert [each.partner_id for each in replayed(decision)][:1] == [best.pk]
    for fields in ({"source": fair}, {"referred_by": best}, {"region": "Jeju"}):
        assert arrive(manufacturer, **told | fields).state == LeadState.NEW

    rule()
    Lead.objects.filter(state=LeadState.NEW).update(state=LeadState.MANUAL)
    routed, other = arrive(manufacturer, **told), arrive(manufacturer, **told | {"source": fair, "customer": None})
    assert Offer.objects.get(lead=routed).partner_id == holder.pk
    assert Offer.objects.get(lead=other).partner_id == best.pk
    Partner.objects.filter(pk=holder.pk).update(functions_off=["leads"])
    assert Offer.objects.get(lead=arrive(manufacturer, **told)).partner_id == best.pk


def test_the_hours_are_those_of_the_partners_country_and_clock(manufacturer: Manufacturer, staff: Membership) -> None:
    abroad = answering(manufacturer, country="JP")
    Holiday.objects.create(country="JP", date=dt.date(2026, 7, 2), name="Company day")
    answering(manufacturer, country="US", latitude="34.05", longitude="-118.24")
    rule(mode=Mode.FIRST, by_territory=False, at_once=2)
    arrive(manufacturer, WEDNESDAY.replace(hour=16))
    ends = {offer.partner_id: offer.due_at for offer in Offer.objects.all()}

    assert ends.pop(abroad.pk) == WEDNESDAY.replace(day=3, hour=15)  # two hours, and six after the day off
    # In Los Angeles it is midnight as it is offered: the whole day from nine, which ends an hour before its close.
    assert [moment.isoformat() for moment in ends.values()] == ["2026-07-02T00:00:00+00:00"]


def test_one_accepts_and_the_lead_is_its(manufacturer: Manufacturer, staff: Membership) -> None:
    partner = answering(manufacturer)
    with enter(CLOSED):
        manager = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER)
    partner.channel_manager = manager
    partner.save()
    rule()
    lead = arrive(manufacturer)
    offer = Offer.objects.get()
    member = Membership.objects.get(partner=partner)
    with partner_scope(manufacturer.pk, partner.pk):
        accepted = offers.accept_offer(offer, by=member, now=WEDNESDAY + dt.timedelta(hours=3))
        again = offers.accept_offer(offer, by=member, now=WEDNESDAY + dt.timedelta(hours=4))
        assert Lead.objects.get().pk == lead.pk  # the database lets it be read now

    lead.refresh_from_db()
    offer.refresh_from_db()
    assert accepted.pk == again.pk == lead.pk
    assert (lead.state, lead.partner_id, lead.accepted_at) == (
        "accepted",
        partner.pk,
        WEDNESDAY + dt.timedelta(hours=3),
    )
    assert (offer.state, offer.answered_by_id, offer.answered_via, offer.answer_hours) == (
        "accepted",
        member.pk,
        "portal",
        3,
    )
    assert keys(manager) == ["leads.accepted"]
    assert Notice.objects.get(recipient=member).read_at is not None


def test_before_it_accepts_a_partner_reads_the_offer_and_nothing_of_the_lead(
    manufacturer: Manufacturer, staff: Membership
) -> None:
    partner, other = answering(manufacturer), answering(manufacturer)
    rule()
    lead = arrive(manufacturer)
    offer = Offer.objects.get()
    for pk, seen in ((partner.pk, partner.pk == offer.partner_id), (other.pk, other.pk == offer.partner_id)):
        with partner_scope(manufacturer.pk, pk):
            assert Offer.objects.filter(pk=offer.pk).exists() is seen
            assert not Lead.objects.filter(pk=lead.pk).exists()


@pytest.mark.parametrize("statement", ["UPDATE leads_offer SET state = 'accepted'", "DELETE FROM leads_offer"])
def test_a_partner_writes_no_offer_itself(manufacturer: Manufacturer, statement: str) -> None:
    offer = OfferFactory(manufacturer=manufacturer)
    with (
        pytest.raises(Exception, match="permission denied"),
        partner_scope(manufacturer.pk, offer.partner_id),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_who_declines_says_why_and_the_next_is_asked_at_once(manufacturer: Manufacturer, staff: Membership) -> None:
    first = answering(manufacturer, languages=["ja"])
    second = answering(manufacturer)
    rule()
    lead = arrive(manufacturer, language="ja")
    offer = Offer.objects.get()
    reason = LeadReasonFactory(manufacturer=manufacturer, use=ReasonUse.DECLINE)
    lost = LeadReasonFactory(manufacturer=manufacturer, use=ReasonUse.LOST)
    moment = WEDNESDAY + dt.timedelta(hours=1)

    with pytest.raises(OfferError, match="Say why"):
        offers.decline_offer(offer, by=None, now=moment)
    with pytest.raises(OfferError, match="Choose one"):
        offers.decline_offer(offer, by=None, reason=lost, now=moment)
    offers.decline_offer(offer, by=None, reason=reason, note="Too far", now=moment)
    offers.decline_offer(offer, by=None, reason=reason, now=moment)

    lead.refresh_from_db()
    declined, open_ = Offer.objects.order_by("pk")
    assert (declined.partner_id, declined.state, declined.reason_id, declined.reason_note) == (
        first.pk, "declined", reason.pk, "Too far",
    )  # fmt: skip
    assert (open_.partner_id, open_.state, open_.round, open_.offered_at) == (second.pk, "offered", 2, moment)
    assert lead.state == LeadState.OFFERED
    with pytest.raises(OfferError, match="declined already"):
        offers.accept_offer(declined, by=None, now=moment)


def test_an_offer_that_ran_out_goes_to_the_next_and_then_to_a_person(
    manufacturer: Manufacturer, staff: Membership
) -> None:
    for _number in range(3):
        answering(manufacturer)
    rule(rounds=2)
    lead = arrive(manufacturer)
    first = Offer.objects.get()
    assert offers.pull_back_due(now=first.due_at - dt.timedelta(seconds=1)) == 0
    assert offers.pull_back_due(now=first.due_at + dt.timedelta(hours=30)) == 1
    first.refresh_from_db()
    # As of its end, however late a worker came to say so.
    assert (first.state, first.answered_at, first.answer_hours) == ("expired", first.due_at, 8)
    second = Offer.objects.exclude(pk=first.pk).get()
    assert (second.round, second.state, second.partner_id != first.partner_id) == (2, "offered", True)
    assert offers.pull_back_due(now=second.due_at) == 1
    assert offers.pull_back_due(now=second.due_at) == 0
    lead.refresh_from_db()
    assert lead.state == LeadState.MANUAL
    assert RoutingDecision.objects.order_by("-pk").first().because == QueuedBecause.ROUNDS
    assert keys(staff) == ["leads.queued"]
    with pytest.raises(OfferError, match="time to answer"):
        offers.accept_offer(first, by=None)


def test_too_late_is_too_late_also_before_a_worker_has_noted_it(manufacturer: Manufacturer, staff: Membership) -> None:
    answering(manufacturer)
    rule()
    lead = arrive(manufacturer)
    offer = Offer.objects.get()
    with pytest.raises(OfferError, match="time to answer"):
        offers.accept_offer(offer, by=None, now=offer.due_at)
    lead.refresh_from_db()
    assert lead.state == LeadState.OFFERED


def test_a_reminder_goes_out_once_before_the_end(manufacturer: Manufacturer, staff: Membership) -> None:
    partner = answering(manufacturer)
    rule()
    arrive(manufacturer)
    offer = Offer.objects.get()
    assert offers.remind_due(now=offer.remind_at - dt.timedelta(seconds=1)) == 0
    assert [offers.remind_due(now=offer.remind_at) for _time in range(2)] == [1, 0]
    assert offers.remind_due(now=offer.due_at) == 0
    assert keys(Membership.objects.get(partner=partner)) == ["leads.offer_ends", "leads.offered"]


def test_of_several_asked_one_wins_and_the_others_hear_of_it(manufacturer: Manufacturer, staff: Membership) -> None:
    for _number in range(4):
        answering(manufacturer)
    rule(mode=Mode.FIRST, at_once=3)
    lead = arrive(manufacturer)
    asked = list(Offer.objects.order_by("pk"))
    assert [(offer.is_exclusive, offer.round) for offer in asked] == [(False, 1)] * 3
    offers.accept_offer(asked[1], by=None, now=WEDNESDAY)
    lead.refresh_from_db()
    assert lead.partner_id == asked[1].partner_id
    assert list(Offer.objects.order_by("pk").values_list("state", "ended")) == [
        ("withdrawn", Ended.TAKEN), ("accepted", ""), ("withdrawn", Ended.TAKEN),
    ]  # fmt: skip
    with pytest.raises(OfferError, match="Another partner"):
        offers.accept_offer(asked[0], by=None, now=WEDNESDAY)
    assert keys(Membership.objects.get(partner=asked[0].partner_id)) == ["leads.lost_race", "leads.offered"]


def test_where_one_of_several_declines_the_others_go_on(manufacturer: Manufacturer, staff: Membership) -> None:
    for _number in range(3):
        answering(manufacturer)
    rule(mode=Mode.FIRST, at_once=2)
    arrive(manufacturer)
    one, two = Offer.objects.order_by("pk")
    offers.decline_offer(one, by=None, note="Busy", now=WEDNESDAY)
    assert Offer.objects.filter(state="offered").get() == two
    offers.decline_offer(two, by=None, note="Busy", now=WEDNESDAY)
    last = Offer.objects.filter(state="offered").get()
    assert (last.round, last.is_exclusive) == (2, True)  # nobody else is left


def test_turns_follow_the_weights(manufacturer: Manufacturer, staff: Membership) -> None:
    large, small = answering(manufacturer, lead_capacity=30), answering(manufacturer, lead_capacity=10)
    rule(mode=Mode.TURNS)
    for _number in range(8):
        arrive(manufacturer)
    counts = {pk: Offer.objects.filter(partner=pk).count() for pk in (large.pk, small.pk)}
    assert counts == {large.pk: 6, small.pk: 2}
    DistributionRule.objects.update(turns_by="equal")
    for _number in range(4):
        arrive(manufacturer)
    assert Offer.objects.filter(partner=small).count() == 6


def test_many_leads_at_once_are_each_decided_on_their_own(manufacturer: Manufacturer, staff: Membership) -> None:
    partners = [answering(manufacturer, lead_capacity=2) for _number in range(3)]
    rule()
    for _number in range(8):
        LeadFactory(manufacturer=manufacturer)
    assert arrivals.take_in_arrivals(now=WEDNESDAY) == 8
    assert [Offer.objects.filter(partner=each).count() for each in partners] == [2, 2, 2]
    assert Lead.objects.filter(state=LeadState.MANUAL).count() == 2
    assert {each.because for each in RoutingDecision.objects.filter(outcome="queued")} == {QueuedBecause.NOBODY}


def test_arrivals_by_hand_or_batch_are_scored_and_wait(manufacturer: Manufacturer, staff: Membership) -> None:
    answering(manufacturer)
    batch = LeadKindFactory(manufacturer=manufacturer)
    rule(mode=Mode.HAND)
    rule(kind=batch, mode=Mode.BATCH)
    leads = [arrive(manufacturer), arrive(manufacturer, kind=batch)]
    assert [lead.state for lead in leads] == ["new", "new"]
    assert all(lead.scored_at for lead in leads)
    assert arrivals.take_in_arrivals(now=WEDNESDAY) == 0
    assert not Offer.objects.exists()


def test_staff_offer_give_withdraw_and_take_back(manufacturer: Manufacturer, staff: Membership) -> None:
    one, two = answering(manufacturer), answering(manufacturer)
    site = create_site(Site(name="Harbour Tower", city="Busan", country="KR"), by=staff)
    lead = LeadFactory(manufacturer=manufacturer, city="Busan", site=site)
    offer = offers.offer_by_hand(lead, one, by=staff, now=WEDNESDAY)
    with pytest.raises(OfferError, match="is open"):
        offers.offer_by_hand(lead, two, by=staff)
    offers.withdraw_offer(offer, by=staff, now=WEDNESDAY)
    lead.refresh_from_db()
    assert lead.state == LeadState.MANUAL
    with pytest.raises(OfferError, match="withdrawn"):
        offers.accept_offer(offer, by=None, now=WEDNESDAY)
    open_ = offers.offer_by_hand(lead, two, by=staff, now=WEDNESDAY)

    offers.give_lead(lead, one, by=staff, note="Knows them", now=WEDNESDAY)
    offers.give_lead(lead, one, by=staff)
    lead.refresh_from_db()
    open_.refresh_from_db()
    given = Offer.objects.get(state="accepted")
    assert (lead.state, lead.partner_id) == ("accepted", one.pk)
    assert (open_.state, open_.ended) == ("withdrawn", Ended.CLOSED)
    assert (given.partner_id, given.answered_via, given.answer_hours) == (one.pk, "staff", None)
    assert list(SiteAccess.objects.values_list("partner", flat=True)) == [one.pk]  # what it works on it reads
    with pytest.raises(OfferError, match="cannot be given"):
        offers.give_lead(lead, two, by=staff)

    with pytest.raises(OfferError, match="Say why"):
        offers.take_back(lead, by=staff, note=" ")
    offers.take_back(lead, by=staff, note="No answer for weeks", now=WEDNESDAY)
    lead.refresh_from_db()
    given.refresh_from_db()
    assert (lead.state, lead.partner_id) == (LeadState.MANUAL, None)
    assert (given.state, given.ended) == ("withdrawn", Ended.TAKEN_BACK)
    with partner_scope(manufacturer.pk, one.pk):
        assert not Lead.objects.exists()
        assert not Site.objects.exists()
    assert RoutingDecision.objects.order_by("-pk").first().because == QueuedBecause.TAKEN_BACK


def test_who_loses_a_lead_reads_its_customer_no_more_unless_it_has_it_from_elsewhere(
    manufacturer: Manufacturer, staff: Membership
) -> None:
    partner = answering(manufacturer)
    rep = Membership.objects.get(partner=partner)

    def reads(customer_id: int | None) -> bool:
        with partner_scope(manufacturer.pk, partner.pk):
            return EndCustomer.objects.filter(pk=customer_id).exists()

    def given(**fields: Any) -> Lead:
        lead = LeadFactory(manufacturer=manufacturer, **fields)
        return Lead.objects.get(pk=offers.give_lead(lead, partner, by=staff, now=WEDNESDAY).pk)

    nobodys = EndCustomerFactory(manufacturer=manufacturer)
    served = EndCustomerFactory(manufacturer=manufacturer, served_by=partner)
    kept = EndCustomerFactory(manufacturer=manufacturer)
    leads = [given(), given(customer=nobodys), given(customer=served), given(customer=kept)]
    with partner_scope(manufacturer.pk, partner.pk):
        customer = EndCustomer.objects.get(pk=kept.pk)
        open_opportunity(Details(name="Our own", customer=customer), partner=partner, by=rep)
    made = leads[0].customer_id
    assert [reads(pk) for pk in (made, nobodys.pk, served.pk, kept.pk)] == [True] * 4

    for lead in leads:
        offers.take_back(lead, by=staff, note="No answer", now=WEDNESDAY)
    assert [reads(pk) for pk in (made, nobodys.pk, served.pk, kept.pk)] == [False, False, True, True]
    other = answering(manufacturer)
    offers.give_lead(leads[0], other, by=staff, now=WEDNESDAY)
    assert EndCustomer.objects.get(pk=made).served_by_id == other.pk
    assert not reads(made)


def test_a_partner_that_may_get_no_leads_is_neither_given_nor_offered_one(
    manufacturer: Manufacturer, staff: Membership
) -> None:
    dormant = answering(manufacturer, stage="dormant")
    lead = LeadFactory(manufacturer=manufacturer)
    for step in (offers.give_lead, offers.offer_by_hand):
        with pytest.raises(OfferError, match="Dormant"):
            step(lead, dormant, by=staff)


def test_who_may_receive_no_leads_any_more_accepts_none_and_the_next_is_asked(
    manufacturer: Manufacturer, staff: Membership
) -> None:
    rule(mode=Mode.BEST)
    first, second = (answering(manufacturer, code=code) for code in ("A", "B"))
    lead = arrive(manufacturer)
    asked = Offer.objects.get(lead=lead)
    other = second if asked.partner_id == first.pk else first
    fitter = Membership.objects.get(partner=other)
    kind = QualificationType.objects.create(code="fitter", names={"en": "Fitter"}, guards=["leads"])
    grant(kind, fitter, Proof(dt.date(2026, 1, 1), None, "K7QM"))
    with pytest.raises(OfferError, match=r"may not receive this lead now\. Fitter: nobody"):
        offers.accept_offer(asked, by=None, now=WEDNESDAY)
    asked.refresh_from_db()
    assert (asked.state, asked.ended) == (OfferState.WITHDRAWN, Ended.STAFF)
    assert asked.reason_note == "Fitter: nobody is qualified yet, or too few are"
    following = Offer.objects.get(lead=lead, state=OfferState.OFFERED)
    assert following.partner_id == other.pk
    assert offers.accept_offer(following, by=None, now=WEDNESDAY).partner_id == other.pk


def test_the_database_lets_no_lead_be_offered_twice_at_a_time_or_accepted_twice(manufacturer: Manufacturer) -> None:
    offer = OfferFactory(manufacturer=manufacturer)
    with pytest.raises(IntegrityError, match="offer_exclusive_once_at_a_time"), transaction.atomic():
        OfferFactory(manufacturer=manufacturer, lead=offer.lead)
    now = timezone.now()
    OfferFactory(manufacturer=manufacturer, lead=offer.lead, state=OfferState.ACCEPTED, answered_at=now)
    with pytest.raises(IntegrityError, match="offer_one_winner"), transaction.atomic():
        OfferFactory(manufacturer=manufacturer, lead=offer.lead, state=OfferState.ACCEPTED, answered_at=now)
    with pytest.raises(IntegrityError, match="offer_open_once_per_partner"), transaction.atomic():
        OfferFactory(manufacturer=manufacturer, lead=offer.lead, partner=offer.partner, is_exclusive=False)


def test_a_round_costs_the_same_number_of_queries_for_few_leads_and_for_many(
    manufacturer: Manufacturer, staff: Membership
) -> None:
    """But for those of each lead: its decision, its row, its offer and the notice."""
    for _number in range(6):
        answering(manufacturer)
    rule(rounds=3)
    counts = []
    for count in (6, 12):
        leads = LeadFactory.create_batch(count, manufacturer=manufacturer)
        found = Candidates(leads)
        with CaptureQueriesContext(connection) as queries:
            for lead in leads:
                route_lead(lead, found, now=WEDNESDAY)
        counts.append(len(queries) / count)
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_what_a_partner_reads_of_an_offer_has_the_link_without_sign_in_by_mail_alone(
    manufacturer: Manufacturer, staff: Membership
) -> None:
    answering(manufacturer)
    rule()
    arrive(manufacturer, amount=30_000_000, currency="KRW", amount_base=30_000_000)
    notice = Notice.objects.select_related("recipient__manufacturer").get(kind="leads.offered")
    kind = kind_by_key("leads.offered")
    assert kind is not None

    inbox = word(notice, kind, notice.recipient).text
    mail = word(notice, kind, notice.recipient, by_mail=True).text
    assert "Expected amount: ₩20M to ₩50M" in inbox
    assert "http" not in inbox
    assert mail.startswith(inbox)
    assert "/hanbit/public/leads/offer/" in mail
    notice.facts |= {"amount": "20,000,000–50,000,000 KRW"}  # as it was kept before
    assert "Expected amount: 20,000,000–50,000,000 KRW" in word(notice, kind, notice.recipient).text
