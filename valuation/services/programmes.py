"""Programmes: drafts, their check, publishing, versions."""

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages import formats
from tenancy.errors import DomainError
from tenancy.models import Membership
from valuation.models import Method, Programme, ProgrammeKind, ProgrammeKpi, ProgrammeStatus, Tier, TierRequirement
from valuation.registry import all_kpis, find_kpi


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


DEFAULT_TIERS: Sequence[tuple[str, dict[str, str], int]] = (
    ("platinum", {"en": "Platinum", "ko": "플래티넘", "ja": "プラチナ"}, 90),
    ("gold", {"en": "Gold", "ko": "골드", "ja": "ゴールド"}, 80),
    ("silver", {"en": "Silver", "ko": "실버", "ja": "シルバー"}, 60),
    ("bronze", {"en": "Bronze", "ko": "브론즈", "ja": "ブロンズ"}, 40),
    ("registered", {"en": "Registered", "ko": "등록", "ja": "登録"}, 0),
)
DEFAULT_NAMES = {"en": "Standard", "ko": "표준", "ja": "標準"}


def default_draft(*, effective_from: dt.date) -> ProgrammeDraft:
    """The usual five tiers and every KPI with the weight and target it suggests."""
    return ProgrammeDraft(
        names=dict(DEFAULT_NAMES),
        effective_from=effective_from,
        tiers=[TierDraft(code, dict(names), code, Decimal(score)) for code, names, score in DEFAULT_TIERS],
        kpis=[
            KpiDraft(
                kpi.key,
                Decimal(kpi.weight),
                Method.PERCENTILE if kpi.target is None else Method.TARGET,
                kpi.target,
            )
            for kpi in all_kpis()
            if kpi.weight
        ],
    )


def draft_of(programme: Programme) -> ProgrammeDraft:
    """The programme's rules as a draft, to fill an editor or to start a new version."""
    return ProgrammeDraft(
        names=dict(programme.names),
        effective_from=programme.effective_from,
        tiers=[
            TierDraft(
                tier.code,
                dict(tier.names),
                tier.colour,
                tier.min_score,
                {row.kpi: row.threshold for row in tier.requirements.all()},
            )
            for tier in programme.tiers.prefetch_related("requirements").order_by("-rank")
        ],
        kpis=[KpiDraft(row.kpi, row.weight, row.method, row.target, row.when_missing) for row in programme.kpis.all()],
        kinds=list(
            ProgrammeKind.objects.filter(programme=programme).order_by("kind_id").values_list("kind_id", flat=True)
        ),
        period=programme.period,
        grace_periods=programme.grace_periods,
        promotion=programme.promotion,
    )


def problems_of(draft: ProgrammeDraft, *, code: str = "") -> list[Problem]:
    """Everything that stands against publishing the draft (as a version of programme `code`); empty when it can be.

    Reads the kinds and the other programmes, writes nothing: for the editor's live check.
    """
    problems = [
        *_problems_of_tiers(draft),
        *_problems_of_kpis(draft),
        *_problems_of_kinds(draft, code),
        *_problems_of_dates(draft, code),
    ]
    if not any(name.strip() for name in draft.names.values()):
        problems.append(Problem("names", _("Give the programme a name in at least one language.")))
    return problems


def _problems_of_tiers(draft: ProgrammeDraft) -> Iterator[Problem]:
    if not draft.tiers:
        yield Problem("tiers", _("A programme needs at least one tier."))
        return
    seen: set[str] = set()
    for place, tier in enumerate(draft.tiers):
        if not tier.code:
            yield Problem(f"tiers.{place}.code", _("Give the tier a code."))
        elif tier.code in seen:
            yield Problem(f"tiers.{place}.code", _("Two tiers have the code %(code)s.") % {"code": tier.code})
        seen.add(tier.code)
        if not any(name.strip() for name in tier.names.values()):
            yield Problem(f"tiers.{place}.names", _("Give the tier a name in at least one language."))
        if place and tier.min_score >= draft.tiers[place - 1].min_score:
            yield Problem(
                f"tiers.{place}.min_score",
                _("The score must be below that of the tier above, %(score)s.")
                % {"score": formats.number(draft.tiers[place - 1].min_score)},
            )
        if not 0 <= tier.min_score <= 120:
            yield Problem(f"tiers.{place}.min_score", _("A score lies between 0 and 120."))
        for key in tier.requirements:
            if find_kpi(key) is None:
                yield Problem(f"tiers.{place}.requirements", _("There is no KPI %(key)s.") % {"key": key})
    best = _best_score(draft)
    if best is not None and draft.tiers[0].min_score > best:
        yield Problem(
            "tiers.0.min_score",
            _("Nobody can reach this: ranks give 100 points at most and targets 120, together %(score)s.")
            % {"score": formats.number(best)},
        )
    lowest = len(draft.tiers) - 1
    if draft.tiers[lowest].min_score != 0:
        yield Problem(f"tiers.{lowest}.min_score", _("The lowest tier begins at 0, so that every partner has a grade."))
    if draft.tiers[lowest].requirements:
        yield Problem(f"tiers.{lowest}.requirements", _("The lowest tier asks for nothing."))


