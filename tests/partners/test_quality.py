"""How good the data about partners are, field by field: what is filled, how old, from whom, and what reads it."""

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners import services
from partners.field_use import uses_by_field
from partners.models import (
    AgreementTemplate,
    AgreementType,
    Audience,
    CustomField,
    FieldCorrection,
    JourneyPhase,
    JourneyStep,
    JourneyTemplate,
    LocatorEntry,
    Partner,
    Territory,
    TerritoryRule,
)
from partners.selectors.field_quality import FieldQuality
from partners.selectors.quality import quality_of
from partners.services.merging import merge_partners
from tenancy.models import Membership, SavedView
from tenancy.provenance import writing_as
from tenancy.rls import partner_scope, staff_scope
from tests.factories import CustomFieldFactory, PartnerFactory, PartnerKindFactory

pytestmark = pytest.mark.django_db

FINDING = "finding duplicates"
COMPARED = {"local_name", "business_number", "phone", "email", "website", "address", "city", "postal_code", "country"}


def fields(member: Membership) -> dict[str, FieldQuality]:
    with staff_scope(member.manufacturer_id):
        return {field.name: field for field in quality_of(member).fields}


def uses(manufacturer: Any) -> dict[str, list[str]]:
    with staff_scope(manufacturer.pk):
        return {name: sorted(words) for name, words in uses_by_field().items()}


def bare(manufacturer: Any, **values: Any) -> Partner:
    return PartnerFactory(manufacturer=manufacturer, **{"country": ""} | values)


def write(partner: Partner, source: str = "", **values: Any) -> None:
    with staff_scope(partner.manufacturer_id):
        if source:
            with writing_as(source):
                Partner.objects.filter(pk=partner.pk).update(**values)
        else:
            Partner.objects.filter(pk=partner.pk).update(**values)


def corrections(manufacturer: Any) -> list[tuple[str, str, str]]:
    with staff_scope(manufacturer.pk):
        return list(FieldCorrection.objects.order_by("pk").values_list("field", "told_by", "corrected_by"))


def test_what_another_source_puts_in_the_place_of_a_value_is_a_correction(manufacturer: Any) -> None:
    partner = bare(manufacturer)
    write(partner, phone="1", city="Seoul", custom={"sign": "A"})
    assert corrections(manufacturer) == []  # a first value corrects nothing
    write(partner, phone="2")
    assert corrections(manufacturer) == []  # nor does a source that changes its mind
    write(partner, "import", phone="2", city="Busan")
    assert corrections(manufacturer) == [("city", "staff", "import")]  # the same value again is none
    with partner_scope(manufacturer.pk, partner.pk):
        Partner.objects.filter(pk=partner.pk).update(city="Daegu", phone="", custom={"sign": "B"})
    assert sorted(corrections(manufacturer)[1:]) == [("city", "import", "partner"), ("custom.sign", "staff", "partner")]
    write(partner, confirmed_at=timezone.now())
    assert len(corrections(manufacturer)) == 3  # a confirmation leaves the source


def test_many_rows_are_noted_by_one_change(manufacturer: Any) -> None:
    for _number in range(3):
        bare(manufacturer, city="Seoul")
    with staff_scope(manufacturer.pk), writing_as("register"):
        Partner.objects.filter(city="Seoul").update(city="서울")
    assert corrections(manufacturer) == [("city", "staff", "register")] * 3


def test_nobody_writes_corrections_and_partners_do_not_read_them(manufacturer: Any, partner: Partner) -> None:
    values = {"partner": partner, "field": "city", "told_by": "import", "corrected_by": "partner", "at": timezone.now()}
    for scope in (staff_scope(manufacturer.pk), partner_scope(manufacturer.pk, partner.pk)):
        with pytest.raises(ProgrammingError, match="permission denied"), scope:
            FieldCorrection.objects.create(**values)
    with pytest.raises(ProgrammingError, match="permission denied"), partner_scope(manufacturer.pk, partner.pk):
        list(FieldCorrection.objects.all())


def test_each_field_tells_how_often_it_is_filled_how_old_it_is_and_from_whom(
    manufacturer: Any, owner: Membership
) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="sign", labels={"en": "Sign"})
    four = [bare(manufacturer) for _number in range(4)]
    write(four[0], phone="1", custom={"sign": "A"}, confirmed_at=timezone.now() - dt.timedelta(days=730))
    write(four[1], "import", phone="2")
    write(four[2], "import", phone="3")
    write(four[2], phone="4")  # staff put the import right
    bare(manufacturer, phone="9", stage="ended")  # not counted
    found = fields(owner)
    phone = found["phone"]
    assert (phone.label, phone.filled, phone.percent) == ("Phone", 3, 75)
    assert [(s.source, s.standing, s.corrected, s.percent, s.percent_corrected) for s in phone.sources] == [
        ("staff", 2, 0, 67, 0),
        ("import", 1, 1, 33, 50),
    ]
    assert (phone.months, phone.percent_old) == (8, 33)  # 730 days over three values
    sign = found["custom.sign"]
    assert (sign.label, sign.percent, sign.months, sign.percent_old) == ("Sign", 25, 24, 100)
    assert (found["email"].percent, found["email"].months, found["email"].sources) == (0, None, [])
    with staff_scope(manufacturer.pk):
        sources = quality_of(owner).sources
    assert [(s.source, s.standing, s.corrected, s.percent) for s in sources] == [
        ("staff", 3, 0, 75),
        ("import", 1, 1, 25),
    ]


