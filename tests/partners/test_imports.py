from decimal import Decimal

import pytest

from jobs.imports import ImportRefusedError, import_kind
from partners.hierarchy import Trouble, first_trouble
from partners.models import Partner, PartnerKind, PartnerTerritory, Stage, Territory, TerritoryRule
from tenancy.history import history_of
from tenancy.rls import staff_scope
from tests.factories import CustomFieldFactory, PartnerFactory, PartnerKindFactory
from tests.importing import bad, bring, counts, rejected_rows


@pytest.fixture
def agency(manufacturer):
    return PartnerKindFactory(
        manufacturer=manufacturer, code="agency", names={"en": "Agency", "ko": "대리점", "ja": "代理店"}, order=1
    )


@pytest.fixture
def shop(manufacturer):
    return PartnerKindFactory(manufacturer=manufacturer, code="shop", names={"en": "Shop", "ko": "매장"}, order=2)


def partner(manufacturer, code):
    with staff_scope(manufacturer.pk):
        return Partner.objects.select_related("kind", "parent").get(code=code)


def parents(manufacturer):
    with staff_scope(manufacturer.pk):
        return dict(Partner.objects.values_list("code", "parent__code"))


def test_a_sheet_of_partners_with_korean_headers(manufacturer, agency, shop, tmp_path):
    sheet = (
        "거래처코드,ERP코드,상호,구분,상위거래처코드,이메일,전화번호,주소,시군구,시도,우편번호,국가,위도,경도,설립연도,직원수\n"
        "A-1,9001,서울대리점,대리점,,Info@Seoul.example,02-555-0101,테헤란로 1,강남구,서울,06142,대한민국,37.4979,127.0276123,"
        '1998,"1,204"\n'
        "S-1,,강남매장,shop,A-1,,,,,,,kr,,,,\n"
    )

    assert counts(bring(manufacturer, "partners", sheet.encode("cp949"), tmp_path)) == (2, 0, 0, 0)

    seoul = partner(manufacturer, "A-1")
    assert (seoul.name, seoul.external_code, seoul.kind, seoul.stage) == ("서울대리점", "9001", agency, Stage.ACTIVE)
    assert (seoul.email, seoul.phone, seoul.address) == ("info@seoul.example", "02-555-0101", "테헤란로 1")
    assert (seoul.city, seoul.region, seoul.postal_code, seoul.country) == ("강남구", "서울", "06142", "KR")
    assert (seoul.latitude, seoul.longitude) == (Decimal("37.4979"), Decimal("127.027612"))
    assert (seoul.established_year, seoul.employees, seoul.parent) == (1998, 1204, None)
    store = partner(manufacturer, "S-1")
    assert (store.kind, store.parent, store.external_code, store.phone) == (shop, seoul, None, "")
    assert counts(bring(manufacturer, "partners", sheet.encode("cp949"), tmp_path)) == (0, 0, 2, 0)


def test_a_known_code_is_an_update_of_what_the_file_says(manufacturer, agency, shop, tmp_path):
    before = PartnerFactory(
        manufacturer=manufacturer,
        code="A-1",
        name="Old",
        kind=shop,
        phone="1",
        city="Busan",
        website="https://a.example",
    )

    outcome = bring(manufacturer, "partners", "code,name,phone\nA-1,New,\n", tmp_path)

    assert counts(outcome) == (0, 1, 0, 0)
    after = partner(manufacturer, "A-1")
    assert (after.pk, after.name, after.phone) == (before.pk, "New", "")
    assert (after.city, after.website, after.kind) == ("Busan", "https://a.example", shop)
    assert after.updated_at > before.updated_at
    with staff_scope(manufacturer.pk):
        assert len(history_of(after)) == 1


def test_line_ends_within_cells_and_marks_of_other_tools_do_no_harm(manufacturer, agency, tmp_path):
    sheet = 'code,name,address\n"A\n1","One\r\n\\.\nTwo","1 Street\n  Town"\n\\.,\\N,\\\n'

    assert counts(bring(manufacturer, "partners", sheet, tmp_path)) == (2, 0, 0, 0)
    assert partner(manufacturer, "A 1").name == "One \\. Two"
    assert partner(manufacturer, "A 1").address == "1 Street Town"
    odd = partner(manufacturer, "\\.")
    assert (odd.name, odd.address) == ("\\N", "\\")


