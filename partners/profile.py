"""A partner's profile as a reader sees it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pages import formats
from partners import custom_fields
from partners.countries import country_name, language_name
from partners.models import CustomField, Partner
from partners.product_lines import product_line_choices
from partners.provenance import FIELDS, Provenance, provenance_of, stale_before

STALE_AFTER = dt.timedelta(days=365)


@dataclass(frozen=True)
class Fact:
    """One line of a profile; `link` makes it a link that can be called or written to."""

    label: str
    value: str
    link: str = ""
    known: Provenance | None = None
    """Who told it and when it was last confirmed; staff see it, and partners where they are asked."""
    is_stale: bool = False


def profile_sections(
    partner: Partner, definitions: Sequence[CustomField], *, file_url: Callable[[str], str] | None = None
) -> list[tuple[str, list[Fact]]]:
    """The profile under headings, without what is empty. Three queries, for kinds, specialisations and product lines.

    file_url: where the file of an own field is fetched, by the field's key; without it only its name is told.
    """
    names = ", ".join(str(kind) for kind in [partner.kind, *partner.other_kinds.all()])
    lines = dict(product_line_choices()) if partner.product_lines else {}
    skills = ", ".join(str(skill) for skill in partner.specialisations.all())
    exclusive = {True: _("Yes"), False: _("No"), None: ""}[partner.is_exclusive]
    area = f"{formats.number(partner.showroom_area)} m²" if partner.showroom_area is not None else ""
    parts: list[tuple[str, list[Fact]]] = [
        (
            _("Who it is"),
            [
                _fact(partner, "name"),
                _fact(partner, "local_name"),
                _fact(partner, "code"),
                _fact(partner, "external_code"),
                _fact(partner, "kind", names),
                _fact(partner, "business_number"),
                _fact(partner, "is_exclusive", exclusive),
                _fact(partner, "established_year"),
                _fact(partner, "employees", formats.number(partner.employees) if partner.employees is not None else ""),
                _fact(partner, "showroom_area", area),
            ],
        ),
        (
            _("How to reach it"),
            [
                _fact(partner, "phone", link=f"tel:{partner.phone.replace(' ', '')}"),
                _fact(partner, "email", link=f"mailto:{partner.email}"),
                _fact(partner, "website", link=partner.website),
                _fact(partner, "opening_hours"),
            ],
        ),
        (
            _("Where it is"),
            [
                _fact(partner, "country", country_name(partner.country) if partner.country else ""),
                _fact(partner, "postal_code"),
                _fact(partner, "address"),
                _fact(partner, "city"),
                _fact(partner, "region"),
            ],
        ),
        (
            _("What it does"),
            [
                _fact(partner, "languages", ", ".join(language_name(code) for code in partner.languages)),
                _fact(partner, "specialisations", skills),
                _fact(partner, "product_lines", ", ".join(lines.get(code, code) for code in partner.product_lines)),
                _fact(partner, "lead_capacity", _count(partner.lead_capacity)),
                _fact(partner, "crew_count", _count(partner.crew_count)),
            ],
        ),
        (
            _("Own fields"),
            [_noted(partner, f"custom.{field.key}", _own_fact(field, partner, file_url)) for field in definitions],
        ),
    ]
    shown = [(title, [fact for fact in facts if fact.value]) for title, facts in parts]
    return [(title, facts) for title, facts in shown if facts]


def _own_fact(field: CustomField, partner: Partner, file_url: Callable[[str], str] | None) -> Fact:
    value = custom_fields.shown(field, partner.custom.get(field.key))
    has_link = value and file_url is not None and field.type == CustomField.Type.FILE
    return Fact(str(field), value, file_url(field.key) if has_link and file_url is not None else "")


def _count(value: int | None) -> str:
    return "" if value is None else formats.number(value)


def is_stale(partner: Partner) -> bool:
    """Whether nobody has confirmed the profile within a year."""
    return partner.confirmed_at is None or timezone.now() - partner.confirmed_at > STALE_AFTER


def _fact(partner: Partner, name: str, value: str | None = None, *, link: str = "") -> Fact:
    text = getattr(partner, name) if value is None else value
    text = "" if text is None else str(text)
    label = str(next(field for field in _FIELDS if field.name == name).verbose_name)
    return _noted(partner, name, Fact(label, text, link if text else ""))


def _noted(partner: Partner, name: str, fact: Fact) -> Fact:
    if not (noted := partner.provenance.get(name)):
        return fact
    known = provenance_of({name: noted})[name]
    return replace(fact, known=known, is_stale=known.on < stale_before())


@dataclass(frozen=True)
class AskedFact:
    """A field that a partner is asked to confirm, as it stands."""

    name: str
    label: str
    value: str
    source: str
    on: dt.date


def asked_facts(partner: Partner, names: Sequence[str]) -> list[AskedFact]:
    """What stands in the named fields, in the order of the profile; those emptied since are left out."""
    labels = field_labels()
    by_label: dict[str, Fact] = {}
    for _title, facts in profile_sections(partner, custom_fields.all_custom_fields()):
        by_label |= {fact.label: fact for fact in facts}
    asked = []
    for name in names:
        fact = by_label.get(labels.get(name, ""))
        if fact is not None and fact.known is not None:
            asked.append(AskedFact(name, fact.label, fact.value, fact.known.source_label, fact.known.on))
    return asked


def field_labels() -> dict[str, str]:
    """What each field with a noted source is called, by its name. One query, for own fields."""
    own = {f"custom.{field.key}": str(field) for field in custom_fields.all_custom_fields()}
    return {field.name: str(field.verbose_name) for field in _FIELDS if field.name in FIELDS} | own


_FIELDS: list[Any] = [*Partner._meta.fields, *Partner._meta.many_to_many]
