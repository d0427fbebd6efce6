"""Everything that changes programmes and grades."""

from valuation.services.grades import (
    GradeError,
    approve_promotion,
    end_override,
    refuse_promotion,
    set_override,
)
from valuation.services.programmes import (
    KpiDraft,
    Problem,
    ProgrammeDraft,
    ProgrammeError,
    TierDraft,
    create_default_programme,
    create_draft,
    default_draft,
    delete_draft,
    draft_of,
    new_version,
    problems_of,
    publish,
    retire,
    save_draft,
)
from valuation.services.promotions import put_promotions_forward
from valuation.services.recompute import RecomputeResult, recompute, request_recompute
from valuation.services.simulation import Move, simulate

__all__ = [
    "GradeError",
    "KpiDraft",
    "Move",
    "Problem",
    "ProgrammeDraft",
    "ProgrammeError",
    "RecomputeResult",
    "TierDraft",
    "approve_promotion",
    "create_default_programme",
    "create_draft",
    "default_draft",
    "delete_draft",
    "draft_of",
    "end_override",
    "new_version",
    "problems_of",
    "publish",
    "put_promotions_forward",
    "recompute",
    "refuse_promotion",
    "request_recompute",
    "retire",
    "save_draft",
    "set_override",
    "simulate",
]
