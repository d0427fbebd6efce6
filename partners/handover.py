"""What a handover tells about each partner: each part registers a section in `handovers.py`, found as Django finds
`admin.py`.

    register_section(Section("tasks", _("Open tasks"), order=20, collect=open_tasks))

`collect(partner_ids, day)` gives, in one query whatever their number, the lines of each partner. What it gives is kept as it
was, so that it can be read years later: plain texts, days as `YYYY-MM-DD`.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

Line = dict[str, str]
"""`text`, and if known `detail`, `on` (a day) and `who`."""
Collect = Callable[[Sequence[int], dt.date], Mapping[int, list[Line]]]


@dataclass(frozen=True)
class Section:
    """One part of the summary of a partner."""

    key: str
    label: Any
    collect: Collect
    order: int = 100


_sections: dict[str, Section] = {}
MOST_LINES = 20
"""So many lines of a section are kept for a partner."""


def register_section(section: Section) -> Section:
    """Make a section known; called from an app's `handovers.py`."""
    if section.key in _sections:
        raise ValueError(f"Two sections are registered as {section.key!r}.")
    _sections[section.key] = section
    return section


def all_sections() -> list[Section]:
    """Every section, in order."""
    return sorted(_sections.values(), key=lambda section: (section.order, section.key))


def collect_sections(partner_ids: Sequence[int], day: dt.date) -> dict[int, dict[str, list[Line]]]:
    """The sections of each partner that have something to say."""
    found: dict[int, dict[str, list[Line]]] = {pk: {} for pk in partner_ids}
    for section in all_sections():
        for pk, lines in section.collect(partner_ids, day).items():
            if lines:
                found[pk][section.key] = lines[:MOST_LINES]
    return found


def autodiscover() -> None:
    """Import every app's `handovers.py`."""
    autodiscover_modules("handovers")
