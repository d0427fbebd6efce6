"""What the public page of partners finds: nearest first where a place is known."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Q, QuerySet, Value
from django.db.models.functions import ACos, Cast, Cos, Greatest, Least, Radians, Sin

from partners.models import (
    Activity,
    Partner,
    PartnerKind,
    PartnerOtherKind,
    PartnerSpecialisation,
    Specialisation,
    Stage,
)
from partners.selectors.permissions import barred_from

EARTH_RADIUS_KM = 6371.0088
SHOWN = 50
LISTED = "p.id IN (SELECT partner_id FROM partners_locatorentry WHERE is_listed)"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Place:
    """A point on the map, and what it is called; without a name it is where the visitor stands."""

    latitude: float
    longitude: float
    name: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for."""

    place: str = ""
    here: Place | None = None
    kind: str = ""
    skill: str = ""
    tier: str = ""
    open_at: dt.datetime | None = None


@dataclass(frozen=True)
class Found:
    """The partners for a visitor, nearest first where `near` is known, else best grade first."""

    partners: list[Any]
    near: Place | None
    has_more: bool


def listed_partners() -> QuerySet[Partner]:
    """Active partners that the manufacturer shows to everybody, and that have what being found by customers asks for."""
    shown = Partner.objects.filter(locator_entry__is_listed=True, stage=Stage.ACTIVE)
    return shown.exclude(pk__in=barred_from(Activity.LOCATOR, LISTED))


def find_place(text: str) -> Place | None:
    """Where a city, region or postal code is: the middle of the partners there, since no map service is asked."""
    text = text.strip()
    if not text:
        return None
    known = Partner.objects.filter(latitude__isnull=False, longitude__isnull=False)
    for condition in (
        Q(city__iexact=text) | Q(region__iexact=text),
        Q(postal_code__startswith=text),
        Q(city__icontains=text) | Q(region__icontains=text),
    ):
        middle = known.filter(condition).aggregate(
            latitude=Avg("latitude"), longitude=Avg("longitude"), number=Count("pk")
        )
        if middle["number"]:
            return Place(float(middle["latitude"]), float(middle["longitude"]), text)
    return None


def distance_from(place: Place) -> Any:
    """Kilometres from a place on the great circle, by the spherical law of cosines; None without coordinates."""
    latitude, longitude = Cast("latitude", FloatField()), Cast("longitude", FloatField())
    here = Radians(Value(place.latitude))
    cosine = Sin(here) * Sin(Radians(latitude)) + Cos(here) * Cos(Radians(latitude)) * Cos(
        Radians(longitude) - Radians(Value(place.longitude))
    )
    return ACos(Least(Value(1.0), Greatest(Value(-1.0), cosine))) * Value(EARTH_RADIUS_KM)


def find_partners(wanted: Wanted) -> Found:
    """The listed partners that fit, at most `SHOWN`. Two queries, or up to four more to find a place by its name."""
    partners = listed_partners().select_related("kind", "summary", "locator_entry")
    near = wanted.here or find_place(wanted.place)
    if wanted.place and near is None:
        return Found([], None, has_more=False)
    if wanted.kind:
        others = PartnerOtherKind.objects.filter(kind__code=wanted.kind).values("partner")
        partners = partners.filter(Q(kind__code=wanted.kind) | Q(pk__in=others))
    if wanted.skill:
        partners = partners.filter(specialisations__code=wanted.skill)
    if wanted.tier:
        partners = partners.filter(summary__tier_code=wanted.tier)
    if wanted.open_at:
        day, time = WEEKDAYS[wanted.open_at.weekday()], f"{wanted.open_at:%H:%M}"
        partners = partners.filter(
            **{f"locator_entry__hours__{day}__0__lte": time, f"locator_entry__hours__{day}__1__gt": time}
        )
    if near:
        rows: QuerySet[Any] = partners.annotate(distance=distance_from(near)).order_by(
            F("distance").asc(nulls_last=True), "name", "pk"
        )
    else:
        rows = partners.order_by("-summary__tier_rank", "name", "pk")
    found = list(rows.prefetch_related("specialisations")[: SHOWN + 1])
    return Found(found[:SHOWN], near, has_more=len(found) > SHOWN)


def offered() -> tuple[list[PartnerKind], list[Specialisation]]:
    """The kinds and specialisations that a visitor can choose among: those of listed partners. Two queries."""
    listed = listed_partners()
    kinds = PartnerKind.objects.filter(pk__in=listed.values("kind"))
    skills = Specialisation.objects.filter(
        pk__in=PartnerSpecialisation.objects.filter(partner__in=listed).values("specialisation")
    )
    return list(kinds), list(skills)


def hours_on(hours: Mapping[str, Any], now: dt.datetime) -> tuple[str, str] | None:
    """From when to when somebody is open on the day of `now`; None if closed all day."""
    span = hours.get(WEEKDAYS[now.weekday()])
    return (span[0], span[1]) if span else None


def is_open(hours: Mapping[str, Any], now: dt.datetime) -> bool:
    """Whether somebody is open at `now`."""
    span = hours_on(hours, now)
    return span is not None and span[0] <= f"{now:%H:%M}" < span[1]
