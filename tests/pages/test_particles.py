"""Korean particles: the form that goes with what stands before, and both where nobody can tell."""

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy, ngettext

from pages.particles import ParticleText, choosing


@pytest.mark.parametrize(
    ("name", "filled"),
    [
        ("서울대리점", "서울대리점은 대전총판을 서울대리점이 골드로 봅니다"),
        ("부산딜러", "부산딜러는 대전총판을 부산딜러가 골드로 봅니다"),
        ("안심타일", "안심타일은 대전총판을 안심타일이 골드로 봅니다"),
        ("D000012", "D000012는 대전총판을 D000012가 골드로 봅니다"),
        ("L-10", "L-10은 대전총판을 L-10이 골드로 봅니다"),
        ("KR", "KR은 대전총판을 KR이 골드로 봅니다"),
        ("12.5%", "12.5%는 대전총판을 12.5%가 골드로 봅니다"),
        ("Hanbit Tiles", "Hanbit Tiles는 대전총판을 Hanbit Tiles가 골드로 봅니다"),
        ("ミナト", "ミナト는 대전총판을 ミナト가 골드로 봅니다"),
        ("イオン", "イオン은 대전총판을 イオン이 골드로 봅니다"),
        ("東海", "東海은(는) 대전총판을 東海이(가) 골드로 봅니다"),
        ("Cycle", "Cycle은(는) 대전총판을 Cycle이(가) 골드로 봅니다"),
    ],
)
def test_a_text_chooses_the_particles_that_go_with_what_it_is_filled_with(name: str, filled: str) -> None:
    text = ParticleText("%(name)s은(는) %(other)s을(를) %(name)s이(가) %(grade)s(으)로 봅니다")

    assert text % {"name": name, "other": "대전총판", "grade": "골드"} == filled


@pytest.mark.parametrize(
    ("grade", "filled"),
    [
        ("골드", "골드로, 골드와"),
        ("플래티넘", "플래티넘으로, 플래티넘과"),
        ("특별", "특별로, 특별과"),
        ("B2B 3", "B2B 3으로, B2B 3과"),
        ("VIP 1", "VIP 1로, VIP 1과"),
    ],
)
def test_what_ends_in_rieul_goes_with_ro(grade: str, filled: str) -> None:
    assert ParticleText("%s(으)로, %s와(과)") % (grade, grade) == filled


@pytest.mark.parametrize("name", ["“골드”", "<b>골드</b>", "골드&quot;", "실버(골드)", "골드 "])
def test_quotes_brackets_and_markup_are_not_read_aloud(name: str) -> None:
    assert ParticleText("%(name)s을(를)") % {"name": name} == f"{name}를"


def test_both_forms_stay_where_there_is_nothing_to_read() -> None:
    assert ParticleText("%(name)s은(는)") % {"name": "😀"} == "😀은(는)"
    assert ParticleText("%(name)s은(는)") % {"name": ""} == "은(는)"


def test_only_texts_with_both_forms_choose() -> None:
    assert type(choosing("출하(셀인)")) is str
    assert type(choosing("%(name)s이(가)")) is ParticleText


def test_what_somebody_wrote_stays_as_it_is() -> None:
    assert (
        ParticleText("%(title)s을(를) 저장했습니다.") % {"title": "“이(가)와 은(는)”"}
        == "“이(가)와 은(는)”을 저장했습니다."
    )


def test_korean_pages_choose_wherever_a_text_comes_from() -> None:
    with translation.override("ko"):
        text = "%(partner)s suits it best"
        in_code = gettext(text) % {"partner": "신림대리점"}
        lazily = str(gettext_lazy(text)) % {"partner": "부산딜러"}
        of_many = ngettext(
            "%(count)s lead names no amount and counts as %(amount)s.",
            "%(count)s leads name no amount and count as %(amount)s each.",
            2,
        ) % {"count": 2, "amount": "1.2억 원"}
        template = Template("{% load i18n %}{% blocktranslate %}{{ partner }} suits it best{% endblocktranslate %}")
        in_a_page = template.render(Context({"partner": "<부산딜러>"}))

    assert in_code == "신림대리점이 가장 적합합니다"
    assert lazily == "부산딜러가 가장 적합합니다"
    assert of_many == "리드 2건은 금액이 없어 건당 1.2억 원으로 계산했습니다."
    assert in_a_page == "&lt;부산딜러&gt;가 가장 적합합니다"
