"""Qualifications: what a person holds, what a company holds because of it, and what that opens and closes."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leads.services.deals import DealError
from notices.models import Notice
from partners.models import Partner, PartnerKind, Qualification, QualificationType
from partners.selectors import blocked_by, may, may_by_line, may_many, permissions_of
from partners.selectors.qualifications import standings
from partners.services import qualifications as services
from partners.services.qualifications import Proof, QualificationError
from partners.tasks import settle_qualifications
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tenancy.services import end_place, reopen_place
from tests.factories import PartnerFactory, PartnerMemberFactory, ProductCategoryFactory
from tests.leads.deals import draft, submitted
from tests.tenancy.helpers import at_once

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
DAY = dt.date(2026, 3, 1)
YEAR = dt.date(2027, 2, 28)


def qualification_type(**fields: Any) -> QualificationType:
    given: dict[str, Any] = {"code": "fitter", "names": {"en": "Fitter"}, "guards": ["leads", "deals"]}
    return QualificationType.objects.create(**given | fields)


def proof(until: dt.date | None = YEAR, source: str = "K7QM", obtained: dt.date = DAY) -> Proof:
    return Proof(obtained, until, source)


def company(partner: Partner) -> list[tuple[dt.date, dt.date | None, dt.date | None, str]]:
    rows = Qualification.objects.filter(partner=partner, member=None).order_by("pk")
    return [(row.obtained_on, row.valid_until, row.ended_on, row.end_reason) for row in rows]


@pytest.fixture
def people(manufacturer: Any, partner: Any, owner: Membership, manager: Membership) -> list[Membership]:
    """An admin and two others of one partner, made before any scope."""
    roles = (Role.PARTNER_ADMIN, Role.PARTNER_REP, Role.PARTNER_TECHNICIAN)
    return [PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=role) for role in roles]


def test_a_company_holds_what_enough_of_its_people_hold_until_the_day_they_are_too_few(
    people: list[Membership], partner: Any, house: None
) -> None:
    kind = qualification_type(people_needed=2)
    services.grant(kind, people[0], proof(dt.date(2026, 12, 31)), day=DAY)
    assert company(partner) == []
    services.grant(kind, people[1], proof(YEAR, obtained=dt.date(2026, 3, 5)), day=dt.date(2026, 3, 9))
    assert company(partner) == [(dt.date(2026, 3, 5), dt.date(2026, 12, 31), None, "")]
    services.grant(kind, people[2], proof(None), day=dt.date(2026, 3, 9))
    assert company(partner) == [(dt.date(2026, 3, 5), YEAR, None, "")]


def test_the_gate_opens_and_closes_by_the_day_whether_or_not_anything_has_run(
    people: list[Membership], partner: Any, sibling: Any, house: None
) -> None:
    assert may(partner, "leads", day=DAY)
    kind = qualification_type()
    missing = may(partner, "leads", day=DAY)
    assert [str(reason) for reason in missing.reasons] == ["Fitter: nobody is qualified yet, or too few are"]
    services.grant(kind, people[1], proof(), day=DAY)
    days = (DAY - dt.timedelta(1), DAY, YEAR, YEAR + dt.timedelta(1))
    assert [bool(may(partner, "deals", day=day)) for day in days] == [False, True, True, False]
    ended = may(partner, "deals", day=days[3])
    assert [str(reason) for reason in ended.reasons] == ["Fitter: the qualification ended on March 1, 2027"]
    assert [bool(each) for each in may_many([partner.pk, sibling.pk], "leads", day=DAY).values()] == [True, False]
    assert may(sibling, "order", day=DAY)
    with CaptureQueriesContext(connection) as queries:
        assert len(permissions_of(partner, day=DAY)) == 7
    assert len(queries) == 1


def test_only_kinds_that_are_named_and_lines_that_it_is_about_are_asked(
    people: list[Membership], partner: Any, house: None
) -> None:
    other = PartnerKind.objects.create(code="other", names={"en": "Other"})
    kind = qualification_type(product_lines=["stone"])
    kind.kinds.set([other])
    assert may(partner, "leads", day=DAY, lines=["slabs", "stone"])
    partner.other_kinds.set([other])
    assert not may(partner, "leads", day=DAY, lines=["slabs", "stone"])
    assert may(partner, "leads", day=DAY, lines=["wood"])
    assert may(partner, "leads", day=DAY)
    permission, lines = may_by_line([partner.pk], "leads", day=DAY)[partner.pk]
    assert (permission.allowed, list(lines)) == (True, ["stone"])
    Partner.objects.filter(pk=partner.pk).update(functions_off=["qualifications"])
    assert may(partner, "leads", day=DAY, lines=["stone"])
    Partner.objects.filter(pk=partner.pk).update(functions_off=["agreements"])
    assert not may(partner, "leads", day=DAY, lines=["stone"])
    QualificationType.objects.update(is_retired=True)
    assert may(partner, "leads", day=DAY, lines=["stone"])


def test_longest_validity_wins_and_what_has_run_out_begins_anew(people: list[Membership], house: None) -> None:
    kind = qualification_type()
    first = services.grant(kind, people[1], proof(YEAR, "one"), day=DAY)
    shorter = services.grant(kind, people[1], proof(dt.date(2026, 6, 1), "two"), day=DAY)
    assert (shorter.pk, shorter.valid_until, shorter.source) == (first.pk, YEAR, "one")
    longer = services.grant(kind, people[1], proof(dt.date(2028, 1, 1), "three"), day=YEAR)
    assert (longer.pk, longer.valid_until, longer.source) == (first.pk, dt.date(2028, 1, 1), "three")
    later = dt.date(2028, 3, 1)
    anew = services.grant(kind, people[1], Proof(later, None, "four"), day=later)
    first.refresh_from_db()
    assert (first.ended_on, first.end_reason, first.why_ended) == (dt.date(2028, 1, 2), "expired", "It ran out")
    assert (anew.obtained_on, anew.valid_until) == (later, None)
    assert company(people[1].partner) == [
        (DAY, dt.date(2028, 1, 1), dt.date(2028, 1, 2), "expired"),
        (later, None, None, ""),
    ]


def test_who_leaves_takes_it_along_and_who_comes_back_brings_it(
    people: list[Membership], partner: Any, owner: Membership, house: None, in_seoul: None
) -> None:
    kind = qualification_type()
    today = services.house_day()
    services.grant(kind, people[1], Proof(today, None, "K7QM"))
    assert may(partner, "deals")
    end_place(people[1], by=owner)
    assert not may(partner, "deals")
    assert company(partner) == [(today, None, today, "people")]
    assert Qualification.objects.get(member=people[1]).ended_on is None
    reopen_place(people[1], by=owner)
    assert may(partner, "deals")
    assert company(partner) == [(today, None, today, "people"), (today, None, None, "")]


def test_one_taken_away_closes_the_gate_and_says_why(
    people: list[Membership], partner: Any, owner: Membership, house: None
) -> None:
    kind = qualification_type()
    held = services.grant(kind, people[1], proof(), day=DAY)
    with pytest.raises(QualificationError, match="Say why"):
        services.end(held, reason="  ", by=owner, day=DAY)
    services.end(held, reason="Copied answers", by=owner, day=DAY)
    assert not may(partner, "leads", day=DAY)
    held.refresh_from_db()
    assert (held.ended_on, held.why_ended) == (DAY, "Copied answers")
    again = services.end(held, reason="Another reason", by=owner, day=YEAR)
    assert (again.ended_on, again.end_reason) == (DAY, "Copied answers")
    with pytest.raises(QualificationError, match="follows from its people's"):
        services.end(Qualification.objects.get(member=None), reason="No", by=owner)


@pytest.mark.parametrize("size", [2, 7])
def test_many_are_taken_away_in_a_fixed_number_of_queries_and_companies_follow(
    manufacturer: Any, owner: Membership, size: int, django_assert_num_queries: Any
) -> None:
    partners = [PartnerFactory(manufacturer=manufacturer, stage="active") for _each in range(size)]
    people = [PartnerMemberFactory(manufacturer=manufacturer, partner=each) for each in partners]
    with staff_scope(manufacturer.pk):
        kind = qualification_type()
        held = [services.grant(kind, each, proof(), day=DAY).pk for each in people]
        keys = list(Qualification.objects.values_list("pk", flat=True))
        assert len(keys) == 2 * size
        with django_assert_num_queries(19):
            assert services.end_all(keys, reason="Copied answers", by=owner, day=DAY) == size
        rows = Qualification.objects.values_list("member", "ended_on", "end_reason")
        assert set(rows) == {(each.pk, DAY, "Copied answers") for each in people} | {(None, DAY, "people")}
        assert [bool(may(each, "leads", day=DAY)) for each in partners] == [False] * size
        assert services.end_all(held, reason="Again", by=owner, day=YEAR) == 0


def test_so_many_companies_that_the_manufacturer_is_locked_once(
    people: list[Membership], owner: Membership, house: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_LOCKS", 0)
    held = services.grant(qualification_type(), people[1], proof(), day=DAY)
    assert services.end_all([held.pk], reason="Copied answers", by=owner, day=DAY) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (proof(obtained=DAY + dt.timedelta(1)), "still to come"),
        (proof(DAY - dt.timedelta(1)), "check the days"),
    ],
)
def test_days_that_cannot_be_are_refused(people: list[Membership], house: None, given: Proof, said: str) -> None:
    kind = qualification_type()
    with pytest.raises(QualificationError, match=said):
        services.grant(kind, people[1], given, day=DAY)
    assert not Qualification.objects.exists()


def test_the_night_closes_what_has_run_out_and_tells_once(
    people: list[Membership], partner: Any, manager: Membership, house: None
) -> None:
    Partner.objects.filter(pk=partner.pk).update(channel_manager=manager)
    services.grant(qualification_type(), people[1], proof(), day=DAY)
    begun = Notice.objects.filter(kind="partners.qualification_begun")
    assert set(begun.values_list("recipient", flat=True)) == {people[0].pk, manager.pk}
    night = (YEAR + dt.timedelta(1)).isoformat()
    answers = [settle_qualifications(manufacturer_id=partner.manufacturer_id, day=night) for _again in range(2)]
    assert answers == [[0, 1], [0, 0]]
    assert company(partner) == [(DAY, YEAR, YEAR + dt.timedelta(1), "expired")]
    ended = Notice.objects.filter(kind="partners.qualification_ended")
    assert set(ended.values_list("recipient", flat=True)) == {people[0].pk, manager.pk}


def test_settling_costs_the_same_for_two_partners_and_for_twelve(manufacturer: Any, owner: Membership) -> None:
    def qualified(count: int) -> list[Membership]:
        partners = [PartnerFactory(manufacturer=manufacturer) for _each in range(count)]
        return [PartnerMemberFactory(manufacturer=manufacturer, partner=each) for each in partners]

    counts = []
    for members in (qualified(2), qualified(10)):
        with staff_scope(manufacturer.pk):
            kind = QualificationType.objects.first() or qualification_type()
            Qualification.objects.bulk_create(
                [Qualification(type=kind, partner_id=each.partner_id, member=each, obtained_on=DAY) for each in members]
            )
            with CaptureQueriesContext(connection) as queries:
                assert services.settle_companies(day=DAY).begun == len(members)
            counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_two_granted_at_once_are_two_people_and_one_company(people: list[Membership], partner: Any) -> None:
    with staff_scope(partner.manufacturer_id):
        kind = qualification_type(people_needed=2)

    def grant(member: Membership) -> Callable[[], Any]:
        def run() -> Any:
            with staff_scope(partner.manufacturer_id):
                return services.grant(kind, member, proof(), day=DAY).pk

        return run

    made = at_once(grant(people[0]), grant(people[1]), grant(people[1]))
    assert len(set(made)) == 2
    with staff_scope(partner.manufacturer_id):
        assert company(partner) == [(DAY, YEAR, None, "")]


def test_a_deal_of_a_line_is_taken_in_only_from_who_is_qualified_for_it(
    people: list[Membership], partner: Any, manufacturer: Any, in_seoul: None
) -> None:
    stone = ProductCategoryFactory(manufacturer=manufacturer, code="stone")
    slabs = ProductCategoryFactory(manufacturer=manufacturer, code="slabs", parent=stone)
    wood = ProductCategoryFactory(manufacturer=manufacturer, code="wood")
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        kind = qualification_type(product_lines=["stone"])
    assert submitted(people[1], wood).state == "submitted"
    with pytest.raises(DealError, match="Fitter: nobody is qualified yet"):
        submitted(people[1], slabs, customer_name="Another Hotel Ltd.")
    with staff_scope(manufacturer.pk):
        services.grant(kind, people[2], Proof(services.house_day(), None, "K7QM"))
    assert submitted(people[1], slabs, customer_name="Third Hotel Ltd.").state == "submitted"
    assert draft(people[1], slabs, customer_name="Fourth Hotel Ltd.").state == "draft"


def test_partners_read_their_own_and_write_nothing(
    people: list[Membership], partner: Any, sibling: Any, house: None
) -> None:
    held = services.grant(qualification_type(), people[1], proof(), day=DAY)
    with partner_scope(partner.manufacturer_id, sibling.pk):
        assert not Qualification.objects.exists()
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert Qualification.objects.count() == 2
        with pytest.raises(ProgrammingError), transaction.atomic():
            Qualification.objects.filter(pk=held.pk).update(valid_until=None)


def test_how_it_stands_is_told_with_who_holds_it(people: list[Membership], partner: Any, owner: Membership) -> None:
    with staff_scope(partner.manufacturer_id):
        kind = qualification_type(people_needed=2)
        qualification_type(code="seller", names={"en": "Seller"}, guards=[], order=1)
        services.grant(kind, people[1], proof(), day=DAY)
        owner.manufacturer = partner.manufacturer
        fitter, seller = standings(partner, owner, day=DAY)
        assert (fitter.is_asked, fitter.is_held, fitter.missing, str(fitter.label)) == (True, False, 1, "Missing")
        assert [held.member for held in fitter.people] == [people[1]]
        assert (seller.is_asked, seller.tone) == (False, "")
        services.grant(kind, people[0], proof(dt.date(2026, 4, 1)), day=DAY)
        fitter, _seller = standings(partner, owner, day=DAY)
        assert (str(fitter.label), fitter.tone) == ("Runs out soon", "warn")
        (entry,) = blocked_by(permissions_of(partner, day=dt.date(2026, 4, 2)), owner, partner.pk)
        assert entry["url"] == f"/hanbit/partners/{partner.pk}/?tab=people"


def test_whoever_leaves_the_company_keeps_only_what_its_people_hold(
    people: list[Membership], partner: Any, owner: Membership, house: None
) -> None:
    """As it stands where somebody passed while leaving: neither saw the other."""
    Qualification.objects.create(type=qualification_type(), partner=partner, obtained_on=DAY)
    end_place(people[2], by=owner)
    (row,) = company(partner)
    assert (row[2] is not None, row[3]) == (True, "people")


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_a_type_is_written_and_what_companies_hold_follows(
    people: list[Membership], partner: Any, owner: Membership, client_for: SignIn, in_seoul: None
) -> None:
    client = client_for(owner)
    client.post(
        "/hanbit/settings/qualifications/new/",
        {"names_en": "Fitter", "code": "fitter", "guards": ["deals"], "people_needed": "1", "order": "0"},
    )
    with staff_scope(owner.manufacturer_id):
        kind = QualificationType.objects.get()
        services.grant(kind, people[1], Proof(services.house_day(), None, "K7QM"))
        assert may(partner, "deals")
    page = client.get("/hanbit/settings/qualifications/").content.decode()
    assert "Fitter" in page
    assert "register deals" in page
    edit = f"/hanbit/settings/qualifications/{kind.pk}/"
    offered = client.get(edit).content.decode()
    assert [name for name in ("training", "order", "leads", "funds", "locator") if f'value="{name}"' in offered] == [
        "leads", "funds", "locator",
    ]  # fmt: skip
    client.post(edit, {"names_en": "Fitter", "guards": ["deals"], "people_needed": "2", "order": "0"})
    with staff_scope(owner.manufacturer_id):
        assert not may(partner, "deals")
    refused = client.post(edit, {"names_en": "Fitter", "guards": ["deals"], "people_needed": "0", "order": "0"})
    assert refused.status_code == 200


def test_a_paper_is_recorded_and_the_qualification_ended_by_who_may(
    people: list[Membership],
    partner: Any,
    owner: Membership,
    manager: Membership,
    client_for: SignIn,
    in_seoul: None,
) -> None:
    with staff_scope(owner.manufacturer_id):
        kind = qualification_type()
        today = services.house_day()
    client = client_for(manager)
    record = f"/hanbit/qualifications/record/?partner={partner.pk}"
    given = {
        "person": people[1].pk,
        "type": kind.pk,
        "source": "Trade licence 77",
        "obtained_on": today.isoformat(),
        "valid_until": (today - dt.timedelta(1)).isoformat(),
    }
    assert "cannot end before it begins" in client.post(record, given).content.decode()
    tomorrow = (today + dt.timedelta(1)).isoformat()
    assert "still to come" in client.post(record, given | {"obtained_on": tomorrow}).content.decode()
    saved = client.post(record, given | {"valid_until": ""})
    assert saved["Location"] == f"/hanbit/partners/{partner.pk}/?tab=people"
    with staff_scope(owner.manufacturer_id):
        held = Qualification.objects.get(member=people[1])
        assert (held.source, held.recorded_by_id) == ("Trade licence 77", manager.pk)
    tab = client.get(saved["Location"]).content.decode()
    assert people[1].name in tab
    listed = client.get("/hanbit/qualifications/?who=people").content.decode()
    assert "Trade licence 77" in listed
    assert "The company" not in listed
    end = f"/hanbit/qualifications/{held.pk}/end/"
    assert client.post(end, {"reason": ""}).status_code == 200
    many = client.post("/hanbit/qualifications/", {"do": "end", "selected": [held.pk]})
    assert 'name="reason"' in many.content.decode()
    client.post(end, {"reason": "It was a copy"})
    with staff_scope(owner.manufacturer_id):
        assert not may(partner, "leads")
    assert "Ended" in client.get("/hanbit/qualifications/?state=ended").content.decode()


def test_the_portal_says_what_is_missing_what_it_closes_and_who_holds_it(
    people: list[Membership], partner: Any, owner: Membership, client_for: SignIn, in_seoul: None
) -> None:
    with staff_scope(owner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        kind = qualification_type()
    admin, rep = client_for(people[0]), client_for(people[1])
    page = admin.get("/hanbit/portal/qualifications/").content.decode()
    assert "Your company lacks 1 qualification" in page
    assert "Without “Fitter” not possible: receive leads, register deals" in page
    assert "Fitter: nobody is qualified yet" in admin.get("/hanbit/portal/").content.decode()
    with staff_scope(owner.manufacturer_id):
        services.grant(kind, people[2], Proof(services.house_day(), None, "K7QM"))
    assert "has all qualifications" in rep.get("/hanbit/portal/qualifications/").content.decode()
    assert people[2].name in admin.get("/hanbit/portal/qualifications/").content.decode()
    assert people[2].name not in rep.get("/hanbit/portal/qualifications/").content.decode()
