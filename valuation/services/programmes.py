"""Programmes: drafts, their check, publishing, versions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tenancy.errors import DomainError
from tenancy.models import Membership
from valuation.models import Programme


class ProgrammeError(DomainError):
    """A step that the programme cannot take now."""


@dataclass(frozen=True)
class TierDraft:
    """A tier as the editor holds it. The lowest has min_score 0 and no requirements."""

    code: str
    names: dict[str, str]
    colour: str
    min_score: Decimal
    requirements: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class KpiDraft:
    """A KPI as the editor holds it."""

    key: str
    weight: Decimal
    method: str
    target: Decimal | None = None
    when_missing: str = "skip"


@dataclass(frozen=True)
class ProgrammeDraft:
    """All that an editor changes of a programme, apart from the database: what is checked, saved and simulated.

    `tiers` run from the highest to the lowest, `kinds` are ids of kinds of partner (none: all).
    """

    names: dict[str, str]
    effective_from: dt.date
    tiers: Sequence[TierDraft]
    kpis: Sequence[KpiDraft]
    kinds: Sequence[int] = ()
    period: str = "quarter"
    grace_periods: int = 2
    promotion: str = "automatic"


@dataclass(frozen=True)
class Problem:
    """Something that stands against publishing: where, and a sentence on what and how to mend it.

    `place` is a field of the draft ("names", "effective_from", "kinds"), "tiers" or "tiers.<n>.<field>",
    "kpis" or "kpis.<n>.<field>", counted from 0 in the order of the draft.
    """

    place: str
    message: str


def default_draft(*, effective_from: dt.date) -> ProgrammeDraft:
    """The usual five tiers and every KPI with the weight and target it suggests."""
    raise NotImplementedError


def draft_of(programme: Programme) -> ProgrammeDraft:
    """The programme's rules as a draft, to fill an editor or to start a new version."""
    raise NotImplementedError


def problems_of(draft: ProgrammeDraft, *, code: str = "") -> list[Problem]:
    """Everything that stands against publishing the draft (as a version of programme `code`); empty when it can be.

    Reads the kinds and the other programmes, writes nothing: for the editor's live check.
    """
    raise NotImplementedError


def create_draft(draft: ProgrammeDraft, *, code: str = "", by: Membership | None) -> Programme:
    """A new programme, not yet in force. Without a code one is made from the name."""
    raise NotImplementedError


def save_draft(programme: Programme, draft: ProgrammeDraft, *, by: Membership | None) -> Programme:
    """Replace the rules of a draft. Half-finished rules may be saved; a published programme refuses."""
    raise NotImplementedError


def delete_draft(programme: Programme) -> None:
    """Throw a draft away."""
    raise NotImplementedError


def new_version(programme: Programme, *, by: Membership | None, effective_from: dt.date) -> Programme:
    """A draft of the next version with the same rules; the open draft of this code where there is one."""
    raise NotImplementedError


def publish(programme: Programme, *, by: Membership | None) -> Programme:
    """Freeze the draft and put it in force from its effective date; the version before it serves until then."""
    raise NotImplementedError


def retire(programme: Programme, *, by: Membership | None) -> Programme:
    """Withdraw a published version: nobody is valued by it any more, grades stay as they are."""
    raise NotImplementedError


def create_default_programme(
    *, effective_from: dt.date, publish: bool = True, by: Membership | None = None
) -> Programme:
    """The programme "Standard" with the defaults, fit for any currency: revenue is ranked, so it needs no target."""
    raise NotImplementedError
