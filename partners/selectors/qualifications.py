"""Qualifications as they are read: who holds what, and what a partner still needs."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Partner, Qualification, QualificationType
from partners.qualification_ways import Way, ways_to
from partners.selectors.agreements import fits_kinds
from tenancy.models import Membership
from tenancy.rights import Right

ENDING_WITHIN = dt.timedelta(days=60)


class HeldState(StrEnum):
    """How it stands with a qualification on a day."""

    HELD = "held"
    ENDING = "ending"
    AWAY = "away"
    ENDED = "ended"


STATE_LABELS = [
    (HeldState.HELD.value, pgettext_lazy("qualification", "Held")),
    (HeldState.ENDING.value, _("Runs out soon")),
    (HeldState.AWAY.value, _("Has left")),
    (HeldState.ENDED.value, _("Ended")),
]
STATE_TONES: dict[str, str] = {HeldState.HELD: "good", HeldState.ENDING: "warn", HeldState.ENDED: "bad"}


def held_on(day: dt.date) -> Q:
    """Qualifications that count on a day, as `Qualification.is_held` says it of one."""
    return Q(
        Q(valid_until=None) | Q(valid_until__gte=day), Q(ended_on=None) | Q(ended_on__gt=day), obtained_on__lte=day
    )


def in_state(state: str, day: dt.date) -> Q:
    """Those that stand so on a day."""
    there = Q(member=None) | Q(member__is_active=True)
    soon = Q(valid_until__lte=day + ENDING_WITHIN)
    match state:
        case HeldState.HELD:
            return held_on(day) & there & (Q(valid_until=None) | ~soon)
        case HeldState.ENDING:
            return held_on(day) & there & soon
        case HeldState.AWAY:
            return held_on(day) & Q(member__is_active=False)
    return ~held_on(day)


def seen_qualifications(member: Membership) -> QuerySet[Qualification]:
    """What a member may see: staff of their partners, a partner its own."""
    rows = Qualification.objects.all()
    if not member.is_staff:
        return rows.filter(partner=member.partner_id)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        return rows.filter(partner__channel_manager=member)
    return rows


def qualification_rows(member: Membership, day: dt.date) -> QuerySet[Qualification]:
    """The same with what a list shows of them, and how each stands on a day as `state`."""
    states = [When(in_state(state, day), then=Value(state.value)) for state in HeldState]
    rows = seen_qualifications(member).select_related("type", "member", "partner__channel_manager", "recorded_by")
    return rows.annotate(state=Case(*states, default=Value(HeldState.ENDED.value), output_field=CharField()))


@dataclass(frozen=True)
class Standing:
    """How it stands with a qualification at a partner: the company's own, its people's, and what gives it."""

    type: QualificationType
    is_asked: bool
    company: Qualification | None
    """What the company holds now; else the last it held."""
    day: dt.date
    people: list[Qualification] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        return self.company is not None and self.company.is_held(self.day)

    @property
    def is_ending(self) -> bool:
        until = self.company.valid_until if self.company is not None else None
        return self.is_held and until is not None and until <= self.day + ENDING_WITHIN

    @property
    def ended_on(self) -> dt.date | None:
        """Since when the company does not hold it any more, if it ever did."""
        if self.company is None or self.is_held:
            return None
        until = self.company.valid_until
        return self.company.ended_on or (None if until is None else until + dt.timedelta(days=1))

    @property
    def missing(self) -> int:
        """How many more certified people it needs."""
        return max(0, self.type.people_needed - len(self.people))

    @property
    def tone(self) -> str:
        if self.is_held:
            return "warn" if self.is_ending else "good"
        return "bad" if self.is_asked else ""

    @property
    def label(self) -> object:
        if self.is_held:
            return _("Runs out soon") if self.is_ending else pgettext_lazy("qualification", "Held")
        return pgettext_lazy("qualification", "Missing") if self.is_asked else _("Not held")


def standings(partner: Partner, member: Membership, *, day: dt.date) -> list[Standing]:
    """Each qualification that is asked of the partner's kinds, or held there, in the manufacturer's order. Four queries
    beside those of what gives them.
    """
    asked = set(QualificationType.objects.filter(fits_kinds(partner), is_retired=False).values_list("pk", flat=True))
    known = Exists(Qualification.objects.filter(type=OuterRef("pk"), partner=partner))
    types = list(QualificationType.objects.filter(Q(pk__in=asked) | known))
    company: dict[int, Qualification] = {}
    for row in Qualification.objects.filter(partner=partner, member=None).order_by("pk"):
        company[row.type_id] = row
    people: dict[int, list[Qualification]] = defaultdict(list)
    holding = Qualification.objects.filter(held_on(day), partner=partner, member__is_active=True)
    for row in holding.select_related("member").order_by("member__name", "pk"):
        people[row.type_id].append(row)
    ways = ways_to([kind.pk for kind in types], member) if types else {}
    return [
        Standing(
            kind,
            kind.pk in asked and bool(kind.guards),
            company.get(kind.pk),
            day,
            people[kind.pk],
            ways.get(kind.pk, []),
        )
        for kind in types
    ]


def own_qualifications(member: Membership) -> QuerySet[Qualification]:
    """What a person has held at this partner, the latest first."""
    return Qualification.objects.filter(member=member).select_related("type").order_by("-obtained_on", "-pk")


def types_with_use(day: dt.date) -> QuerySet[QualificationType]:
    """All types, with the kinds of which they are asked and how many companies and people hold each."""

    def number(which: Q) -> Coalesce:
        rows = Qualification.objects.filter(which, held_on(day), type=OuterRef("pk")).order_by().values("type")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)

    return QualificationType.objects.prefetch_related("kinds").annotate(
        companies=number(Q(member=None)), people=number(Q(member__is_active=True))
    )
