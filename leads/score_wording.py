"""Scores in words: fields, values, reasons and rules as a reader sees them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commerce.models import ProductCategory
from leads.models import LeadField, LeadKind, LeadSource, RuleTest
from leads.score_fields import BUILT_IN, CUSTOM, RULE_ONLY, Field, own_field
from pages import formats
from partners.countries import country_name
from tenancy.models import Language, Manufacturer
from valuation.learning import FieldType, Part

YES_NO = ("yes", "no")


@dataclass(frozen=True)
class ShownReason:
    """A reason on a page: what about the lead, and what that does to its score."""

    label: str
    value: str
    effect: str
    is_good: bool
    by: str

    @property
    def is_learned(self) -> bool:
        return self.by == "model"


class Wording:
    """Names of fields and of their values; each of the manufacturer's lists is read once, when it is first needed."""

    def __init__(self, manufacturer: Manufacturer) -> None:
        self.currency = manufacturer.currency
        self.language = get_language()

    @cached_property
    def own_fields(self) -> dict[str, LeadField]:
        return {CUSTOM + row.key: row for row in LeadField.objects.all()}

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        return {}

    def field(self, key: str) -> Field | None:
        """The field of a key; None where the manufacturer has removed it since."""
        if key.startswith(CUSTOM):
            row = self.own_fields.get(key)
            return own_field(row) if row else None
        return next((each for each in (*BUILT_IN, RULE_ONLY) if each.key == key), None)

    def label(self, key: str) -> str:
        """What readers call a field."""
        found = self.field(key)
        return str(found.label) if found else key.removeprefix(CUSTOM)

    def choices(self, key: str) -> dict[str, str]:
        """The values that a field can have, by name; none where anything can stand there."""
        if key not in self._names:
            self._names[key] = self._read(key)
        return self._names[key]

    def _read(self, key: str) -> dict[str, str]:
        lists: dict[str, Any] = {"source": LeadSource, "kind": LeadKind, "category": ProductCategory}
        if key in lists:
            return {row.code: str(row) for row in lists[key].objects.all()}
        if key.startswith(("has_", "is_")):
            return self._yes_no
        if key == "language":
            return {code: str(label) for code, label in Language.choices}
        row = self.own_fields.get(key) if key.startswith(CUSTOM) else None
        if row is not None and row.type == LeadField.Type.YES_NO:
            return self._yes_no
        return {choice: choice for choice in row.choices} if row is not None else {}

    @property
    def _yes_no(self) -> dict[str, str]:
        return {"yes": _("Yes"), "no": _("No")}

    def value(self, key: str, value: str | None) -> str:
        """One value of a category in words."""
        if value is None:
            return _("not given")
        if key == "country":
            return country_name(value)
        return self.choices(key).get(value, value)

    def number(self, key: str, number: float) -> str:
        """A number of a field with its unit."""
        if key == "amount":
            return formats.money_short(number, self.currency, self.language)
        found = self.field(key)
        unit = f" {found.unit}" if found and found.unit else ""
        return formats.number(round(number, 2)) + unit

    def span(self, key: str, low: float | None, high: float | None) -> str:
        """A class of numbers in words."""
        if low is None and high is None:
            return _("any")
        if low is None:
            return _("below %(high)s") % {"high": self.number(key, high or 0.0)}
        if high is None:
            return _("from %(low)s") % {"low": self.number(key, low)}
        return _("%(low)s to below %(high)s") % {"low": self.number(key, low), "high": self.number(key, high)}

    def reason(self, reason: Mapping[str, Any]) -> ShownReason:
        """One reason as it is kept with a lead."""
        key = reason["field"]
        if reason["by"] == "rule":
            points = reason["points"]
            return ShownReason(
                self.label(key),
                self.test(key, reason["test"], reason["values"]),
                points_text(points),
                points > 0,
                "rule",
            )
        value = reason.get("value")
        if value is not None and ("low" in reason or "high" in reason):
            text = self.span(key, reason.get("low"), reason.get("high"))
        elif reason.get("is_new"):
            text = _("%(value)s, never seen before") % {"value": self.value(key, value)}
        else:
            text = self.value(key, value)
        effect = reason.get("effect", 0.0)
        return ShownReason(self.label(key), text, effect_text(effect), reason["weight"] > 0, "model")

    def reasons(self, reasons: Iterable[Mapping[str, Any]]) -> list[ShownReason]:
        """All reasons of a lead."""
        return [self.reason(each) for each in reasons]

    def test(self, key: str, test: str, values: Iterable[str]) -> str:
        """What a rule asks, in words."""
        known = [self.value(key, value) for value in values]
        if test in (RuleTest.AT_LEAST, RuleTest.AT_MOST):
            found = self.field(key)
            unit = f" {found.unit}" if found and found.unit else ""
            known = [value + unit for value in values]
        return f"{RuleTest(test).label} {', '.join(known)}".strip()

    def classes(self, part: Part) -> list[tuple[str, float]]:
        """The classes of a part of the score with what each gives, best first."""
        if part.type == FieldType.NUMBER:
            bounds = [None, *part.edges, None]
            rows = [
                (self.span(part.key, bounds[number], bounds[number + 1]), weight)
                for number, weight in enumerate(part.weights)
            ]
        else:
            rows = [
                (self.value(part.key, level), weight) for level, weight in zip(part.levels, part.weights, strict=True)
            ]
        if part.missing:
            rows.append((_("not given"), part.missing))
        return sorted(rows, key=lambda row: -row[1])


def effect_text(effect: float) -> str:
    """Percentage points with their sign."""
    return _("%(points)s %% points") % {"points": formats.signed(effect, 1)}


def points_text(points: int) -> str:
    """Points with their sign."""
    return formats.signed(points, 0)