def test_new_partners_without_a_kind_are_of_the_first_one(manufacturer, agency, shop, tmp_path):
    bring(manufacturer, "partners", "code,name\nA-1,New\n", tmp_path)

    assert partner(manufacturer, "A-1").kind == agency


def test_a_manufacturer_without_kinds_gets_one(manufacturer, tmp_path):
    bring(manufacturer, "partners", "code,name\nA-1,New\n", tmp_path)

    assert partner(manufacturer, "A-1").kind.code == "partner"


def test_unknown_kinds_are_created_when_asked_for(manufacturer, agency, tmp_path):
    sheet = "code,name,kind\nA-1,One,Value Added Reseller\nA-2,Two,특약점\nA-3,Three,Value Added Reseller\nA-4,Four,代理店\n"

    refused = bring(manufacturer, "partners", sheet, tmp_path)
    assert {cell[2] for cell in bad(refused)} == {"unknown_kind"}
    assert counts(bring(manufacturer, "partners", sheet, tmp_path, create_missing=True)) == (4, 0, 0, 0)

    with staff_scope(manufacturer.pk):
        kinds = dict(Partner.objects.values_list("code", "kind__names__en"))
        assert kinds == {"A-1": "Value Added Reseller", "A-2": "특약점", "A-3": "Value Added Reseller", "A-4": "Agency"}
        assert PartnerKind.objects.filter(code="value-added-reseller").exists()
    assert counts(bring(manufacturer, "partners", sheet, tmp_path)) == (0, 0, 4, 0)


def test_what_is_wrong_with_partners(manufacturer, agency, tmp_path):
    PartnerFactory(manufacturer=manufacturer, code="T-1", external_code="77", kind=agency)
    sheet = (
        "code,external_code,name,email,country,latitude,established_year,parent_code\n"
        "A-1,,One,one at example,,,,\nA-2,,Two,,Atlantis,,,\nA-3,,Three,,,91,,\nA-4,,Four,,,,1066,\nA-5,,,,,,,\n"
        "A-6,,Six,,,,,NOBODY\nA-7,77,Seven,,,,,\nA-8,8,Eight,,,,,\nA-9,8,Nine,,,,,\nA-8,8,Again,,,,,\n"
        f"{'x' * 65},,Long,,,,,\n"
    )

    outcome = bring(manufacturer, "partners", sheet, tmp_path, only_good=True)

    assert sorted(bad(outcome)) == [
        (2, "email", "not_email", "one at example"),
        (3, "country", "unknown_country", "Atlantis"),
        (4, "latitude", "too_big", "91"),
        (5, "established_year", "too_small", "1066"),
        (6, "name", "missing", None),
        (7, "parent_code", "unknown_parent", "NOBODY"),
        (8, "external_code", "code_taken", "T-1"),
        (10, "external_code", "code_taken", "A-8"),
        (11, "code", "repeated", "9"),
        (12, "code", "too_long", "x" * 65),
    ]
    assert counts(outcome) == (1, 0, 0, 10)


def test_parents_may_stand_anywhere_in_the_file_and_have_external_codes(manufacturer, agency, tmp_path):
    PartnerFactory(manufacturer=manufacturer, code="D-1", external_code="500", kind=agency)
    sheet = "code,external_code,name,parent_code\nS-1,,Shop,A-1\nA-1,501,Agency,500\nS-2,,Shop 2,501\nD-1,500,Top,\n"

    assert counts(bring(manufacturer, "partners", sheet, tmp_path)) == (3, 1, 0, 0)
    assert parents(manufacturer) == {"S-1": "A-1", "A-1": "D-1", "S-2": "A-1", "D-1": None}
    assert counts(bring(manufacturer, "partners", sheet, tmp_path)) == (0, 0, 4, 0)
    assert counts(bring(manufacturer, "partners", "code,parent_code\nS-1,D-1\nS-2,\nA-1,D-1\n", tmp_path)) == (
        0,
        2,
        1,
        0,
    )
    assert parents(manufacturer) == {"S-1": "D-1", "A-1": "D-1", "S-2": None, "D-1": None}


