"""Everything read about agreements and compliance papers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from partners.models import (
    Agreement,
    AgreementState,
    AgreementTemplate,
    AgreementType,
    Paper,
    PaperState,
    PaperType,
    Partner,
    PartnerOtherKind,
    Renewal,
    Stage,
)
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right

SHOWN_STATES = [
    (AgreementState.DRAFT, AgreementState.DRAFT.label),
    (AgreementState.SENT, AgreementState.SENT.label),
    (AgreementState.ACCEPTED, _("Accepted, not begun")),
    ("running", _("Running")),
    ("notice", _("Notice given")),
    (AgreementState.ENDED, AgreementState.ENDED.label),
    (AgreementState.TERMINATED, AgreementState.TERMINATED.label),
    (AgreementState.REFUSED, AgreementState.REFUSED.label),
    (AgreementState.WITHDRAWN, AgreementState.WITHDRAWN.label),
]
"""The states that readers are told, as `Agreement.shown_state` gives them."""


def running_on(day: dt.date) -> Q:
    """Agreements in force on a day, as `Agreement.runs_on` says it of one."""
    lasts = Q(ends_on=None) | Q(ends_on__gte=day) | Q(renewal=Renewal.AUTOMATIC, notice_on=None)
    return Q(lasts, state=AgreementState.ACCEPTED, starts_on__lte=day)


def in_shown_state(state: str, day: dt.date) -> Q:
    """Agreements in one of the states that readers are told."""
    if state in ("running", "notice"):
        return Q(running_on(day), notice_on__isnull=state == "running")
    if state == AgreementState.ACCEPTED:
        return Q(state=state, starts_on__gt=day)
    return Q(state=state)


def agreements_for(member: Membership) -> QuerySet[Agreement]:
    """The agreements this member may see: staff those of their partners, a partner its own that were sent."""
    agreements = Agreement.objects.all()
    if not member.is_staff:
        return agreements.filter(partner=member.partner_id)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        return agreements.filter(partner__channel_manager=member)
    return agreements


def agreement_rows(member: Membership) -> QuerySet[Agreement]:
    """Agreements with what a list shows of them."""
    return agreements_for(member).select_related("partner__channel_manager", "type").defer("text")


def papers_for(member: Membership) -> QuerySet[Paper]:
    """The papers this member may see."""
    papers = Paper.objects.select_related("type")
    if not member.is_staff:
        return papers.filter(partner=member.partner_id)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        return papers.filter(partner__channel_manager=member)
    return papers


def paper_rows(member: Membership) -> QuerySet[Paper]:
    """Papers with what a list shows of them."""
    return papers_for(member).select_related("partner__channel_manager", "type", "uploaded_by")


def papers_to_review(member: Membership) -> QuerySet[Paper]:
    """What waits for review, the oldest first."""
    return paper_rows(member).filter(state=PaperState.WAITING).order_by("pk")


def fits_kinds(partner: Partner) -> Q:
    """What names no kinds of partner, or one of those that the partner is of."""
    others = PartnerOtherKind.objects.filter(partner=partner).values("kind")
    return Q(kinds=None) | Q(kinds=partner.kind_id) | Q(kinds__in=others)


def agreement_types_for(partner: Partner) -> QuerySet[AgreementType]:
    """The types of agreement meant for a partner of its kinds that have a published text."""
    published = AgreementTemplate.objects.filter(type=OuterRef("pk"), published_at__isnull=False)
    return AgreementType.objects.filter(Exists(published), fits_kinds(partner), is_retired=False).distinct()


def usable_types() -> QuerySet[AgreementType]:
    """The types of agreement from which agreements can be made now."""
    published = AgreementTemplate.objects.filter(type=OuterRef("pk"), published_at__isnull=False)
    return AgreementType.objects.filter(Exists(published), is_retired=False)


def types_with_use(day: dt.date) -> QuerySet[Any]:
    """All types of agreement, with their latest published version and how many agreements run."""
    latest = AgreementTemplate.objects.filter(type=OuterRef("pk"), published_at__isnull=False).order_by("-version")
    running = (
        Agreement.objects.filter(running_on(day), type=OuterRef("pk"))
        .order_by()
        .values("type")
        .annotate(count=Count("pk"))
    )
    return (
        AgreementType.objects.annotate(
            latest=Subquery(latest.values("version")[:1]),
            running=Coalesce(Subquery(running.values("count")), 0),
        )
        .prefetch_related("kinds")
        .order_by("order", "code")
    )


class PaperStatus(StrEnum):
    """How it stands with a paper that a partner should have."""

    VALID = "valid"
    ENDING = "ending"
    WAITING = "waiting"
    MISSING = "missing"
    EXPIRED = "expired"
    REFUSED = "refused"
    NOT_YET = "not_yet"


STATUS_LABELS: dict[str, Any] = {
    PaperStatus.VALID: _("Valid"),
    PaperStatus.ENDING: _("Runs out soon"),
    PaperStatus.WAITING: _("Waiting for review"),
    PaperStatus.MISSING: _("Missing"),
    PaperStatus.EXPIRED: _("Run out"),
    PaperStatus.REFUSED: _("Refused"),
    PaperStatus.NOT_YET: _("Not valid yet"),
}
STATUS_TONES: dict[str, str] = {
    PaperStatus.VALID: "good",
    PaperStatus.ENDING: "warn",
    PaperStatus.WAITING: "active",
    PaperStatus.MISSING: "bad",
    PaperStatus.EXPIRED: "bad",
    PaperStatus.REFUSED: "bad",
    PaperStatus.NOT_YET: "warn",
}
ENDING_WITHIN = dt.timedelta(days=60)


@dataclass(frozen=True)
class PaperNeed:
    """A paper that a partner should have, or has handed in though nobody asks: how it stands, and all there is of it."""

    type: PaperType
    status: PaperStatus
    valid: Paper | None
    """The accepted one that is valid now and lasts longest."""
    latest: Paper | None
    papers: Sequence[Paper]

    @property
    def label(self) -> Any:
        return STATUS_LABELS[self.status]

    @property
    def tone(self) -> str:
        return STATUS_TONES[self.status]

    @property
    def shown(self) -> Paper | None:
        """The paper whose dates and number are shown."""
        return self.valid or self.latest

    @property
    def is_open(self) -> bool:
        """Whether the partner has to do something."""
        return self.status not in (PaperStatus.VALID, PaperStatus.WAITING) and (
            self.type.is_required or self.status != PaperStatus.MISSING
        )

    @property
    def newer(self) -> Paper | None:
        """What was handed in after the valid one and is not decided, or was refused."""
        if self.valid is None or self.latest is None or self.latest.pk <= self.valid.pk:
            return None
        return self.latest if self.latest.state != PaperState.ACCEPTED else None


def paper_needs(partner: Partner, *, day: dt.date) -> list[PaperNeed]:
    """Each paper that a partner of these kinds should have, and each it has handed in, in the manufacturer's order."""
    handed_in = Exists(Paper.objects.filter(type=OuterRef("pk"), partner=partner))
    asked_for = Q(fits_kinds(partner), is_retired=False)
    types = PaperType.objects.filter(asked_for | Q(handed_in)).distinct()
    papers: dict[int, list[Paper]] = {}
    for paper in (
        Paper.objects.filter(partner=partner).select_related("uploaded_by", "reviewed_by", "type").order_by("-pk")
    ):
        papers.setdefault(paper.type_id, []).append(paper)
    return [_need(kind, papers.get(kind.pk, []), day) for kind in types]


