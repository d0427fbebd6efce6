"""What a person was told of what they agreed to, shown beside it: by who tells them (`campaigns`), below which people stand."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenancy.models import Membership


@dataclass(frozen=True)
class Telling:
    """One notice: when, by which way and where to, of which consents, and what became of it."""

    at: dt.datetime
    way: str
    address: str
    agreed: list[str]
    state: str
    tone: str
    why: str = ""


@dataclass(frozen=True)
class Told:
    """The latest notices of a person, and where all of them are for who may see these."""

    notices: list[Telling] = field(default_factory=list)
    url: str = ""


Tells = Callable[[Membership, Any], Told]
_providers: list[Tells] = []


def tells_of_consents(provider: Tells) -> Tells:
    """Register `provider(member, person)`: of a `Contact`, or an end customer, whom the member may see."""
    _providers[:] = [provider]
    return provider


def told_of_consents(member: Membership, person: Any) -> Told:
    """What a person was told of their consents; nothing where no app tells them."""
    return _providers[0](member, person) if _providers else Told()
