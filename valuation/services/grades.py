"""Grades decided by people: set by hand for a time, promotions approved or refused."""

import datetime as dt

from partners.models import Partner
from tenancy.errors import DomainError
from tenancy.models import Membership
from valuation.models import Grade, Tier


class GradeError(DomainError):
    """A decision that the grade does not allow now."""


def set_override(
    partner: Partner, tier: Tier, *, until: dt.date, reason: str, by: Membership, day: dt.date | None = None
) -> Grade:
    """Give the partner a tier by hand until a day (included). The partner is told, with the reason."""
    raise NotImplementedError


def end_override(partner: Partner, *, by: Membership, day: dt.date | None = None) -> Grade:
    """End what was set by hand now: the partner falls or rises to the tier of its last score at once."""
    raise NotImplementedError


def approve_promotion(grade: Grade, *, by: Membership, day: dt.date | None = None) -> Grade:
    """Give the tier that waits for approval. The partner is told."""
    raise NotImplementedError


def refuse_promotion(grade: Grade, *, by: Membership, reason: str, day: dt.date | None = None) -> Grade:
    """Do not give it. It is not put forward again before the programme's next period, unless a higher one is reached."""
    raise NotImplementedError