def _best_score(draft: ProgrammeDraft) -> Decimal | None:
    """The score of a partner that is best in everything."""
    weights = sum((kpi.weight for kpi in draft.kpis), Decimal(0))
    if weights <= 0:
        return None
    points = (kpi.weight * (120 if kpi.method == Method.TARGET else 100) for kpi in draft.kpis)
    return round(sum(points, Decimal(0)) / weights, 2)


def _problems_of_kpis(draft: ProgrammeDraft) -> Iterator[Problem]:
    if sum((kpi.weight for kpi in draft.kpis), Decimal(0)) <= 0:
        yield Problem("kpis", _("At least one KPI needs a weight above zero."))
    seen: set[str] = set()
    for place, kpi in enumerate(draft.kpis):
        if find_kpi(kpi.key) is None:
            yield Problem(f"kpis.{place}.key", _("There is no KPI %(key)s.") % {"key": kpi.key})
        elif kpi.key in seen:
            yield Problem(f"kpis.{place}.key", _("This KPI stands here twice."))
        seen.add(kpi.key)
        if kpi.weight < 0:
            yield Problem(f"kpis.{place}.weight", _("A weight cannot be negative."))
        if kpi.method == Method.TARGET and (kpi.target is None or kpi.target <= 0):
            yield Problem(f"kpis.{place}.target", _("Points against a target need a target above zero."))


def _problems_of_dates(draft: ProgrammeDraft, code: str) -> Iterator[Problem]:
    """A version that begins before the one that it follows would never be in force."""
    versions = Programme.objects.filter(code=code, status=ProgrammeStatus.PUBLISHED)
    latest = versions.order_by("-effective_from").first()
    if latest is not None and draft.effective_from < latest.effective_from:
        yield Problem(
            "effective_from",
            _("The version before begins on %(day)s. Choose that day or a later one.")
            % {"day": formats.date(latest.effective_from, get_language())},
        )


def _problems_of_kinds(draft: ProgrammeDraft, code: str) -> Iterator[Problem]:
    """Two programmes in force must not both value one kind of partner; one for all kinds gives way to one for some."""
    published = Programme.objects.filter(status=ProgrammeStatus.PUBLISHED).exclude(code=code)
    in_force_before = published.filter(
        code=OuterRef("code"), version__gt=OuterRef("version"), effective_from__lte=draft.effective_from
    )
    others = published.exclude(Exists(in_force_before))  # what is superseded by then takes nothing
    taken = {
        row.kind_id: row
        for row in ProgrammeKind.objects.filter(programme__in=others).select_related("programme", "kind")
    }
    for kind_id in draft.kinds:
        if (row := taken.get(kind_id)) is not None:
            yield Problem(
                "kinds",
                _("%(kind)s is valued by the programme %(programme)s already.")
                % {"kind": row.kind, "programme": row.programme},
            )
    if not draft.kinds:
        whole = others.filter(kinds=None).first()
        if whole is not None:
            yield Problem(
                "kinds",
                _("The programme %(programme)s is for all kinds already. Choose the kinds that this one is for.")
                % {"programme": whole},
            )


@transaction.atomic
def create_draft(draft: ProgrammeDraft, *, code: str = "", by: Membership | None) -> Programme:
    """A new programme, not yet in force. Without a code one is made from the name."""
    programme = Programme.objects.create(
        code=code or _free_code(draft.names), effective_from=draft.effective_from, names=dict(draft.names)
    )
    return save_draft(programme, draft, by=by)