def test_circles_are_rejected_and_what_hangs_below_the_rejected_too(manufacturer, agency, tmp_path):
    top = PartnerFactory(manufacturer=manufacturer, code="T", kind=agency)
    PartnerFactory(manufacturer=manufacturer, code="U", kind=agency, parent=top)
    sheet = "code,name,parent_code\nA,One,B\nB,Two,C\nC,Three,A\nD,Four,C\nT,Top,U\nE,Self,E\nF,Fine,T\n"

    outcome = bring(manufacturer, "partners", sheet, tmp_path, only_good=True)

    assert sorted(bad(outcome)) == [
        (2, "parent_code", "circle", "A > B > C > A"),
        (3, "parent_code", "circle", "B > C > A > B"),
        (4, "parent_code", "circle", "C > A > B > C"),
        (5, "parent_code", "unknown_parent", "C"),
        (6, "parent_code", "circle", "T > U > T"),
        (7, "parent_code", "circle", "E > E"),
    ]
    assert parents(manufacturer) == {"T": None, "U": "T", "F": "T"}


def test_partners_ten_levels_deep_and_no_more(manufacturer, agency, tmp_path):
    rows = "".join(f"P{n},Partner {n},{f'P{n - 1}' if n else ''}\n" for n in range(11))

    outcome = bring(manufacturer, "partners", "code,name,parent_code\n" + rows, tmp_path, only_good=True)

    assert bad(outcome) == [(12, "parent_code", "too_deep", "10")]
    assert counts(outcome) == (10, 0, 0, 1)


def test_external_codes_can_change_hands_in_one_file(manufacturer, agency, tmp_path):
    PartnerFactory(manufacturer=manufacturer, code="A", external_code="1", kind=agency)
    PartnerFactory(manufacturer=manufacturer, code="B", external_code="2", kind=agency)

    assert counts(bring(manufacturer, "partners", "code,external_code\nA,2\nB,1\n", tmp_path)) == (0, 2, 0, 0)
    assert (partner(manufacturer, "A").external_code, partner(manufacturer, "B").external_code) == ("2", "1")


def test_the_manufacturers_own_fields_are_columns(manufacturer, agency, tmp_path):
    for key, kind, choices in (
        ("trucks", "number", []),
        ("since", "date", []),
        ("size", "choice", ["S", "L"]),
        ("brands", "multiple", ["Oak", "Ash"]),
        ("motto", "text", []),
        ("kept", "text", []),
    ):
        CustomFieldFactory(manufacturer=manufacturer, key=key, type=kind, choices=choices, labels={"ko": f"{key}란"})
    PartnerFactory(manufacturer=manufacturer, code="A", name="A", kind=agency, custom={"kept": "yes", "motto": "old"})
    sheet = (
        'code,name,trucks란,since,size,brands,motto\nA,A,"1,234.5",2024년 3월 1일,s,Ash; oak,\n'
        "B,B,x,soon,XL,Oak;Elm,ok\nC,C,,,,,Work first\n"
    )

    outcome = bring(manufacturer, "partners", sheet, tmp_path, only_good=True)

    assert sorted(bad(outcome)) == [
        (3, "brands", "unknown_choice", "Oak;Elm"),
        (3, "since", "not_a_date", "soon"),
        (3, "size", "unknown_choice", "XL"),
        (3, "trucks", "not_a_number", "x"),
    ]
    assert partner(manufacturer, "A").custom == {
        "kept": "yes", "trucks": 1234.5, "since": "2024-03-01", "size": "S", "brands": ["Ash", "Oak"],
    }  # fmt: skip
    assert partner(manufacturer, "C").custom == {"motto": "Work first"}
    assert counts(bring(manufacturer, "partners", sheet, tmp_path, only_good=True)) == (0, 0, 2, 1)


