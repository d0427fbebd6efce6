"""Points by the manufacturer's rules: 0 to 100, with what gave them. Pure: no Django, no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from valuation.learning import as_numbers, as_texts

MOST = 100


@dataclass(frozen=True)
class Rule:
    """So many points where a field passes a test: any_of, none_of, at_least, at_most, filled or empty."""

    field: str
    test: str
    values: tuple[str, ...]
    points: int

    def applies(self, value: Any) -> bool:
        """Whether a value passes. What is missing is empty, and none of anything."""
        number = float(as_numbers([value])[0])
        texts = as_texts(value)
        match self.test:
            case "any_of":
                return any(text in self.values for text in texts)
            case "none_of":
                return not any(text in self.values for text in texts)
            case "at_least":
                return number >= self._bound
            case "at_most":
                return number <= self._bound
            case "filled":
                return bool(texts)
            case "empty":
                return not texts
        raise ValueError(f"There is no test {self.test!r}.")

    @property
    def _bound(self) -> float:
        return float(as_numbers(self.values[:1] or [None])[0])


@dataclass(frozen=True)
class Pointed:
    """A lead's points and the rules that applied, heaviest first."""

    points: int
    rules: tuple[Rule, ...]


def points_of(row: Mapping[str, Any], rules: Sequence[Rule]) -> Pointed:
    """The sum of what applies, kept between 0 and 100."""
    applied = [rule for rule in rules if rule.applies(row.get(rule.field))]
    heaviest: Iterable[Rule] = sorted(applied, key=lambda rule: -abs(rule.points))
    return Pointed(max(0, min(MOST, sum(rule.points for rule in applied))), tuple(heaviest))
