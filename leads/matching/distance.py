"""Distances on the great circle, of many places at once."""

import math
from collections.abc import Sequence

import numpy as np

from leads.matching.facts import Floats

EARTH_RADIUS_KM = 6371.0


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Kilometres on the great circle."""
    one, other = vectors([latitude], [longitude]), vectors([other_latitude], [other_longitude])
    return float(kilometres_between(one, other)[0, 0])


def vectors(latitudes: Sequence[float | None], longitudes: Sequence[float | None]) -> Floats:
    """Unit vectors of places; NaN where a place is not known."""
    latitude = np.radians(np.array([math.nan if each is None else float(each) for each in latitudes]))
    longitude = np.radians(np.array([math.nan if each is None else float(each) for each in longitudes]))
    around = np.cos(latitude)
    return np.stack([around * np.cos(longitude), around * np.sin(longitude), np.sin(latitude)], axis=1)


def kilometres_between(ones: Floats, others: Floats) -> Floats:
    """Distances between all `ones` and all `others`. Half the chord is the sine of half the angle: the haversine."""
    found: Floats = ones[:, :1] * others[:, 0]
    for axis in (1, 2):  # not `@`: for so short a sum its threads cost more than they bring
        found += ones[:, axis : axis + 1] * others[:, axis]
    np.subtract(1, found, out=found)
    found *= 0.5
    np.clip(found, 0.0, 1.0, out=found)
    np.sqrt(found, out=found)
    np.arcsin(found, out=found)
    found *= 2 * EARTH_RADIUS_KM
    return found