def test_a_new_partner_needs_a_name(manufacturer, agency, tmp_path):
    PartnerFactory(manufacturer=manufacturer, code="A", kind=agency)

    outcome = bring(manufacturer, "partners", "code,phone\nA,1\nB,2\n", tmp_path, only_good=True)

    assert bad(outcome) == [(3, "name", "needs_name", None)]
    assert partner(manufacturer, "A").phone == "1"


def test_a_constant_that_cannot_be_read_stops_the_import(manufacturer, tmp_path):
    mapping = {"columns": {"code": "code", "name": "name"}, "constants": {"country": "Atlantis"}}

    with pytest.raises(ImportRefusedError) as refusal:
        bring(manufacturer, "partners", "code,name\nA,A\n", tmp_path, mapping=mapping)
    assert str(refusal.value) == "The constant “Atlantis” for “country” cannot be read."


def test_the_first_trouble_of_a_hierarchy():
    known = [(1, "A", None), (2, "B", 1), (3, "C", 2)]

    assert first_trouble(known, [(7, "A", 1, 3)], most_levels=10) == {7: Trouble("circle", "A > C > B > A")}
    assert first_trouble(known, [(7, "B", 2, None), (8, "A", 1, 3)], most_levels=10) == {}
    assert first_trouble(known, [(7, "D", None, 3)], most_levels=3) == {7: Trouble("too_deep", "3")}


@pytest.fixture
def areas(manufacturer, monkeypatch):
    """Three territories, one with a rule; and two product lines."""
    from partners import product_lines

    monkeypatch.setattr(product_lines, "_providers", [lambda: [("F", "Flooring"), ("W", "Wall panels")]])
    with staff_scope(manufacturer.pk):
        found = {
            code: Territory.objects.create(code=code, names={"en": name, "ko": korean}, order=number)
            for number, (code, name, korean) in enumerate(
                [("north", "North", "북부"), ("south", "South", "남부"), ("isles", "Isles", "도서")]
            )
        }
        TerritoryRule.objects.create(territory=found["north"], country="KR", region="Seoul")
    return found


def covers(manufacturer, code):
    with staff_scope(manufacturer.pk):
        rows = PartnerTerritory.objects.filter(partner__code=code).order_by("territory__code")
        return list(rows.values_list("territory__code", "source"))


def test_capacity_product_lines_and_territories_are_columns(manufacturer, agency, areas, tmp_path):
    sheet = (
        "code,name,country,region,opening hours,showroom area,lead capacity,crews,product lines,territories\n"
        'A-1,One,KR,Seoul,9-18,120.5,30,4,"wall panels; F",south; North\n'
        "A-2,Two,KR,Busan,,,,,,\n"
    )
    assert counts(bring(manufacturer, "partners", sheet, tmp_path)) == (2, 0, 0, 0)
    one = partner(manufacturer, "A-1")
    assert (one.opening_hours, one.showroom_area, one.lead_capacity, one.crew_count) == (
        "9-18",
        Decimal("120.5"),
        30,
        4,
    )
    assert one.product_lines == ["F", "W"]
    assert covers(manufacturer, "A-1") == [("north", "address"), ("south", "declared")]
    assert covers(manufacturer, "A-2") == []
    assert counts(bring(manufacturer, "partners", sheet, tmp_path)) == (0, 0, 2, 0)