@transaction.atomic
def save_draft(programme: Programme, draft: ProgrammeDraft, *, by: Membership | None) -> Programme:
    """Replace the rules of a draft. Half-finished rules may be saved; a published programme refuses.

    What the database could not hold (a code twice, a target of nothing) is refused with its sentence.
    """
    programme = _locked_draft(programme)
    for problem in (*_problems_of_tiers(draft), *_problems_of_kpis(draft)):
        if problem.place.endswith((".code", ".key", ".target")):
            raise ProgrammeError(problem.message)
    fields = {
        "names": dict(draft.names),
        "effective_from": draft.effective_from,
        "period": draft.period,
        "grace_periods": draft.grace_periods,
        "promotion": draft.promotion,
    }
    for name, value in fields.items():
        setattr(programme, name, value)
    programme.save(update_fields=[*fields, "updated_at"])
    ProgrammeKind.objects.filter(programme=programme).delete()
    ProgrammeKind.objects.bulk_create(ProgrammeKind(programme=programme, kind_id=kind) for kind in draft.kinds)
    ProgrammeKpi.objects.filter(programme=programme).delete()
    ProgrammeKpi.objects.bulk_create(
        ProgrammeKpi(
            programme=programme,
            kpi=kpi.key,
            weight=kpi.weight,
            method=kpi.method,
            target=kpi.target if kpi.method == Method.TARGET else None,
            when_missing=kpi.when_missing,
            order=place,
        )
        for place, kpi in enumerate(draft.kpis)
    )
    Tier.objects.filter(programme=programme).delete()
    tiers = Tier.objects.bulk_create(
        Tier(
            programme=programme,
            rank=len(draft.tiers) - place,
            code=tier.code,
            names=dict(tier.names),
            colour=tier.colour,
            min_score=tier.min_score,
        )
        for place, tier in enumerate(draft.tiers)
    )
    TierRequirement.objects.bulk_create(
        TierRequirement(tier=row, kpi=key, threshold=threshold)
        for row, tier in zip(tiers, draft.tiers, strict=True)
        for key, threshold in tier.requirements.items()
    )
    return programme


@transaction.atomic
def delete_draft(programme: Programme) -> None:
    """Throw a draft away."""
    _locked_draft(programme).delete()


@transaction.atomic
def new_version(programme: Programme, *, by: Membership | None, effective_from: dt.date) -> Programme:
    """A draft of the next version with the same rules; the open draft of this code where there is one."""
    versions = Programme.objects.select_for_update(no_key=True).filter(code=programme.code).order_by("-version")
    latest = next(iter(versions))
    if latest.status == ProgrammeStatus.DRAFT:
        return latest
    draft = replace(draft_of(programme), effective_from=effective_from)
    fresh = Programme.objects.create(
        code=programme.code, version=latest.version + 1, effective_from=effective_from, names=dict(programme.names)
    )
    return save_draft(fresh, draft, by=by)


@transaction.atomic
def publish(programme: Programme, *, by: Membership | None) -> Programme:
    """Freeze the draft and put it in force from its effective date; the version before it serves until then."""
    programme = _locked_draft(programme)
    problems = problems_of(draft_of(programme), code=programme.code)
    if problems:
        raise ProgrammeError(problems[0].message)
    programme.status, programme.published_at, programme.published_by = ProgrammeStatus.PUBLISHED, timezone.now(), by
    programme.save(update_fields=["status", "published_at", "published_by", "updated_at"])
    return programme


@transaction.atomic
def retire(programme: Programme, *, by: Membership | None) -> Programme:
    """Withdraw a published version: nobody is valued by it any more, grades stay as they are."""
    programme = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if programme.status != ProgrammeStatus.PUBLISHED:
        raise ProgrammeError(_("Only a published programme can be retired."))
    programme.status = ProgrammeStatus.RETIRED
    programme.save(update_fields=["status", "updated_at"])
    return programme


def create_default_programme(
    *, effective_from: dt.date, publish: bool = True, by: Membership | None = None
) -> Programme:
    """The programme "Standard" with the defaults, fit for any currency: revenue is ranked, so it needs no target."""
    programme = create_draft(default_draft(effective_from=effective_from), code="standard", by=by)
    return _publish(programme, by=by) if publish else programme


_publish = publish


def _locked_draft(programme: Programme) -> Programme:
    programme = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if programme.status != ProgrammeStatus.DRAFT:
        raise ProgrammeError(_("A published programme cannot be changed. Make a new version of it."))
    return programme


def _free_code(names: Mapping[str, str]) -> str:
    """A code from the name, with a number behind it where another programme has it."""
    base = slugify(names.get("en", ""))[:30] or "programme"
    taken = set(Programme.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(
        code for number in itertools.count(1) if (code := base if number == 1 else f"{base}-{number}") not in taken
    )
