"""The accent is legible whatever the brand colour."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from pages.brand import (
    DARK_SURFACES,
    LIGHT_SURFACES,
    MINIMUM_CONTRAST,
    VERSION,
    contrast,
    dark_accent,
    light_accent,
    parse,
    stylesheet,
)

colours = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02x}{:02x}{:02x}".format(*rgb))


@given(colours)
def test_the_accent_reads_on_every_surface_of_its_theme(colour: str) -> None:
    for accent, surfaces in ((light_accent(colour), LIGHT_SURFACES), (dark_accent(colour), DARK_SURFACES)):
        assert all(contrast(accent.colour, surface) >= MINIMUM_CONTRAST for surface in (*surfaces, accent.soft))


@given(colours)
def test_text_on_the_accent_reads(colour: str) -> None:
    for accent in (light_accent(colour), dark_accent(colour)):
        assert contrast(accent.text, accent.colour) >= MINIMUM_CONTRAST
        assert contrast(accent.text, accent.hover) >= MINIMUM_CONTRAST


def test_a_colour_that_is_fine_stays_as_it_is() -> None:
    assert light_accent("#0f5e69").colour == "#0f5e69"
    assert dark_accent("#7fd1dd").colour == "#7fd1dd"
    assert light_accent("#ffd400").colour != "#ffd400"


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#123456;}"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no colour"):
        parse(text)


def test_the_stylesheet_is_public_and_may_be_kept(client: Client) -> None:
    response = client.get(f"/look/{VERSION}/0f5e69.css")

    assert (response.status_code, response["Content-Type"]) == (200, "text/css")
    assert response.content.decode() == stylesheet("#0f5e69")
    assert "immutable" in response["Cache-Control"]
    assert client.get(f"/look/{VERSION}/0f5e6x.css").status_code == 404
    assert client.get(f"/look/{VERSION + 1}/0f5e69.css").status_code == 404
