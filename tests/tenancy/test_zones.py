"""The time zone of a place."""

from zoneinfo import ZoneInfo

import pytest

from tenancy.zones import zone_at, zones_of


@pytest.mark.parametrize(
    ("country", "place", "zone"),
    [
        ("KR", (), "Asia/Seoul"),
        ("JP", (35.68, 139.69), "Asia/Tokyo"),
        ("de", (), "Europe/Berlin"),
        ("US", (), "America/New_York"),
        ("US", (34.05, -118.24), "America/Los_Angeles"),
        ("US", (41.88, -87.63), "America/Chicago"),
        ("AU", (-31.95, 115.86), "Australia/Perth"),
        ("NZ", (-43.95, -176.5), "Pacific/Chatham"),
        ("", (), None),
        ("XX", (), None),
    ],
)
def test_the_zone_of_a_place(country: str, place: tuple[float, ...], zone: str | None) -> None:
    assert zone_at(country, *place) == zone


def test_every_zone_named_is_one() -> None:
    for country in ("KR", "JP", "US", "CA", "BR", "RU", "AU", "ID", "MX"):
        assert [ZoneInfo(name) for name, _latitude, _longitude in zones_of(country)]
