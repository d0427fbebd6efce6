import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.company_names import romanise, sounds, take_apart
from partners.matching import DEFAULT_THRESHOLD, Company, match, normalise_company, phone_digits
from tests.partners import corruptions


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "주식회사 한빛상사",
            "㈜한빛상사",
            "(주) 한빛상사",
            "한빛상사(주)",
            "한빛상사 주식회사",
            "（주）한빛상사",
            "한빛상사 유한회사",
        ),
        (
            "株式会社東京商会",
            "株式會社東京商會",
            "㈱東京商会",
            "(株) 東京商会",
            "東京商会㍿",
            "東京商会 合同会社",
            "㈲東京商会",
        ),
        (
            "Acme Tools",
            "ACME TOOLS, INC.",
            "Acme Tools Ltd",
            "The Acme Tools Company, Ltd.",
            "Ａｃｍｅ Ｔｏｏｌｓ Corp.",
        ),
        ("Müller Söhne", "Muller Sohne GmbH", "MÜLLER SÖHNE GmbH & Co. KG", "Müller Söhne G.m.b.H."),
        ("Lefèvre Bâtiment", "SARL Lefevre Batiment", "Lefèvre Bâtiment S.A.S.", "Lefèvre-Bâtiment SA"),
        ("Rossi Arredamenti", "Rossi Arredamenti S.r.l.", "ROSSI ARREDAMENTI SPA"),
        ("López Hogar", "Lopez Hogar, S.L.", "LÓPEZ HOGAR S.A."),
        ("Jansen Keukens", "Jansen Keukens B.V.", "Jansen Keukens NV"),
        ("上海華興貿易", "上海华兴贸易有限公司", "上海華興貿易股份有限公司"),
    ],
)
def test_one_company_has_one_normal_name(spellings: tuple[str, ...]) -> None:
    assert len({normalise_company(name) for name in spellings}) == 1


@pytest.mark.parametrize("name", ["주식회사", "GmbH", "Company", "(주)", "  ", "", "(((", "㈜㈜", "🦊"])
def test_a_name_of_nothing_but_a_legal_form_stays_as_it_is(name: str) -> None:
    assert normalise_company(name) or not any(character.isalnum() for character in name) or not name.strip()


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing_more(name: str) -> None:
    once = normalise_company(name)
    assert normalise_company(once) == normalise_company(normalise_company(once))


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=12))
def test_matching_is_the_same_in_both_directions(name: str, other: str, phone: str) -> None:
    a, b = Company(name=name, phone=phone, address="Main St 1"), Company(name=other, phone=phone)
    assert match(a, b).score == match(b, a).score
    assert 0 <= match(a, b).score <= 1


@pytest.mark.parametrize(
    ("name", "base", "branch"),
    [
        ("한빛상사 부산지점", "한빛상사", "부산"),
        ("한빛상사부산지점", "한빛상사", "부산"),
        ("한빛상사 본사", "한빛상사", ""),
        ("삼성대리점", "삼성대리점", ""),
        ("㈱東京商会 大阪支店", "東京商会", "大阪"),
        ("東京商会 名古屋営業所", "東京商会", "名古屋"),
        ("Smith Tools Boston Branch", "smith tools", "boston"),
        ("Müller GmbH Niederlassung Köln", "muller", "koln"),
        ("Corner Shop #12", "corner shop 12", "12"),
    ],
)
def test_branch_words_are_told_from_the_company(name: str, base: str, branch: str) -> None:
    found = take_apart(name)
    assert (found.base, found.branch) == (base, branch)


def test_hangul_and_kana_are_romanised() -> None:
    assert romanise("한빛") == "hanbit"
    assert romanise("アクメ") == romanise("あくめ") == "akume"
    assert romanise("シャープ") == "shapu"
    assert romanise("東京") == ""
    assert sounds("toukyou") == sounds("tokyo")
    assert sounds("kimchan") == sounds(romanise("김찬"))


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("02-555-1234", "KR"),
        ("+82 2 555 1234", ""),
        ("+82 (0)2-555-1234", "KR"),
        ("０２ ５５５ １２３４", "KR"),
        ("0082 2 5551234 ext. 12", "KR"),
    ],
)
def test_one_phone_number_has_one_form(written: str, country: str) -> None:
    assert phone_digits(written, country) == "25551234"