def test_who_sees_only_their_own_partners_hears_of_those_alone(manufacturer: Any, manager: Membership) -> None:
    own = bare(manufacturer, channel_manager=manager, phone="1")
    other = bare(manufacturer, phone="2")
    for partner in (own, other):
        write(partner, "import", phone="3")
    assert [share.corrected for share in fields(manager)["phone"].sources] == [0, 2]
    with staff_scope(manufacturer.pk):
        Membership.objects.filter(pk=manager.pk).update(assigned_only=True)
        bound = Membership.objects.select_related("manufacturer").get(pk=manager.pk)
    found = fields(bound)["phone"]
    assert (found.filled, found.percent) == (1, 100)
    assert [(share.source, share.standing, share.corrected) for share in found.sources] == [
        ("import", 1, 0),
        ("staff", 0, 1),
    ]


def test_uses_come_from_what_is_there(manufacturer: Any, partner: Partner, owner: Membership) -> None:
    assert uses(manufacturer) == {name: [FINDING] for name in COMPARED}
    with staff_scope(manufacturer.pk):
        LocatorEntry.objects.create(partner=partner, is_listed=True)
    assert {name for name, words in uses(manufacturer).items() if "the public page" in words} == {
        "phone", "website", "address", "postal_code", "city", "opening_hours",
    }  # fmt: skip
    with staff_scope(manufacturer.pk):
        territory = Territory.objects.create(code="south", names={"en": "South"})
        TerritoryRule.objects.create(territory=territory, country="KR")
    assert [name for name, words in uses(manufacturer).items() if "territories" in words] == ["country"]
    with staff_scope(manufacturer.pk):
        TerritoryRule.objects.create(territory=territory, country="KR", postal_from="1", postal_to="2")
    assert {name for name, words in uses(manufacturer).items() if "territories" in words} == {"country", "postal_code"}


def test_conditions_and_saved_lists_are_uses(manufacturer: Any, owner: Membership) -> None:
    for key in ("sign", "size", "note"):
        CustomFieldFactory(manufacturer=manufacturer, key=key)

    def asks(*names: str) -> dict[str, Any]:
        nested = {"op": "none", "rules": [{"field": name, "test": "filled"} for name in names]}
        return {"op": "all", "rules": [nested, {"field": "score", "test": "filled"}]}

    with staff_scope(manufacturer.pk):
        for name, definition, is_archived in (
            ("One", asks("employees", "own.sign"), False),
            ("Two", asks("employees"), False),
            ("Gone", asks("own.note"), True),
        ):
            Audience.objects.create(name=name, definition=definition, owner=owner, is_archived=is_archived)
        for name, key, query in (
            ("Sizes", "partners", "own_size_min=3&region=Seoul&columns=name,phone"),
            ("Elsewhere", "agreements", "own_note=x"),
        ):
            SavedView.objects.create(member=owner, list_key=key, name=name, query=query)
    found = uses(manufacturer)
    assert {name: found[name] for name in found if name not in COMPARED} == {
        "employees": ["2 audiences"],
        "custom.sign": ["1 audience"],
        "custom.size": ["1 saved list"],
        "region": ["1 saved list"],
    }


def test_agreements_journeys_and_grades_are_uses(manufacturer: Any, owner: Membership) -> None:
    from valuation.models import Programme, ProgrammeKpi, ProgrammeStatus

    with staff_scope(manufacturer.pk):
        kind = AgreementType.objects.create(code="dealer", names={"en": "Dealer"})
        for version, text in ((1, "{partner_address}"), (2, "No. {business_number}")):
            AgreementTemplate.objects.create(
                type=kind, version=version, texts={"en": text}, published_at=timezone.now()
            )
    found = uses(manufacturer)
    assert [name for name, words in found.items() if "agreements" in words] == ["business_number", "languages"]
    with staff_scope(manufacturer.pk):
        template = JourneyTemplate.objects.create(
            family="0" * 32, names={"en": "Start"}, state=JourneyTemplate.State.PUBLISHED
        )
        phase = JourneyPhase.objects.create(template=template, names={"en": "One"})
        JourneyStep.objects.create(phase=phase, type="form", subject="contact", titles={"en": "Reach"})
        JourneyStep.objects.create(phase=phase, type="read", subject="company", titles={"en": "Read"})
    assert {name for name, words in uses(manufacturer).items() if "journeys" in words} == {"phone", "email"}
    CustomFieldFactory(manufacturer=manufacturer, key="must", is_required=True)
    CustomFieldFactory(manufacturer=manufacturer, key="may")
    with staff_scope(manufacturer.pk):
        programme = Programme.objects.create(
            code="p", names={"en": "P"}, effective_from=dt.date(2026, 1, 1), status=ProgrammeStatus.DRAFT
        )
        ProgrammeKpi.objects.create(programme=programme, kpi="profile", weight=5, target=100)
    assert not any("grades" in words for words in uses(manufacturer).values())
    with staff_scope(manufacturer.pk):
        Programme.objects.update(status=ProgrammeStatus.PUBLISHED)
    graded = {name for name, words in uses(manufacturer).items() if "grades" in words}
    assert graded == COMPARED - {"local_name"} | {
        "opening_hours", "employees", "languages", "established_year", "custom.must",
    }  # fmt: skip