def test_territories_follow_the_file_and_the_address_stays(manufacturer, agency, areas, tmp_path):
    def sheet(territories, region="Seoul"):
        return f"code,name,country,region,territories\nA-1,One,KR,{region},{territories}\n"

    bring(manufacturer, "partners", sheet("south;isles"), tmp_path)
    assert covers(manufacturer, "A-1") == [("isles", "declared"), ("north", "address"), ("south", "declared")]
    with staff_scope(manufacturer.pk):
        PartnerTerritory.objects.filter(territory__code="south").update(is_exclusive=True)
    assert counts(bring(manufacturer, "partners", sheet("도서; south"), tmp_path)) == (0, 0, 1, 0)
    assert counts(bring(manufacturer, "partners", sheet("south"), tmp_path)) == (0, 1, 0, 0)
    assert covers(manufacturer, "A-1") == [("north", "address"), ("south", "declared")]
    with staff_scope(manufacturer.pk):
        assert PartnerTerritory.objects.get(territory__code="south").is_exclusive  # what the file does not say stays
    assert counts(bring(manufacturer, "partners", sheet(""), tmp_path)) == (0, 1, 0, 0)
    assert covers(manufacturer, "A-1") == [("north", "address")]
    assert counts(bring(manufacturer, "partners", sheet("north", region="Busan"), tmp_path)) == (0, 1, 0, 0)
    assert covers(manufacturer, "A-1") == [("north", "declared")]  # no longer by its address
    assert counts(bring(manufacturer, "partners", sheet("", region="Seoul"), tmp_path)) == (0, 1, 0, 0)
    assert covers(manufacturer, "A-1") == [("north", "address")]  # declared no more, but there again by address
    # A file that says nothing of territories leaves them alone.
    bring(manufacturer, "partners", sheet("isles"), tmp_path)
    assert counts(bring(manufacturer, "partners", "code,name\nA-1,Uno\n", tmp_path)) == (0, 1, 0, 0)
    assert covers(manufacturer, "A-1") == [("isles", "declared"), ("north", "address")]


def test_unknown_territories_and_lines_are_named(manufacturer, agency, areas, tmp_path):
    sheet = "code,name,product lines,territories,crews\nA-1,One,F;X,north,\nA-2,Two,F,west,-1\nA-3,Three,f,NORTH,2\n"
    outcome = bring(manufacturer, "partners", sheet, tmp_path)
    assert sorted(bad(outcome)) == [
        (2, "product_lines", "unknown_line", "F;X"),
        (3, "crew_count", "too_small", "-1"),
        (3, "territories", "unknown_territory", "west"),
    ]
    text = rejected_rows(manufacturer, "partners", sheet, tmp_path)
    assert "“west” names a territory that there is not" in text


def test_a_retired_territory_comes_in_again_only_while_somebody_covers_it(manufacturer, agency, areas, tmp_path):
    def sheet(name):
        return f"code,name,territories\nA-1,{name},south\n"

    bring(manufacturer, "partners", sheet("One"), tmp_path)
    with staff_scope(manufacturer.pk):
        Territory.objects.filter(code="south").update(is_retired=True)
    assert counts(bring(manufacturer, "partners", sheet("Uno"), tmp_path)) == (0, 1, 0, 0)
    assert covers(manufacturer, "A-1") == [("south", "declared")]
    with staff_scope(manufacturer.pk):
        PartnerTerritory.objects.all().delete()
    assert bad(bring(manufacturer, "partners", sheet("Uno"), tmp_path)) == [
        (2, "territories", "unknown_territory", "south")
    ]


def test_lines_that_staff_chose_in_another_order_are_the_same(manufacturer, agency, areas, tmp_path):
    sheet = "code,name,product lines\nA-1,One,F;W\n"
    bring(manufacturer, "partners", sheet, tmp_path)
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(code="A-1").update(product_lines=["W", "F"])
    assert counts(bring(manufacturer, "partners", sheet, tmp_path)) == (0, 0, 1, 0)


def test_without_lines_and_territories_there_are_no_such_columns(manufacturer, agency):
    with staff_scope(manufacturer.pk):
        names = [column.name for column in import_kind("partners").columns()]
    assert names[-4:] == ["opening_hours", "showroom_area", "lead_capacity", "crew_count"]


def test_what_the_list_exports_can_be_brought_in_again(client_for, owner, manufacturer, agency, areas, tmp_path):
    sheet = "code,name,country,region,lead capacity,product lines,territories\nA-1,One,KR,Seoul,3,F;W,isles\n"
    bring(manufacturer, "partners", sheet, tmp_path)
    columns = "code,name,opening_hours,territories,product_lines,showroom_area,lead_capacity,crew_count"
    client = client_for(owner)
    answer = client.get(f"/hanbit/partners/?columns={columns}&export=csv")
    exported = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "north; isles" in exported
    assert "F; W" in exported
    assert counts(bring(manufacturer, "partners", exported, tmp_path)) == (0, 0, 1, 0)
    page = client.get(f"/hanbit/partners/?columns={columns}").content.decode()
    assert "North, Isles" in page
    assert "Flooring, Wall panels" in page
