"""When partners work: their country's days off and their own clock, the manufacturer's hours."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from partners.models import Holiday, Partner
from tenancy.business_time import BusinessTime
from tenancy.selectors import current_manufacturer
from tenancy.zones import zone_at

BACK, AHEAD = dt.timedelta(days=400), dt.timedelta(days=800)


def partner_calendars(partner_ids: Iterable[int], *, now: dt.datetime | None = None) -> dict[int, BusinessTime]:
    """By partner, when it works. Three queries, however many there are.

    The clock is that of its place; days off are its country's where they are kept, else the manufacturer's; the hours
    of the day are the manufacturer's.
    """
    today = timezone.localdate(now)
    manufacturer = current_manufacturer()
    places = list(Partner.objects.filter(pk__in=set(partner_ids)).values_list("pk", "country", "latitude", "longitude"))
    days: dict[str, list[dict[str, str]]] = defaultdict(list)
    near = Holiday.objects.filter(
        country__in={country for _pk, country, _latitude, _longitude in places},
        date__range=(today - BACK, today + AHEAD),
    )
    for country, date in near.values_list("country", "date"):
        days[country].append({"date": date.isoformat()})
    found: dict[tuple[str, str], BusinessTime] = {}
    calendars = {}
    for pk, country, latitude, longitude in places:
        zone = _zone(country, latitude, longitude) or manufacturer.timezone
        key = (zone, country)
        if key not in found:
            found[key] = BusinessTime.of(manufacturer.business_hours, days.get(country) or manufacturer.holidays, zone)
        calendars[pk] = found[key]
    return calendars


def partner_zones(partner_ids: Iterable[int]) -> dict[int, str]:
    """By partner, the name of the clock it lives by; the manufacturer's where its place is not known. Two queries."""
    usual = current_manufacturer().timezone
    places = Partner.objects.filter(pk__in=set(partner_ids)).values_list("pk", "country", "latitude", "longitude")
    return {pk: _zone(country, latitude, longitude) or usual for pk, country, latitude, longitude in places}


def own_zone(partner: Partner | None) -> str:
    """The name of the clock that a partner who has been read lives by; nothing where its place is not known."""
    return (partner and _zone(partner.country, partner.latitude, partner.longitude)) or ""


def _zone(country: str, latitude: Any, longitude: Any) -> str | None:
    place = (None, None) if latitude is None or longitude is None else (float(latitude), float(longitude))
    return zone_at(country, *place)
