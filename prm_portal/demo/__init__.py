"""Two fictional manufacturers for the demo: the same day gives the same partners, products and sell-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from .hanbit import hanbit
from .shapes import DemoManufacturer
from .tokai import tokai

PASSWORD = "prm-demo-2026"  # noqa: S105  public by design: it opens fictional data only
PLATFORM_EMAIL = "admin@prm.example"

MANUFACTURERS: dict[str, Callable[[date], DemoManufacturer]] = {"hanbit": hanbit, "tokai": tokai}


def generate(slug: str, *, today: date) -> DemoManufacturer:
    """One demo manufacturer with 36 months of sell-in up to the last full month before `today`."""
    return MANUFACTURERS[slug](today)


__all__ = ["MANUFACTURERS", "PASSWORD", "PLATFORM_EMAIL", "DemoManufacturer", "generate"]