HANBIT = Company(
    name="Hanbit Trading Co., Ltd.", local_name="주식회사 한빛상사", business_number="123-45-67890", phone="02-555-1234",
    email="info@hanbit.co.kr", website="https://www.hanbit.co.kr", address="테헤란로 12", city="서울특별시",
    postal_code="06234", country="KR",
)  # fmt: skip


def test_reasons_say_what_matched_and_how_much_it_counts() -> None:
    found = match(HANBIT, Company(name="㈜한빛상사", phone="+82-2-555-1234", address="테헤란로 12", city="서울"))
    assert found.score >= DEFAULT_THRESHOLD
    assert {(reason.field, reason.words) for reason in found.reasons} == {
        ("name", "Same name"), ("phone", "Same phone number"), ("address", "Same address"),
    }  # fmt: skip
    assert all(reason.weight > 0 for reason in found.reasons)
    weights = [abs(reason.weight) for reason in found.reasons]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Company(name="Hanbit Trading", phone="02-555-1234"), id="Latin name only"),
        pytest.param(Company(name="(주)한빛상사", email="kim@hanbit.co.kr", city="서울"), id="mail of the same domain"),
        pytest.param(
            Company(name="한빛", business_number="1234567890", city="부산"), id="same business number elsewhere"
        ),
    ],
)
def test_duplicates_reach_the_threshold(other: Company) -> None:
    assert match(HANBIT, other).score >= DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            Company(name="주식회사 한빛상사", address="센텀로 99", city="부산광역시"), id="same name elsewhere"
        ),
        pytest.param(
            Company(name="한빛상사 부산지점", website="hanbit.co.kr", address="센텀로 99", city="부산"), id="branch"
        ),
        pytest.param(Company(name="주식회사 한빛산업", address="서초대로 4", city="서울"), id="near name"),
        pytest.param(Company(name="미래가구", address="테헤란로 12", city="서울특별시"), id="same building"),
        pytest.param(Company(name="미래가구", phone="02-555-1234"), id="same phone alone"),
        pytest.param(Company(), id="nothing known"),
    ],
)
def test_companies_that_only_look_alike_stay_below_the_threshold(other: Company) -> None:
    assert match(HANBIT, other).score < DEFAULT_THRESHOLD


def test_two_branches_of_one_company_are_not_duplicates() -> None:
    a = Company(name="한빛상사 부산지점", website="hanbit.co.kr", city="부산")
    b = Company(name="한빛상사 대구지점", website="hanbit.co.kr", city="대구")
    assert match(a, b).score < 0.05
    assert match(a, a).score >= DEFAULT_THRESHOLD


def test_there_are_twenty_kinds_and_more_of_corruption_and_six_and_more_held_back() -> None:
    kinds = [*corruptions.TUNING, *corruptions.HELD_BACK]
    assert len(set(kinds)) == len(kinds) >= 20
    assert len(corruptions.HELD_BACK) >= 6


def test_precision_and_recall_on_corruptions_that_were_not_used_for_tuning() -> None:
    result = corruptions.measure(corruptions.HELD_BACK, count=5_000, seed=2026)
    print(result.table())  # noqa: T201
    assert result.wanted == 5_000
    assert result.precision >= 0.97, result.table()
    assert result.recall >= 0.90, result.table()


def test_precision_and_recall_on_the_kinds_that_the_weights_were_chosen_on() -> None:
    result = corruptions.measure(corruptions.TUNING, count=5_000, seed=7)
    assert result.precision >= 0.97, result.table()
    assert result.recall >= 0.90, result.table()
