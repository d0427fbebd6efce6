"""Two records of one company beside each other, field by field."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from partners.countries import country_name, language_name
from partners.custom_fields import all_custom_fields
from partners.models import CustomField, Partner
from partners.questions import all_questions
from partners.services.merging import CHOSEN, OWN


@dataclass(frozen=True)
class Compared:
    """One field of both records. `choice` is what a merge calls it, "" where it cannot be chosen."""

    label: str
    choice: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        return self.left != self.right

    @property
    def prefers_right(self) -> bool:
        """Whether only the other record knows it."""
        return not self.left and bool(self.right)


def compared(left: Partner, right: Partner) -> list[Compared]:
    """Every field of both, codes first; those that neither has are left out."""
    rows = [Compared(_label(name), "", _shown(left, name), _shown(right, name)) for name in ("code", "external_code")]
    for name in CHOSEN:
        choice = "" if name == "parent" and left.parent_id is not None else name
        rows.append(Compared(_label(name), choice, _shown(left, name), _shown(right, name)))
    rows += [
        Compared(str(field), OWN + field.key, _own(left, field), _own(right, field)) for field in all_custom_fields()
    ]
    return [row for row in rows if row.left or row.right]


def better_first(one: Partner, other: Partner) -> tuple[Partner, Partner]:
    """The record that should stay: the one more is known of, else the older."""
    asked = [question for question in all_questions() if question.stage is not None]

    def known(each: Partner) -> int:
        return sum(question.is_filled(each) for question in asked)

    ordered = sorted((one, other), key=lambda each: (-known(each), each.created_at, each.pk))
    return ordered[0], ordered[1]


def _label(name: str) -> str:
    field: Any = Partner._meta.get_field(name)
    return capfirst(str(field.verbose_name))


def _shown(partner: Partner, name: str) -> str:
    field: Any = Partner._meta.get_field(name)
    value = getattr(partner, name)
    if value in (None, "", []):
        return ""
    if name == "country":
        return country_name(value)
    if name == "languages":
        return ", ".join(language_name(code) for code in value)
    if field.choices:
        return str(getattr(partner, f"get_{name}_display")())
    return _text(value)


def _own(partner: Partner, field: CustomField) -> str:
    return _text(partner.custom.get(field.key, ""))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(str(each) for each in value)
    return str(value)