def test_how_complete_and_fresh_partners_are_by_kind_region_and_manager(
    manufacturer: Any, owner: Membership, manager: Membership
) -> None:
    """Of drafts city and country are asked: none, one or both of them are there."""
    agency, dealer = (PartnerKindFactory(manufacturer=manufacturer, code=code, names={"en": code}) for code in "ad")
    now = timezone.now()
    old = now - dt.timedelta(days=400)
    common = {"manufacturer": manufacturer, "stage": "draft"}
    bare(**common, kind=agency, region="Seoul", city="Seoul", country="KR", confirmed_at=now, channel_manager=manager)
    bare(**common, kind=agency, region="Seoul", city="Seoul", confirmed_at=old)
    bare(**common, kind=agency, region="Busan", confirmed_at=None)
    bare(**common, kind=dealer, city="Busan", country="KR", confirmed_at=old)
    bare(**common | {"stage": "ended"}, kind=dealer)
    with staff_scope(manufacturer.pk):
        found = {by: quality_of(owner, by=by) for by in ("kind", "region", "manager")}
    for quality in found.values():
        assert (quality.partners, quality.percent) == (4, 62)
        assert [(share.count, share.percent) for share in quality.bands] == [(1, 25), (0, 0), (1, 25), (0, 0), (2, 50)]
        assert [(share.count, share.percent) for share in quality.ages] == [(1, 25), (2, 50), (1, 25)]
    groups = {
        by: [(group.label, group.partners, group.percent, group.stale, group.query) for group in quality.groups]
        for by, quality in found.items()
    }
    assert groups["kind"] == [("a", 3, 50, 2, "kind=a"), ("d", 1, 100, 1, "kind=d")]
    assert groups["region"] == [
        ("Seoul", 2, 75, 1, "region=Seoul"), ("No region", 1, 100, 1, ""), ("Busan", 1, 0, 1, "region=Busan"),
    ]  # fmt: skip
    assert groups["manager"] == [
        ("Nobody", 3, 50, 3, "manager=none"), (manager.name, 1, 100, 0, f"manager={manager.pk}"),
    ]  # fmt: skip


def test_what_is_collected_in_vain_and_what_is_missing(manufacturer: Any, owner: Membership) -> None:
    for number in range(5):
        bare(manufacturer, phone="1", email="a@b.example" if number < 3 else "", employees=4 if number < 1 else None)
    with staff_scope(manufacturer.pk):
        quality = quality_of(owner)
    assert [(field.name, field.percent) for field in quality.unused] == [("employees", 20)]
    missing = {field.name: field.percent for field in quality.missing}
    assert missing == dict.fromkeys(COMPARED - {"phone", "email"}, 0) | {"email": 60}
    assert list(missing.values()) == sorted(missing.values())


def test_the_page_tells_it_with_as_many_queries_for_many_partners(
    client_for: Any, manufacturer: Any, owner: Membership, partner: Partner
) -> None:
    client = client_for(owner)

    def ask() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as asked:
            text = client.get("/hanbit/quality/").content.decode()
        return text, len(asked)

    write(partner, "import", phone="<b>1</b>")
    ask()
    text, few = ask()
    for words in ("Whom to trust", "Field by field", "An import", "Finding duplicates"):
        assert words in text
    assert "<b>1</b>" not in text
    with staff_scope(manufacturer.pk):
        for number in range(20):
            CustomField.objects.create(key=f"k{number}", labels={"en": f"K{number}"})
            Audience.objects.create(
                name=f"A{number}", owner=owner, definition={"op": "all", "rules": [{"field": "city", "test": "filled"}]}
            )
    for number in range(30):
        one = bare(manufacturer, name=f"P{number}", phone="1")
        write(one, "import", phone="2")
    assert ask()[1] == few


def test_a_merge_leaves_corrections_with_the_record(manufacturer: Any, owner: Membership) -> None:
    keep, gone = bare(manufacturer, phone="1"), bare(manufacturer, phone="2")
    write(gone, "import", phone="3")
    with staff_scope(manufacturer.pk):
        merge_partners(keep, gone, by=owner)
        assert FieldCorrection.objects.get().partner_id == gone.pk


def test_services_are_sources_too(manufacturer: Any, partner: Partner) -> None:
    write(partner, "import", phone="1")
    with staff_scope(manufacturer.pk):
        stored = Partner.objects.get(pk=partner.pk)
        stored.phone = "2"
        services.update_partner(stored, fields=["phone"])
    assert corrections(manufacturer) == [("phone", "import", "staff")]
