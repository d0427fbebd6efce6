"""Where each field of a profile comes from, and how long ago somebody said that it is right (P-2).

The database notes it by a trigger on every change, whoever makes it: `Partner.provenance` holds for each field with a
value the source and the day. Own fields stand there as `custom.<key>`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FIELDS = (
    "phone",
    "email",
    "website",
    "address",
    "postal_code",
    "city",
    "region",
    "country",
    "opening_hours",
    "local_name",
    "business_number",
    "established_year",
    "employees",
    "showroom_area",
    "languages",
    "lead_capacity",
    "crew_count",
    "is_exclusive",
)
"""The fields whose source is noted, in the order in which a partner is asked for them; own fields come after."""

SOURCES: Mapping[str, Any] = {
    "partner": _("the partner"),
    "staff": _("our staff"),
    "import": _("an import"),
    "register": _("a register"),
    "computed": _("a computation"),
}
FRESH_MONTHS = 12


@dataclass(frozen=True)
class Provenance:
    """Who told a field, and when it was last said to be right."""

    source: str
    on: dt.date

    @property
    def source_label(self) -> str:
        return str(SOURCES.get(self.source, self.source))


def provenance_of(noted: Mapping[str, Sequence[str]]) -> dict[str, Provenance]:
    """The provenance of each field with a value, by the field's name."""
    return {name: Provenance(source, dt.date.fromisoformat(on)) for name, (source, on) in noted.items()}


def stale_before(months: int = FRESH_MONTHS) -> dt.date:
    """The day before which a confirmation is too old: today's day of the month, `months` earlier."""
    today = timezone.localdate()
    index = today.year * 12 + today.month - 1 - months
    first = dt.date(index // 12, index % 12 + 1, 1)
    following = dt.date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first + dt.timedelta(days=today.day - 1), following - dt.timedelta(days=1))


def stale_fields(
    noted: Mapping[str, Sequence[str]], *, before: dt.date, among: Iterable[str] | None = None
) -> list[str]:
    """The fields with a value that nobody has said to be right since `before`, in the order of `FIELDS`."""
    chosen = set(noted) if among is None else set(among)
    stale = [name for name, known in provenance_of(noted).items() if known.on < before and name in chosen]
    return sorted(stale, key=lambda name: (FIELDS.index(name) if name in FIELDS else len(FIELDS), name))
