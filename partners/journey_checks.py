"""The types of step that journeys are made of: each app adds its own in `journey_steps.py`, found as Django finds
`admin.py`.

    register_step_type(StepType("first_order", _("First order"), _("Done once ..."), done=first_orders))

`done(partner_ids, subject)` gives those of the partners that have done it, in one query whatever their number. Types
without it are ticked by hand: by the side whose step it is, and by staff always.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

Done = Callable[[Sequence[int], str], set[int]]


@dataclass(frozen=True)
class StepType:
    """A type of step.

    subjects: what can be chosen as the step's subject, as (key, label); empty where there is nothing to choose.
    place: (member, subject) -> the portal page where the partner does it; empty where it is done on the journey's page.
    takes: what the partner gives when it ticks the step: nothing, a file, or the moment of a meeting.
    """

    key: str
    label: Any
    explanation: Any
    done: Done | None = None
    subjects: Callable[[], list[tuple[str, Any]]] | None = None
    place: Callable[[Any, str], str] | None = None
    takes: str = ""
    order: int = 100

    @property
    def is_automatic(self) -> bool:
        """Whether it is found out rather than ticked."""
        return self.done is not None


_types: dict[str, StepType] = {}


def register_step_type(step_type: StepType) -> StepType:
    """Make a type known, or say how one that was ticked by hand is found out."""
    known = _types.get(step_type.key)
    if known is not None and known.is_automatic == step_type.is_automatic:
        raise ValueError(f"Two types of step are registered as {step_type.key!r}.")
    if known is None or step_type.is_automatic:
        _types[step_type.key] = step_type
    return step_type


def step_types() -> list[StepType]:
    """Every type, in order."""
    return sorted(_types.values(), key=lambda each: (each.order, each.key))


def step_type(key: str) -> StepType:
    """The type of that key; one that no app registers any more is ticked by hand."""
    return _types.get(key) or StepType(key, key, "")


def autodiscover() -> None:
    """Import every app's `journey_steps.py`."""
    autodiscover_modules("journey_steps")
