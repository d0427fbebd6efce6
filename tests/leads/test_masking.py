"""What may be read of a lead before it is accepted."""

import pytest

from leads.masking import amount_band, score_band, without_personal


@pytest.mark.parametrize(
    ("text", "known", "shown"),
    [
        ("Floor, mail me at kim@example.com", [], "Floor, mail me at …"),
        ("Call 010-1234-5678 or +82 10 1234 5678", [], "Call … or …"),
        ("See www.miraeglass.example/plan", [], "See …"),
        ("300 m² of T12 in 2027", [], "300 m² of T12 in 2027"),
        ("New floor for KIM minsu", ["Kim Minsu"], "New floor for …"),
        ("김민수 고객 바닥재", ["김민수"], "… 고객 바닥재"),
        ("Kimchi fridge for Mr Kim", ["Kim Minsu"], "Kimchi fridge for Mr …"),
        ("For Miraeglass Co., Ltd.", ["Miraeglass Co., Ltd."], "For …"),
        ("", ["Kim"], ""),
    ],
)
def test_names_numbers_and_addresses_are_hidden(text: str, known: list[str], shown: str) -> None:
    assert without_personal(text, known) == shown


def test_a_place_stays_though_a_company_is_called_by_it() -> None:
    assert (
        without_personal("Works in Osaka for Sakura Osaka", ["Sakura Works Osaka"], keep=["Osaka"])
        == "… in Osaka for … Osaka"
    )


def test_amounts_and_scores_are_told_in_bands() -> None:
    assert [amount_band(each) for each in (None, 0, 0.5, 7_000_000, 1_000_000, 999)] == [
        None, None, (0, 1), (5_000_000, 10_000_000), (1_000_000, 2_000_000), (500, 1000),
    ]  # fmt: skip
    assert [score_band(each) for each in (None, 10, 40, 90)] == ["", "low", "medium", "high"]
