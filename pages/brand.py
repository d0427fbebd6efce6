"""One accent colour out of a manufacturer's brand colour, legible whatever it is. Pure: no Django.

The brand colour is moved towards black (light theme) or white (dark theme) just as far as WCAG AA asks for against every
surface it stands on; text on the accent is black or white, whichever reads better.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

MINIMUM_CONTRAST = 4.5
VERSION = 2
"""Part of the stylesheet's address: raise it when the result changes for the same colour."""

RGB = tuple[int, int, int]

LIGHT_SURFACES = ("#ffffff", "#fafafa", "#f3f4f6")
DARK_SURFACES = ("#121518", "#1a1e22", "#23282d")
WHITE, BLACK = "#ffffff", "#101214"


@dataclass(frozen=True)
class Accent:
    """The accent of one theme."""

    colour: str
    hover: str
    text: str
    """Text on the accent."""
    soft: str
    """A tinted surface that the accent still reads on: the active menu item."""


def parse(colour: str) -> RGB:
    """'#rrggbb' -> (r, g, b)."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"{colour!r} is no colour such as #0f5e69.")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(first: str, second: str) -> float:
    """The WCAG contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(parse(first)), _luminance(parse(second))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` in it."""
    mixed = (round(a + (b - a) * share) for a, b in zip(parse(colour), parse(other), strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


@lru_cache(maxsize=1024)
def light_accent(colour: str) -> Accent:
    """The accent on white cards."""
    return _accent(colour, towards="#000000", surfaces=LIGHT_SURFACES, soft_share=0.93)


@lru_cache(maxsize=1024)
def dark_accent(colour: str) -> Accent:
    """The accent on dark cards."""
    return _accent(colour, towards="#ffffff", surfaces=DARK_SURFACES, soft_share=0.88)


@lru_cache(maxsize=256)
def stylesheet(colour: str) -> str:
    """The CSS that gives pages this accent in both themes; what is printed is light."""
    dark = _rules("[data-bs-theme=dark]", dark_accent(colour))
    return f"{_rules(':root', light_accent(colour))}@media screen{{{dark}}}\n"


def _accent(colour: str, *, towards: str, surfaces: tuple[str, ...], soft_share: float) -> Accent:
    for step in range(101):
        accent = mix(colour, towards, step / 100)
        soft = mix(accent, surfaces[0] if towards == "#000000" else surfaces[1], soft_share)
        if all(contrast(accent, surface) >= MINIMUM_CONTRAST for surface in (*surfaces, soft)):
            break
    text = WHITE if contrast(accent, WHITE) >= contrast(accent, BLACK) else BLACK
    away = "#000000" if text == WHITE else "#ffffff"
    return Accent(colour=accent, hover=mix(accent, away, 0.12), text=text, soft=soft)


def _luminance(rgb: RGB) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in rgb)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rules(selector: str, accent: Accent) -> str:
    rgb = ", ".join(map(str, parse(accent.colour)))
    return (
        f"{selector}{{--accent:{accent.colour};--accent-rgb:{rgb};--accent-hover:{accent.hover};"
        f"--accent-text:{accent.text};--accent-soft:{accent.soft}}}"
    )
