"""What a programme would do, before it is published (V-6)."""

import datetime as dt
from dataclasses import dataclass

from valuation.models import Programme
from valuation.services.programmes import ProgrammeDraft


@dataclass(frozen=True)
class Move:
    """So many partners would go from one tier (by its code; empty: none yet) to another."""

    before: str
    after: str
    count: int


def simulate(programme: Programme | ProgrammeDraft, day: dt.date | None = None) -> list[Move]:
    """Who would stand where by these rules: the KPIs stored for a day (the latest), scored anew.

    From the tier that the rules in force reached on that day to the tier that these rules reach. Writes nothing.
    """
    raise NotImplementedError
