"""Who is in an audience by SQL, against plain Python over the same rows."""

import datetime as dt
import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from partners.audiences.fields import Catalogue, fitting, midnight
from partners.audiences.tree import MOST_CONDITIONS, TESTS, Condition, Group, Op, Test, Type, as_json, conditions, read
from partners.completeness import completeness_of
from partners.models import (
    Partner,
    PartnerOtherKind,
    PartnerSpecialisation,
    PartnerSummary,
    PartnerTerritory,
    Territory,
)
from partners.questions import all_questions
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import (
    CustomFieldFactory,
    MembershipFactory,
    PartnerFactory,
    PartnerKindFactory,
    PartnerMemberFactory,
    SpecialisationFactory,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 30)
COUNT = 24


def pick(number: int, values: list[Any], salt: int) -> Any:
    """One of the values, by turns that differ for each salt."""
    return values[(number * (2 * salt + 1) + number // 5 + salt) % len(values)]


@pytest.fixture
def member(manufacturer: Any) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.OWNER)


@pytest.fixture
def network(manufacturer: Any, member: Membership, stranger: Membership) -> list[dict[str, Any]]:
    """Partners with and without each value, as Python sees them: {field: value}."""
    kinds = [PartnerKindFactory(manufacturer=manufacturer, code=code) for code in ("agency", "dealer", "shop")]
    skills = [SpecialisationFactory(manufacturer=manufacturer, code=code) for code in ("floor", "wall")]
    managers = [MembershipFactory(manufacturer=manufacturer) for _ in range(2)]
    for key, kind, choices in (
        ("note", "text", []),
        ("size", "number", []),
        ("since", "date", []),
        ("sign", "choice", ["A", "B", "C"]),
        ("tools", "multiple", ["A", "B", "C"]),
        ("paper", "file", []),
    ):
        CustomFieldFactory(manufacturer=manufacturer, key=key, type=kind, choices=choices, is_required=key == "size")
    PartnerFactory(manufacturer=stranger.manufacturer, name="Elsewhere", city="Busan", region="Seoul")
    rows: list[dict[str, Any]] = []
    with staff_scope(manufacturer.pk):
        land = Territory.objects.create(code="land", names={"en": "Land"})
        north = Territory.objects.create(code="north", names={"en": "North"}, parent=land)
        south = Territory.objects.create(code="south", names={"en": "South"}, parent=land)
    for n in range(COUNT):
        moment = pick(
            n,
            [None, *(midnight(TODAY) - dt.timedelta(days=d, hours=h) for d, h in ((0, -9), (3, 5), (40, 0), (400, 1)))],
            3,
        )
        custom = {
            "note": pick(n, [None, "Alpha beta", "ALPHA", "gamma 100%", "a_b"], 5),
            "size": pick(n, [None, 0, 5, 12.5, 100], 6),
            "since": pick(n, [None, "2026-06-30", "2026-06-01", "2020-02-29", "2026-07-10"], 7),
            "sign": pick(n, [None, "A", "B"], 8),
            "tools": pick(n, [None, ["A"], ["B"], ["A", "B"], ["A", "B", "C"]], 9),
            "paper": pick(n, [None, {"path": "x", "name": "x.pdf", "size": 1, "type": "application/pdf"}], 2),
        }
        main = pick(n, kinds, 1)
        partner = PartnerFactory(
            manufacturer=manufacturer,
            code=f"P{n:02}",
            name=pick(n, ["Alpha Supply", "Beta Works", "gamma 100%", "Delta_x"], 1),
            city=pick(n, ["", "Busan", "SEOUL", "Seoul Gangnam"], 2),
            region=pick(n, ["", "Seoul", "Busan"], 3),
            country=pick(n, ["", "KR", "JP", "US"], 4),
            external_code=None if n % 3 else f"E{n}",
            kind=main,
            stage=pick(n, ["active", "dormant", "prospect"], 5),
            is_exclusive=pick(n, [None, True, False], 6),
            employees=pick(n, [None, 0, 5, 12, 100], 7),
            showroom_area=pick(n, [None, Decimal("0.5"), Decimal("12.5"), Decimal("100")], 8),
            languages=pick(n, [[], ["ko"], ["ko", "en"], ["ja", "en", "ko"]], 9),
            product_lines=pick(n, [[], ["C1"], ["C1", "C2"]], 4),
            channel_manager=pick(n, [None, *managers], 2),
            parent=None,
            custom={key: value for key, value in custom.items() if value is not None},
            confirmed_at=moment,
        )
        also = pick(n, [[], [kinds[0]], [kinds[1], kinds[2]]], 7)
        known = pick(n, [[], [skills[0]], [skills[1]], skills], 3)
        covers = pick(n, [[], [north], [south], [land], [north, south]], 6)
        two = [midnight(TODAY) - dt.timedelta(days=50), midnight(TODAY) + dt.timedelta(hours=4)]
        seen = pick(n, [[], [None], [midnight(TODAY) - dt.timedelta(days=2)], two], 8)
        figures = {
            "revenue": pick(n, [Decimal(0), Decimal("99.5"), Decimal("1000"), Decimal("123456789.1234")], 2),
            "score": pick(n, [None, Decimal("0"), Decimal("79.99"), Decimal("80")], 4),
            "growth": pick(n, [None, Decimal("-10"), Decimal("0"), Decimal("12.34")], 5),
            "trend": pick(n, ["rising", "steady", "silent"], 6),
            "tier_code": pick(n, ["", "gold", "silver"], 7),
            "last_sale_on": pick(n, [None, TODAY, TODAY - dt.timedelta(days=30), TODAY - dt.timedelta(days=31)], 8),
        }
        for last in seen:
            PartnerMemberFactory(manufacturer=manufacturer, partner=partner, last_seen_at=last)
        if n % 4 == 0:
            PartnerMemberFactory(
                manufacturer=manufacturer, partner=partner, is_active=False, last_seen_at=timezone.now()
            )
        with staff_scope(manufacturer.pk):
            PartnerOtherKind.objects.bulk_create(PartnerOtherKind(partner=partner, kind=each) for each in also)
            PartnerSpecialisation.objects.bulk_create(
                PartnerSpecialisation(partner=partner, specialisation=each) for each in known
            )
            PartnerTerritory.objects.bulk_create(PartnerTerritory(partner=partner, territory=each) for each in covers)
            PartnerSummary.objects.filter(partner=partner).update(**figures)
        codes = {each.code for each in covers}
        latest = max((each for each in seen if each), default=None)
        rows.append(
            {
                "pk": partner.pk,
                "partner": partner,
                "name": partner.name,
                "city": partner.city,
                "external_code": partner.external_code or "",
                "region": partner.region,
                "country": partner.country,
                "kind": {main.code} | {each.code for each in also},
                "stage": partner.stage,
                "is_exclusive": partner.is_exclusive,
                "employees": partner.employees,
                "showroom_area": partner.showroom_area,
                "languages": set(partner.languages),
                "product_lines": set(partner.product_lines),
                "specialisations": {each.code for each in known},
                "territory": codes | ({"land"} if codes else set()),
                "channel_manager": partner.channel_manager_id,
                "confirmed_at": timezone.localdate(moment) if moment else None,
                "has_people": bool(seen),
                "last_seen": timezone.localdate(latest) if latest else None,
                "revenue": figures["revenue"],
                "score": figures["score"],
                "growth": figures["growth"],
                "trend": figures["trend"],
                "grade": figures["tier_code"],
                "last_sale_on": figures["last_sale_on"],
                "own.note": custom["note"] or "",
                "own.size": None if custom["size"] is None else Decimal(str(custom["size"])),
                "own.since": dt.date.fromisoformat(custom["since"]) if custom["since"] else None,
                "own.sign": custom["sign"] or "",
                "own.tools": set(custom["tools"] or ()),
                "own.paper": custom["paper"],
            }
        )
    with staff_scope(manufacturer.pk):
        for row, above in zip(rows[3:15], itertools.cycle([rows[0], rows[1], rows[3]]), strict=False):
            if row is not above:
                Partner.objects.filter(pk=row["pk"]).update(parent=above["pk"])
        parents = dict(Partner.objects.values_list("pk", "parent_id"))
        questions = all_questions()
        for row in rows:
            row["parents"] = parents
            row["parent"] = parents[row["pk"]]
            row["completeness"] = completeness_of(row["partner"], questions).percent
    return rows


# --- What each test means, once more in plain Python ------------------------------------------------------------------


def holds(rule: Group | Condition, row: dict[str, Any], types: dict[str, Type]) -> bool:
    if isinstance(rule, Group):
        found = [holds(each, row, types) for each in rule.rules]
        return {Op.ALL: all, Op.ANY: any, Op.NONE: lambda each: not any(each)}[rule.op](found)
    value, wanted = row[rule.field], rule.value
    if rule.test in (Test.FILLED, Test.EMPTY):
        is_empty = value is None or value == "" or value == set()
        return is_empty is (rule.test == Test.EMPTY)
    return ANSWERS[types[rule.field]](rule.test, value, wanted, row)


def of_text(test: Test, value: str, wanted: str, _row: Any) -> bool:
    text, asked = value.lower(), wanted.lower()
    return {
        Test.IS: text == asked,
        Test.IS_NOT: text != asked,
        Test.CONTAINS: asked in text,
        Test.CONTAINS_NOT: asked not in text,
        Test.STARTS: text.startswith(asked),
    }[test]


def of_number(test: Test, value: Any, wanted: Any, _row: Any) -> bool:
    if value is None:
        return False
    if test == Test.BETWEEN:
        return Decimal(wanted[0]) <= value <= Decimal(wanted[1])
    asked = Decimal(wanted)
    return {
        Test.IS: value == asked,
        Test.AT_LEAST: value >= asked,
        Test.AT_MOST: value <= asked,
        Test.MORE_THAN: value > asked,
        Test.LESS_THAN: value < asked,
    }[test]


def of_date(test: Test, value: Any, wanted: Any, _row: Any) -> bool:
    if value is None:
        return False
    if test == Test.BETWEEN:
        return dt.date.fromisoformat(wanted[0]) <= value <= dt.date.fromisoformat(wanted[1])
    if test in (Test.ON, Test.BEFORE, Test.AFTER):
        day = dt.date.fromisoformat(wanted)
        return {Test.ON: value == day, Test.BEFORE: value < day, Test.AFTER: value > day}[test]
    ago = (TODAY - value).days
    return {
        Test.LAST_DAYS: 0 <= ago <= wanted,
        Test.OLDER_DAYS: ago > wanted,
        Test.NEXT_DAYS: 0 <= -ago <= wanted,
    }[test]


def of_choice(test: Test, value: Any, wanted: list[Any], _row: Any) -> bool:
    return (value in wanted) is (test == Test.ANY_OF)


def of_several(test: Test, value: set[str], wanted: list[str], _row: Any) -> bool:
    asked = set(wanted)
    return {
        Test.ANY_OF: bool(value & asked),
        Test.ALL_OF: asked <= value,
        Test.NONE_OF: not value & asked,
    }[test]


def of_truth(test: Test, value: Any, _wanted: Any, _row: Any) -> bool:
    return value is (test == Test.YES)


def of_partner(test: Test, value: Any, wanted: int, row: dict[str, Any]) -> bool:
    if test == Test.IS:
        return value == wanted
    while value is not None:
        if value == wanted:
            return True
        value = row["parents"][value]
    return False


ANSWERS: dict[Type, Callable[[Test, Any, Any, dict[str, Any]], bool]] = {
    Type.TEXT: of_text,
    Type.NUMBER: of_number,
    Type.MONEY: of_number,
    Type.DATE: of_date,
    Type.CHOICE: of_choice,
    Type.MEMBER: of_choice,
    Type.MULTIPLE: of_several,
    Type.BOOLEAN: of_truth,
    Type.PARTNER: of_partner,
}

# --- Values worth asking for ------------------------------------------------------------------------------------------

TEXTS = ["alpha", "ALPHA SUPPLY", "100%", "a_b", "_", "%", "seoul", "E3", "nothing like it", "\\"]
NUMBERS = ["0", "5", "12.5", "12", "12.34", "79.99", "80", "99.5", "1000", "-10", "123456789.1234", "7.69", "53.85"]
DAYS = ["2026-06-30", "2026-06-01", "2026-05-31", "2020-02-29", "2026-07-10", "2025-01-01"]
CHOICES = {
    "country": ["KR", "JP", "DE"],
    "region": ["Seoul", "Busan", "Jeju"],
    "kind": ["agency", "dealer", "shop", "gone"],
    "stage": ["active", "dormant", "ended"],
    "languages": ["ko", "en", "ja", "fr"],
    "product_lines": ["C1", "C2", "C9"],
    "specialisations": ["floor", "wall", "gone"],
    "territory": ["land", "north", "south"],
    "trend": ["rising", "steady", "new"],
    "grade": ["gold", "silver", "platinum"],
    "own.sign": ["A", "B", "C"],
    "own.tools": ["A", "B", "C"],
}


def values_for(field: str, kind: Type, test: Test, rows: list[dict[str, Any]]) -> list[Any]:
    """Values to ask a field for by a test."""
    if test in (Test.FILLED, Test.EMPTY, Test.YES, Test.NO):
        return [None]
    match kind:
        case Type.TEXT:
            return TEXTS
        case Type.NUMBER | Type.MONEY:
            return [["0", "12.5"], ["5", "100"], ["80", "80"]] if test == Test.BETWEEN else NUMBERS
        case Type.DATE:
            if test == Test.BETWEEN:
                return [["2026-06-01", "2026-06-30"], ["2020-02-29", "2020-02-29"]]
            return [0, 1, 30, 31, 365] if test in (Test.LAST_DAYS, Test.OLDER_DAYS, Test.NEXT_DAYS) else DAYS
        case Type.MEMBER:
            found = sorted({row["channel_manager"] for row in rows} - {None})
            return [[found[0]], found, [found[1], 999_999]]
        case Type.PARTNER:
            return [rows[0]["pk"], rows[3]["pk"], rows[20]["pk"], 999_999]
    known = CHOICES[field]
    return [[each] for each in known] + [known[:2], known]


def members(tree: Group, member: Membership) -> list[int]:
    catalogue = Catalogue(member)
    found = fitting(Partner.objects.all(), tree, catalogue.fields, today=TODAY)
    return sorted(found.values_list("pk", flat=True))


def asked_fields(catalogue: Catalogue, rows: list[dict[str, Any]]) -> dict[str, Type]:
    return {key: field.type for key, field in catalogue.fields.items() if key in rows[0]}


def test_each_test_of_each_field_finds_exactly_those_whom_python_finds(
    network: list[dict[str, Any]], member: Membership, manufacturer: Any
) -> None:
    asked = 0
    with staff_scope(manufacturer.pk), timezone.override(manufacturer.timezone):
        catalogue = Catalogue(member)
        types = asked_fields(catalogue, network)
        assert set(types) == set(network[0]) - {"pk", "partner", "parents"}
        for key, kind in types.items():
            outcomes = set()
            for test in catalogue.fields[key].spec.tests:
                for value in values_for(key, kind, test, network):
                    condition = Condition(key, test, value)
                    for op in (Op.ALL, Op.NONE):
                        tree = Group(op, (condition,))
                        expected = [row["pk"] for row in network if holds(tree, row, types)]
                        assert (condition, op, members(tree, member)) == (condition, op, expected)
                    outcomes.add(len(expected))
                    asked += 1
            assert len(outcomes) > 1, f"{key} is asked nothing that tells partners apart"
    assert asked > 350


def trees(fields: list[tuple[str, Type, tuple[Test, ...]]], rows: list[dict[str, Any]]) -> st.SearchStrategy[Group]:
    @st.composite
    def condition(draw: st.DrawFn) -> Condition:
        key, kind, tests = draw(st.sampled_from(fields))
        test = draw(st.sampled_from(tests))
        return Condition(key, test, draw(st.sampled_from(values_for(key, kind, test, rows))))

    def groups(inner: Any) -> Any:
        return st.builds(Group, st.sampled_from(Op), st.lists(inner, min_size=1, max_size=4).map(tuple))

    return groups(st.one_of(condition(), groups(condition()), groups(st.one_of(condition(), groups(condition())))))


def test_nested_conditions_find_exactly_those_whom_python_finds(
    network: list[dict[str, Any]], member: Membership, manufacturer: Any
) -> None:
    with staff_scope(manufacturer.pk), timezone.override(manufacturer.timezone):
        catalogue = Catalogue(member)
        types = asked_fields(catalogue, network)
        fields = [(key, kind, catalogue.fields[key].spec.tests) for key, kind in types.items()]

        @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
        @given(trees(fields, network))
        def check(tree: Group) -> None:
            assume(len(list(conditions(tree))) <= MOST_CONDITIONS // 4)  # groups count as conditions do
            assert members(tree, member) == [row["pk"] for row in network if holds(tree, row, types)]
            reading = read(as_json(tree), catalogue.specs)
            assert (reading.tree, reading.problems) == (tree, [])

        check()


def test_six_conditions_are_one_query(network: list[dict[str, Any]], member: Membership, manufacturer: Any) -> None:
    tree = Group(
        Op.ALL,
        (
            Condition("country", Test.ANY_OF, ["KR", "JP"]),
            Condition("territory", Test.ANY_OF, ["land"]),
            Condition("kind", Test.NONE_OF, ["shop"]),
            Condition("own.tools", Test.ANY_OF, ["A"]),
            Group(Op.ANY, (Condition("score", Test.AT_LEAST, "80"), Condition("last_seen", Test.LAST_DAYS, 30))),
        ),
    )
    with staff_scope(manufacturer.pk):
        fields = Catalogue(member).fields
        with CaptureQueriesContext(
            connection,
        ) as asked:
            list(fitting(Partner.objects.all(), tree, fields, today=TODAY).values_list("pk"))
    assert len(asked) == 1


def test_every_type_of_field_and_every_test_is_asked(
    network: list[dict[str, Any]], member: Membership, manufacturer: Any
) -> None:
    with staff_scope(manufacturer.pk):
        types = asked_fields(Catalogue(member), network)
    assert set(types.values()) == set(Type)
    assert set().union(*TESTS.values()) == set(Test)
