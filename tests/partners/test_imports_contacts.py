"""People of partners from a sheet: known by partner and e-mail, or else name."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from partners.models import Contact, Partner
from tenancy.models import Manufacturer
from tenancy.rls import staff_scope
from tests.importing import bad, bring, counts

pytestmark = pytest.mark.django_db


def people(manufacturer: Manufacturer, *fields: str) -> list[Any]:
    with staff_scope(manufacturer.pk):
        return list(Contact.objects.order_by("pk").values_list(*fields))


def test_a_korean_sheet_of_people(manufacturer: Manufacturer, partner: Partner, tmp_path: Path) -> None:
    sheet = (
        "거래처코드,이름,영문이름,이메일,직책,역할,휴대폰,언어,생일\n"
        "A1,김민수,Kim Minsu,Kim@Seoul.example,대표,대표이사,010-1,한국어,1980-06-12\n"
        "A1,이영희,,,실장,영업,,,\n"
    )
    assert counts(bring(manufacturer, "contacts", sheet, tmp_path)) == (2, 0, 0, 0)
    assert people(manufacturer, "name", "email", "role", "language", "birthday") == [
        ("김민수", "kim@seoul.example", "owner", "ko", dt.date(1980, 6, 12)),
        ("이영희", "", "sales", "", None),
    ]
    assert counts(bring(manufacturer, "contacts", sheet, tmp_path)) == (0, 0, 2, 0)
    changed = sheet.replace("김민수,Kim Minsu", "김민서,Kim Minseo").replace(
        "이영희,,,실장", "이영희,,lee@seoul.example,이사"
    )
    assert counts(bring(manufacturer, "contacts", changed, tmp_path)) == (0, 2, 0, 0)
    assert people(manufacturer, "name", "email", "position") == [
        ("김민서", "kim@seoul.example", "대표"),
        ("이영희", "lee@seoul.example", "이사"),
    ]


def test_every_bad_row_is_named(manufacturer: Manufacturer, partner: Partner, sibling: Partner, tmp_path: Path) -> None:
    with staff_scope(manufacturer.pk):
        Contact.objects.create(partner=partner, name="Kim", email="kim@seoul.example")
    sheet = (
        "partner code,name,email,role\n"
        "ZZ,Lee,,sales\n"
        "A1,,x@seoul.example,sales\n"
        "A1,Park,no-mail,sales\n"
        "A1,Choi,choi@seoul.example,emperor\n"
        "A1,Kim,kim@seoul.example,sales\n"
        "A1,Kim,,purchasing\n"
        "B1,Kim,kim@seoul.example,owner\n"
    )
    outcome = bring(manufacturer, "contacts", sheet, tmp_path)
    assert counts(outcome) == (1, 1, 0, 5)
    assert [cell[:3] for cell in bad(outcome)] == [
        (2, "partner_code", "unknown_partner"),
        (3, "name", "missing"),
        (4, "email", "not_email"),
        (5, "role", "unknown_choice"),
        (7, "name", "repeated"),
    ]