def papers_of(partner_ids: Sequence[int], *, day: dt.date) -> dict[int, list[PaperNeed]]:
    """`paper_needs` of many partners. Five queries, whatever their number."""
    types = list(PaperType.objects.prefetch_related("kinds"))
    asked_from = {kind.pk: {each.pk for each in kind.kinds.all()} for kind in types}
    kinds = {pk: {kind} for pk, kind in Partner.objects.filter(pk__in=partner_ids).values_list("pk", "kind")}
    for pk, kind in PartnerOtherKind.objects.filter(partner__in=partner_ids).values_list("partner", "kind"):
        kinds[pk].add(kind)
    handed_in: dict[tuple[int, int], list[Paper]] = {}
    for paper in Paper.objects.filter(partner__in=partner_ids).order_by("-pk"):
        handed_in.setdefault((paper.partner_id, paper.type_id), []).append(paper)
    return {
        pk: [
            _need(kind, handed_in.get((pk, kind.pk), []), day)
            for kind in types
            if (pk, kind.pk) in handed_in
            or (not kind.is_retired and (not asked_from[kind.pk] or asked_from[kind.pk] & own))
        ]
        for pk, own in kinds.items()
    }


def _need(kind: PaperType, papers: list[Paper], day: dt.date) -> PaperNeed:
    lasting = [
        paper
        for paper in papers
        if paper.state == PaperState.ACCEPTED
        and (paper.valid_from is None or paper.valid_from <= day)
        and (paper.valid_until is None or paper.valid_until >= day)
    ]
    valid = max(lasting, key=lambda paper: (paper.valid_until or dt.date.max, paper.pk), default=None)
    latest = papers[0] if papers else None
    return PaperNeed(kind, _status(valid, latest, day), valid, latest, papers)


def _status(valid: Paper | None, latest: Paper | None, day: dt.date) -> PaperStatus:
    if valid is not None:
        is_ending = valid.valid_until is not None and valid.valid_until <= day + ENDING_WITHIN
        if not is_ending:
            return PaperStatus.VALID
        is_newer = latest is not None and latest.pk > valid.pk and latest.state == PaperState.WAITING
        return PaperStatus.WAITING if is_newer else PaperStatus.ENDING
    if latest is None:
        return PaperStatus.MISSING
    if latest.state == PaperState.WAITING:
        return PaperStatus.WAITING
    if latest.state == PaperState.REFUSED:
        return PaperStatus.REFUSED
    return PaperStatus.NOT_YET if latest.valid_from and latest.valid_from > day else PaperStatus.EXPIRED


def partners_owing(member: Membership, *, day: dt.date) -> QuerySet[Any]:
    """Partners that lack a needed paper, or have none that is valid; `owed` is each type's id, in their order."""
    valid = Paper.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day),
        Q(valid_until=None) | Q(valid_until__gte=day),
        partner=OuterRef(OuterRef("pk")),
        type=OuterRef("pk"),
        state=PaperState.ACCEPTED,
    )
    owed = (
        PaperType.objects.filter(~Exists(valid), is_required=True, is_retired=False)
        .filter(
            Q(kinds=None)
            | Q(kinds=OuterRef("kind"))
            | Q(kinds__in=Partner.other_kinds.through.objects.filter(partner=OuterRef(OuterRef("pk"))).values("kind"))
        )
        .order_by()
        .values("manufacturer")
        .annotate(ids=ArrayAgg("pk", distinct=True))
        .values("ids")
    )
    return (
        partners_for(member)
        .filter(stage__in=[Stage.ONBOARDING, Stage.ACTIVE, Stage.DORMANT])
        .annotate(owed=Subquery(owed))
        .filter(owed__isnull=False)
        .select_related("kind", "channel_manager")
    )
