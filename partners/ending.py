"""What the end of a partnership closes, in order: each app adds its own in `endings.py`, found as Django finds `admin.py`.

    register_ending(Ending("access", order=10, says=access_said, close=close_access, reopen=reopen_access))

All of it runs in the transaction of the move, in order; taking the end back runs it the other way round, with what was
kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from partners.models import STAGE_ALLOWS, Activity, Partner
from tenancy.hooks import portal_door
from tenancy.models import Membership


@dataclass(frozen=True)
class Ending:
    """One kind of thing that is closed.

    says: (partner) -> sentences that tell beforehand what will be closed; none where there is nothing.
    close: (partner, by) -> what has to be known to open it again, as JSON; falsy where nothing was closed.
    reopen: (partner, closed, by) -> sentences about what could not be opened again.
    """

    key: str
    order: int
    says: Callable[[Partner], list[str]]
    close: Callable[[Partner, Membership | None], Any]
    reopen: Callable[[Partner, Any, Membership | None], list[str]]


@portal_door
def may_come_in(partner: Partner) -> bool:
    """A partner's portal is open at the stages that allow it, whatever places its people have."""
    return Activity.PORTAL in STAGE_ALLOWS[partner.stage]


_endings: dict[str, Ending] = {}


def register_ending(ending: Ending) -> Ending:
    """Make one known; called from an app's `endings.py`."""
    if ending.key in _endings:
        raise ValueError(f"Two endings are registered as {ending.key!r}.")
    _endings[ending.key] = ending
    return ending


def all_endings() -> list[Ending]:
    """Every ending, in the order in which they close."""
    return sorted(_endings.values(), key=lambda ending: (ending.order, ending.key))


def what_ends(partner: Partner) -> list[str]:
    """What the end of this partnership would close, as sentences."""
    return [sentence for ending in all_endings() for sentence in ending.says(partner)]


def autodiscover() -> None:
    """Import every app's `endings.py`."""
    autodiscover_modules("endings")
