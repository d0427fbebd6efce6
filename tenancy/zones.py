"""The time zone of a place, from the tables of the time zone database (Python's `tzdata`). Pure."""

import math
import re
from functools import cache
from importlib.resources import files

_PLACE = re.compile(r"([+-]\d{4,6})([+-]\d{5,7})")

Zone = tuple[str, float, float]


@cache
def zones_of(country: str) -> tuple[Zone, ...]:
    """The zones of a country (two letters), each with its principal place; nothing for a country that is none."""
    return _table().get(country.upper(), ())


def zone_at(country: str, latitude: float | None = None, longitude: float | None = None) -> str | None:
    """The zone of a place: of several in the country, that whose principal place is nearest, and without a place the
    first, which most of the country's people live in. None where the country is not known."""
    zones = zones_of(country)
    if not zones:
        return None
    if latitude is None or longitude is None or len(zones) == 1:
        return zones[0][0]
    shrink = math.cos(math.radians(latitude))
    return min(zones, key=lambda zone: (zone[1] - latitude) ** 2 + (_apart(zone[2], longitude) * shrink) ** 2)[0]


def _apart(one: float, other: float) -> float:
    return (one - other + 180) % 360 - 180


@cache
def _table() -> dict[str, tuple[Zone, ...]]:
    first: dict[str, list[Zone]] = {}  # zones named for a place of the country itself
    others: dict[str, list[Zone]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        countries, place, name, *_comment = line.split("\t")
        match = _PLACE.fullmatch(place)
        assert match is not None, line
        zone = (name, _degrees(match[1], 2), _degrees(match[2], 3))
        own, *sharing = countries.split(",")
        first.setdefault(own, []).append(zone)
        for country in sharing:
            others.setdefault(country, []).append(zone)
    return {country: (*first.get(country, ()), *others.get(country, ())) for country in {*first, *others}}


def _degrees(text: str, digits: int) -> float:
    """ISO 6709 (+DDMM, +DDDMMSS) in degrees."""
    number = text[1:]
    whole, minutes, seconds = number[:digits], number[digits : digits + 2], number[digits + 2 :] or "0"
    value = int(whole) + int(minutes) / 60 + int(seconds) / 3600
    return -value if text[0] == "-" else value
