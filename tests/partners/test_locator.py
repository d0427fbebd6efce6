"""The public page of partners: who is found in which order, who is not, and what a question becomes."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from partners import selectors, services
from partners.models import LocatorEntry, LocatorQuestion, Partner, PartnerSummary, QualificationType, Stage, Task
from partners.selectors import Place, Wanted
from partners.services import qualifications
from partners.services.qualifications import Proof
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory, SpecialisationFactory

pytestmark = pytest.mark.django_db

SEOUL = Place(37.5665, 126.9780)
MONDAY_NOON = dt.datetime(2026, 11, 23, 12, 0)
URL = "/hanbit/public/partners/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def listed(manufacturer: Any, partner: Partner) -> dict[str, Partner]:
    """Three partners on the page, in Seoul, Suwon and Busan; a fourth that is not, and one that has ended."""
    places = {
        "seoul": ("Seoul Agency", "Seoul", "37.566500", "126.978000"),
        "suwon": ("Suwon Mart", "Suwon", "37.263600", "127.028600"),
        "busan": ("Busan Dealer", "Busan", "35.179600", "129.075600"),
        "hidden": ("Hidden Shop", "Seoul", "37.570000", "126.980000"),
        "ended": ("Ended Shop", "Seoul", "37.560000", "126.970000"),
    }
    made = {
        key: PartnerFactory(
            manufacturer=manufacturer,
            kind=partner.kind,
            name=name,
            city=city,
            latitude=Decimal(latitude),
            longitude=Decimal(longitude),
        )
        for key, (name, city, latitude, longitude) in places.items()
    }
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=made["ended"].pk).update(stage=Stage.ENDED)
        shown = [each.pk for key, each in made.items() if key != "hidden"]
        assert services.list_partners(Partner.objects.filter(pk__in=shown), listed=True) == 4
    return made


def found(manufacturer: Any, **wanted: Any) -> list[str]:
    with staff_scope(manufacturer.pk):
        return [each.name for each in selectors.find_partners(Wanted(**wanted)).partners]


def test_the_nearest_come_first_with_their_distance(manufacturer: Any, listed: dict[str, Partner]) -> None:
    with staff_scope(manufacturer.pk):
        nearest = selectors.find_partners(Wanted(here=SEOUL)).partners
    assert [(each.name, round(each.distance)) for each in nearest] == [
        ("Seoul Agency", 0),
        ("Suwon Mart", 34),
        ("Busan Dealer", 325),
    ]


def test_a_place_is_known_by_the_partners_there(manufacturer: Any, listed: dict[str, Partner]) -> None:
    assert found(manufacturer, place="busan") == ["Busan Dealer", "Suwon Mart", "Seoul Agency"]
    assert found(manufacturer, place="Atlantis") == []
    with staff_scope(manufacturer.pk):
        assert selectors.find_place("Busan") == Place(35.1796, 129.0756, "Busan")


def test_who_lacks_what_the_page_asks_for_is_not_found(
    manufacturer: Any, listed: dict[str, Partner], in_seoul: None
) -> None:
    fitter = PartnerMemberFactory(manufacturer=manufacturer, partner=listed["busan"])
    with staff_scope(manufacturer.pk):
        kind = QualificationType.objects.create(code="fitter", names={"en": "Fitter"}, guards=["leads"])
        assert selectors.listed_partners().count() == 3
        QualificationType.objects.update(guards=["locator"])
        assert not selectors.listed_partners().exists()
        today = qualifications.house_day()
        held = qualifications.grant(kind, fitter, Proof(today, today, "K7QM"))
    assert found(manufacturer) == ["Busan Dealer"]
    assert Client().get(f"{URL}{listed['seoul'].pk}/ask/").status_code == 404
    with staff_scope(manufacturer.pk):
        qualifications.end(held, reason="Not right", by=fitter)
    assert found(manufacturer) == []


def test_without_a_place_the_best_grade_comes_first(manufacturer: Any, listed: dict[str, Partner]) -> None:
    with staff_scope(manufacturer.pk):
        PartnerSummary.objects.filter(partner=listed["suwon"]).update(tier_code="gold", tier_rank=4)
    assert found(manufacturer) == ["Suwon Mart", "Busan Dealer", "Seoul Agency"]
    assert found(manufacturer, tier="gold") == ["Suwon Mart"]


def test_by_kind_skill_and_hours(manufacturer: Any, listed: dict[str, Partner]) -> None:
    skill = SpecialisationFactory(manufacturer=manufacturer, code="floors")
    with staff_scope(manufacturer.pk):
        listed["suwon"].specialisations.add(skill)
        LocatorEntry.objects.filter(partner=listed["busan"]).update(hours={"mon": ["09:00", "18:00"]})
        LocatorEntry.objects.filter(partner=listed["suwon"]).update(hours={"mon": ["09:00", "12:00"]})
    assert found(manufacturer, skill="floors") == ["Suwon Mart"]
    assert found(manufacturer, kind=listed["suwon"].kind.code) == ["Busan Dealer", "Seoul Agency", "Suwon Mart"]
    assert found(manufacturer, kind="unheard-of") == []
    assert found(manufacturer, open_at=MONDAY_NOON) == ["Busan Dealer"]
    assert found(manufacturer, open_at=MONDAY_NOON - dt.timedelta(minutes=1)) == ["Busan Dealer", "Suwon Mart"]
    assert found(manufacturer, open_at=MONDAY_NOON + dt.timedelta(days=1)) == []


def test_visitors_see_who_is_listed_and_nobody_else(listed: dict[str, Partner], stranger: Membership) -> None:
    page = Client().get(URL, {"place": "seoul"})
    text = page.content.decode()
    assert "3 partners near seoul" in text
    assert "Hidden Shop" not in text
    assert "Ended Shop" not in text
    assert page["X-Frame-Options"] == "DENY"
    assert "X-Robots-Tag" not in page
    assert Client().get(f"/{stranger.manufacturer.slug}/public/partners/").context["rows"] == []
    for key in ("hidden", "ended"):
        assert Client().get(f"{URL}{listed[key].pk}/ask/").status_code == 404
    assert Client().get(f"/{stranger.manufacturer.slug}/public/partners/{listed['seoul'].pk}/ask/").status_code == 404


def test_the_page_in_a_frame_lets_any_site_hold_it(listed: dict[str, Partner]) -> None:
    page = Client().get(f"{URL}embed/")
    assert "X-Frame-Options" not in page
    assert "frame-ancestors *" in page["Content-Security-Policy"]
    assert 'target="_blank"' in page.content.decode()


@pytest.mark.parametrize(
    "query", ["latitude=x&longitude=1", "latitude=91&longitude=0", "tier=<script>", "kind=nothing"]
)
def test_what_cannot_be_read_is_left_out(listed: dict[str, Partner], query: str) -> None:
    response = Client().get(f"{URL}?{query}")
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().replace("<script src", "")


def test_a_question_becomes_one_task_of_the_partner(listed: dict[str, Partner], manufacturer: Any) -> None:
    url = f"{URL}{listed['seoul'].pk}/ask/"
    data = {"name": "Kim <b>", "email": "kim@home.example", "message": "Do you lay floors?", "consent": "on"}
    for _ in range(2):  # a double click
        assert Client().post(url, data)["Location"] == f"{url}?sent=1"
    assert "has your question" in Client().get(f"{url}?sent=1").content.decode()
    with partner_scope(manufacturer.pk, listed["seoul"].pk):
        question = LocatorQuestion.objects.get()
        task = Task.objects.get(kind="locator_question")
    assert (question.name, question.email, question.language) == ("Kim <b>", "kim@home.example", "en")
    assert question.consent == "Seoul Agency and Hanbit may use what I write here to answer me."
    assert task.title == "Answer Kim <b>, who asked on the public page"
    assert "kim@home.example" in task.detail
    assert "Do you lay floors?" in task.detail
    with partner_scope(manufacturer.pk, listed["suwon"].pk):
        assert not LocatorQuestion.objects.exists()


@pytest.mark.parametrize(
    ("languages", "title"),
    [
        (["no", "en"], "Answer Kim, who asked on the public page"),
        (["no", "ko", "en"], "공개 페이지에서 문의한 Kim 님께 답변"),
        (["no"], "Answer Kim, who asked on the public page"),
    ],
)
def test_the_task_of_a_question_is_in_a_language_of_the_partner(
    listed: dict[str, Partner], manufacturer: Any, languages: list[str], title: str
) -> None:
    partner = listed["seoul"]
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(languages=languages)
    data = {"name": "Kim", "email": "kim@home.example", "message": "Do you lay floors?", "consent": "on"}
    Client().post(f"{URL}{partner.pk}/ask/", data)

    with partner_scope(manufacturer.pk, partner.pk):
        assert Task.objects.get(kind="locator_question").title == title


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"email": ""}, "Give an e-mail address or a phone number, so that you can be answered."),
        ({"consent": ""}, "This field is required."),
        ({"message": ""}, "This field is required."),
        ({"email": "nonsense"}, "Enter a valid email address."),
    ],
)
def test_a_question_with_a_fault_is_not_kept(
    listed: dict[str, Partner], manufacturer: Any, data: dict[str, str], sentence: str
) -> None:
    full = {"name": "Kim", "email": "kim@home.example", "message": "?", "consent": "on"}
    assert sentence in Client().post(f"{URL}{listed['seoul'].pk}/ask/", full | data).content.decode()
    with staff_scope(manufacturer.pk):
        assert not LocatorQuestion.objects.exists()


def test_a_program_is_thanked_and_forgotten(listed: dict[str, Partner], manufacturer: Any) -> None:
    data = {"name": "Bot", "email": "b@b.example", "message": "buy", "consent": "on", "website": "https://spam.example"}
    assert Client().post(f"{URL}{listed['seoul'].pk}/ask/", data).status_code == 302
    with staff_scope(manufacturer.pk):
        assert not LocatorQuestion.objects.exists()


def test_staff_list_many_and_one_and_the_partner_tells_its_hours(
    client_for: Any, owner: Membership, analyst: Membership, partner: Partner, partner_admin: Membership
) -> None:
    client, portal = client_for(owner), client_for(partner_admin)
    own = "/hanbit/portal/profile/public/"
    assert portal.get(own).status_code == 404  # not listed yet
    data = {"do": "show", "selected": [partner.pk], "confirmed": "1"}
    assert client_for(analyst).post("/hanbit/partners/", data).status_code == 403
    client.post("/hanbit/partners/", data)
    assert portal.post(own, {"about": "Floors", "hours_mon_from": "09:00", "hours_mon_to": "18:00"}).status_code == 302
    with staff_scope(partner.manufacturer_id):
        entry = LocatorEntry.objects.get(partner=partner)
    assert (entry.is_listed, entry.about, entry.hours) == (True, "Floors", {"mon": ["09:00", "18:00"]})
    url = f"/hanbit/partners/{partner.pk}/locator/"
    assert client_for(analyst).get(url).status_code == 403
    client.post(url, {"about": "Walls"})
    with staff_scope(partner.manufacturer_id):
        entry.refresh_from_db()
    assert (entry.is_listed, entry.about) == (False, "Walls")


def test_a_partner_cannot_list_itself_in_the_database(partner: Partner, manufacturer: Any) -> None:
    from django.db import ProgrammingError

    with staff_scope(manufacturer.pk):
        services.list_partners(Partner.objects.filter(pk=partner.pk), listed=True)
        services.list_partners(Partner.objects.filter(pk=partner.pk), listed=False)
    with pytest.raises(ProgrammingError, match="permission denied"), partner_scope(manufacturer.pk, partner.pk):
        LocatorEntry.objects.update(is_listed=True)


def test_a_manufacturer_without_the_page_has_none(manufacturer: Any, listed: dict[str, Partner]) -> None:
    with staff_scope(manufacturer.pk):
        manufacturer.functions_off = ["locator"]
        manufacturer.save(update_fields=["functions_off"])
    assert Client().get(URL).status_code == 404
    assert Client().get(f"{URL}{listed['seoul'].pk}/ask/").status_code == 404


def test_the_page_asks_the_same_number_of_queries_at_any_size(
    manufacturer: Any, listed: dict[str, Partner], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            Client().get(URL, {"place": "Seoul"})
        return len(queries)

    count()
    few = count()
    with staff_scope(manufacturer.pk):
        more = [PartnerFactory(manufacturer=manufacturer, kind=listed["seoul"].kind).pk for _ in range(20)]
        services.list_partners(Partner.objects.filter(pk__in=more), listed=True)
    assert count() == few


def test_hours_of_a_day() -> None:
    hours = {"mon": ["09:00", "18:00"]}
    assert selectors.is_open(hours, MONDAY_NOON) is True
    assert selectors.is_open(hours, MONDAY_NOON.replace(hour=18)) is False
    assert selectors.hours_on(hours, MONDAY_NOON + dt.timedelta(days=6)) is None
    assert timezone.is_naive(MONDAY_NOON)
