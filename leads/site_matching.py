"""Are two sites the same place? A score in 0..1 with the reasons for it, and the keys by which like ones are found.

Pure: no Django, no database. As `partners.matching` compares companies (weights of evidence that add up to a
probability, Fellegi and Sunter 1969), with what tells a building project from another: its address and where it lies
on the map tell most, its name less, since one name stands for several sections ("2차", "Tower B").
"""

import math
from dataclasses import dataclass

from partners.blocking import blocking_keys, hashed
from partners.matching import (
    Company,
    Match,
    Prepared,
    Reason,
    compare,
    gettext_noop,
    match_of,
    name_similarity,
    prepare,
)

SAME_FROM = 0.8
"""From this score on, two sites are put forward as one."""
WARN_FROM = 0.5
"""Who types a new one is shown what is only possibly the same, too."""
PRIOR = -8.0
CELL = 0.002
"""Degrees: about 200 m; a site's neighbours on the map lie in the nine cells around it."""
EARTH = 6_371_000.0


@dataclass(frozen=True, slots=True)
class Place:
    """What is compared of a site; whatever is not known stays empty."""

    name: str = ""
    local_name: str = ""
    address: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    client: str = ""


@dataclass(frozen=True, slots=True)
class ReadyPlace:
    """A site made ready to be compared many times."""

    company: Prepared
    client: Prepared | None
    point: tuple[float, float] | None


def ready(place: Place) -> ReadyPlace:
    """`place` in the form in which it is compared."""
    company = prepare(
        Company(
            name=place.name, local_name=place.local_name, address=place.address, city=place.city,
            postal_code=place.postal_code, country=place.country,
        )
    )  # fmt: skip
    client = prepare(Company(name=place.client)) if place.client.strip() else None
    known = place.latitude is not None and place.longitude is not None
    return ReadyPlace(company, client, (float(place.latitude), float(place.longitude)) if known else None)  # type: ignore[arg-type]


def keys_of(place: ReadyPlace, *, around: bool = False) -> set[int]:
    """The hashed keys of a site; with `around` also those of the cells next to its own, to ask with."""
    keys = {hashed(key) for key in blocking_keys(place.company)}
    if place.company.address_numbers:
        keys.add(hashed(f"u{place.company.address}"))
    if place.point is not None:
        row, column = (math.floor(value / CELL) for value in place.point)
        reach = (-1, 0, 1) if around else (0,)
        keys |= {hashed(f"g{row + up} {column + across}") for up in reach for across in reach}
    return keys


def compare_places(a: ReadyPlace, b: ReadyPlace) -> Match:
    """How surely two sites are one place, with the reasons; fields that either lacks say nothing."""
    reasons = [reason for reason in (_named(a, b), _client(a, b), _distance(a, b)) if reason is not None]
    said = {reason.field: reason for reason in compare(a.company, b.company).reasons}
    address = said.get("address") or said.get("city")
    if address is not None:
        reasons.append(Reason(address.field, address.weight * (2.2 if address.weight > 4 else 1.0), address.words))
    reasons += [said[name] for name in ("numbers", "country") if name in said]
    return match_of(reasons, PRIOR)


_NAMES = (
    (0.985, 6.0, gettext_noop("Same name")),
    (0.92, 5.0, gettext_noop("Nearly the same name")),
    (0.85, 3.5, gettext_noop("Similar name")),
    (0.76, 1.5, gettext_noop("Somewhat similar name")),
    (0.6, -1.0, gettext_noop("Rather different names")),
    (0.0, -3.0, gettext_noop("Different names")),
)


def _named(a: ReadyPlace, b: ReadyPlace) -> Reason | None:
    if not a.company.names or not b.company.names:
        return None
    alike = name_similarity(a.company, b.company)
    return next(Reason("name", weight, words) for least, weight, words in _NAMES if alike >= least)


def _client(a: ReadyPlace, b: ReadyPlace) -> Reason | None:
    if a.client is None or b.client is None or not a.client.names or not b.client.names:
        return None
    alike = name_similarity(a.client, b.client)
    if alike >= 0.92:
        return Reason("client", 2.0, gettext_noop("Same client"))
    return Reason("client", -2.0, gettext_noop("Different clients")) if alike < 0.6 else None


def _distance(a: ReadyPlace, b: ReadyPlace) -> Reason | None:
    if a.point is None or b.point is None:
        return None
    metres = metres_between(a.point, b.point)
    if metres <= 60:
        return Reason("distance", 9.5, gettext_noop("Same spot on the map"))
    if metres <= 250:
        return Reason("distance", 3.0, gettext_noop("Next to each other on the map"))
    if metres > 2_000:
        return Reason("distance", -7.0, gettext_noop("Far apart on the map"))
    return None


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The way between two points as the crow flies."""
    up, across = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    chord = (
        math.sin(up / 2) ** 2 + math.cos(math.radians(a[0])) * math.cos(math.radians(b[0])) * math.sin(across / 2) ** 2
    )
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, chord)))
