"""Objects of campaigns, content and funds in the world of the isolation tests: a function a subject, each in `SUBJECTS`."""

from collections.abc import Callable
from typing import Any

SUBJECTS: tuple[Callable[[Any], dict[str, dict[str, Any]]], ...] = ()


def campaigns_objects(world: Any) -> dict[str, dict[str, Any]]:
    """What stands in the addresses of campaigns, content and funds beside the manufacturer, by their names."""
    return {name: named for subject in SUBJECTS for name, named in subject(world).items()}
