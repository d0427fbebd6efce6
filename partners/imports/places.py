"""Columns that say where something is: an address, its country, its coordinates."""

from typing import Any

from django.utils.translation import gettext_lazy

from jobs.columns import CellError, Column, Decimal, Read, Text
from partners.countries import country_by_name

UNKNOWN_COUNTRY = gettext_lazy("“%(value)s” is not a country")


def read_country(text: str) -> str:
    """ISO code for a code or a name in Korean, Japanese or English; CellError for any other word."""
    code = country_by_name(text)
    if code is None:
        raise CellError("unknown_country")
    return code


def country_column(**options: Any) -> Column:
    """The country; an import that has it says UNKNOWN_COUNTRY for `unknown_country`."""
    return Read(
        "country",
        gettext_lazy("Country"),
        ("국가", "나라", "국가코드", "国", "国名", "国コード", "country code", "country region code"),
        help=gettext_lazy("A code of two letters, or the name in Korean, Japanese or English."),
        example="KR",
        read=read_country,
        **options,
    )


def place_columns(address: tuple[str, ...] = (), region: tuple[str, ...] = ("state", "province")) -> tuple[Column, ...]:
    """The parts of an address, from street to country. `address`, `region`: further words for these in that kind of sheet."""
    return (
        Text(
            "address",
            gettext_lazy("Street and number"),
            ("주소", "도로명주소", "상세주소", "住所", "番地", "所在地", "street", "street address", "address line 1", "address1",
             *address),
            max_length=300,
        ),
        Text("city", gettext_lazy("City"), ("시", "도시", "시군구", "市", "市区町村", "都市", "town"), max_length=120),
        Text(
            "region",
            gettext_lazy("Region"),
            ("지역", "시도", "광역시도", "地域", "都道府県", "エリア", "state province", "state province code",
             "state province name", *region),
            max_length=120,
        ),
        Text(
            "postal_code",
            gettext_lazy("Postal code"),
            ("우편번호", "郵便番号", "zip", "zip code", "postcode"),
            max_length=20,
        ),
        country_column(),
    )  # fmt: skip


def coordinate_columns() -> tuple[Column, ...]:
    """Latitude and longitude in degrees, rounded to a millionth."""
    return (
        Decimal(
            "latitude", gettext_lazy("Latitude"), ("위도", "緯度", "lat"),
            places=6, digits=9, minimum="-90", maximum="90", rounds=True,
        ),
        Decimal(
            "longitude", gettext_lazy("Longitude"), ("경도", "経度", "lon", "lng", "long"),
            places=6, digits=9, minimum="-180", maximum="180", rounds=True,
        ),
    )  # fmt: skip
