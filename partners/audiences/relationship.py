"""What conditions of audiences can ask of what goes on with a partner: agreements, papers, onboarding, tasks, contacts."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from partners.audiences.fields import AudienceField, Choices, in_rows, midnight, of_own, on_day
from partners.audiences.tree import Test, Type, days_between
from partners.models import (
    Agreement,
    AgreementState,
    AgreementType,
    ContactEntry,
    Journey,
    Paper,
    PaperState,
    PaperType,
    PartnerOtherKind,
    Prospect,
    ProspectSource,
    Renewal,
    Side,
    StageMove,
    Task,
    TaskState,
)
from tenancy.rights import Right

AGREED, TOGETHER, CARE = _("Agreements and papers"), _("Working together"), _("How we look after it")


def agreement_types() -> Choices:
    return [(kind.code, str(kind)) for kind in AgreementType.objects.all()]


def paper_types() -> Choices:
    return [(kind.code, str(kind)) for kind in PaperType.objects.all()]


def sources() -> Choices:
    return [(source.code, str(source)) for source in ProspectSource.objects.all()]


def running(day: dt.date) -> QuerySet[Agreement]:
    """The agreements in force on a day, as `Agreement.runs_on` says."""
    lasts = Q(ends_on=None) | Q(ends_on__gte=day) | Q(renewal=Renewal.AUTOMATIC, notice_on=None)
    return Agreement.objects.filter(lasts, state=AgreementState.ACCEPTED, starts_on__lte=day)


def valid_papers(day: dt.date) -> QuerySet[Paper]:
    """The papers that are accepted and valid on a day."""
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    lasts = Q(valid_until=None) | Q(valid_until__gte=day)
    return Paper.objects.filter(begun, lasts, state=PaperState.ACCEPTED)


def expired_papers(day: dt.date) -> QuerySet[Paper]:
    """Accepted papers that have run out, and of whose type none is valid."""
    valid = valid_papers(day).filter(partner=OuterRef("partner"), type=OuterRef("type"))
    return Paper.objects.filter(~Exists(valid), state=PaperState.ACCEPTED, valid_until__lt=day)


def missing_papers(test: Test, chosen: Any, _today: dt.date) -> Q:
    """The papers that are needed from a partner of its kinds and were never handed in."""
    others = PartnerOtherKind.objects.filter(partner=OuterRef(OuterRef("pk"))).values("kind")
    handed_in = Paper.objects.filter(partner=OuterRef(OuterRef("pk")), type=OuterRef("pk"))
    needed = Q(kinds=None) | Q(kinds=OuterRef("kind")) | Q(kinds__in=others)
    missing = PaperType.objects.filter(needed, ~Exists(handed_in), is_required=True, is_retired=False).order_by()
    return of_own(missing, test, chosen, lambda codes: Q(code__in=codes))


def next_end(test: Test, value: Any, today: dt.date) -> Q:
    """On which day the first of the agreements in force ends. It is after a day if none ends before."""
    ending = running(today).filter(partner=OuterRef("pk"), ends_on__isnull=False)
    if test in {Test.FILLED, Test.EMPTY}:
        return Q(Exists(ending)) if test == Test.FILLED else ~Q(Exists(ending))
    first, end = days_between(test, value, today)
    found = Q(Exists(ending.filter(ends_on__lt=end) if end else ending))
    return found & ~Q(Exists(ending.filter(ends_on__lt=first))) if first else found


def last_contact(test: Test, value: Any, today: dt.date) -> Q:
    """When there was a contact last. The latest is before a day if there was one, and none since."""
    own = ContactEntry.objects.filter(partner=OuterRef("pk"))
    if test in {Test.FILLED, Test.EMPTY}:
        return Q(Exists(own)) if test == Test.FILLED else ~Q(Exists(own))
    first, end = days_between(test, value, today)
    found = Q(Exists(own.filter(at__gte=midnight(first)) if first else own))
    return found & ~Q(Exists(own.filter(at__gte=midnight(end)))) if end else found


def stage_since() -> Coalesce:
    """When the partner came to its stage; where no move is known, when it was registered."""
    moves = StageMove.objects.filter(partner=OuterRef("pk")).order_by("-at", "-pk")
    return Coalesce(Subquery(moves.values("at")[:1]), "created_at")


def overdue(day: dt.date) -> QuerySet[Task]:
    """The open tasks that were due before a day."""
    return Task.objects.filter(state=TaskState.OPEN, due_on__lt=day)


FIELDS = (
    AudienceField("stage_since", _("At its stage since"), CARE, Type.DATE, value=stage_since, day=midnight),
    AudienceField("last_contact", _("Last contact"), CARE, Type.DATE, where=last_contact, function="people"),
    AudienceField(
        "recruiting_source",
        _("Recruited by"),
        CARE,
        Type.MULTIPLE,
        where=in_rows(Prospect.objects.all, value="source__code"),
        choices=sources,
        right=Right.RECRUITING,
        function="recruiting",
        tests=(Test.ANY_OF, Test.NONE_OF),
    ),
    AudienceField(
        "agreement",
        _("Agreement in force"),
        AGREED,
        Type.MULTIPLE,
        where=on_day(running, value="type__code"),
        choices=agreement_types,
        function="agreements",
    ),
    AudienceField("agreement_ends", _("An agreement ends"), AGREED, Type.DATE, where=next_end, function="agreements"),
    AudienceField(
        "paper_valid",
        _("Valid paper"),
        AGREED,
        Type.MULTIPLE,
        where=on_day(valid_papers, value="type__code"),
        choices=paper_types,
        function="agreements",
    ),
    AudienceField(
        "paper_missing",
        _("Needed paper never handed in"),
        AGREED,
        Type.MULTIPLE,
        where=missing_papers,
        choices=paper_types,
        function="agreements",
    ),
    AudienceField(
        "paper_expired",
        _("Paper that has run out"),
        AGREED,
        Type.MULTIPLE,
        where=on_day(expired_papers, value="type__code"),
        choices=paper_types,
        function="agreements",
    ),
    AudienceField(
        "journey",
        _("Onboarding journey"),
        TOGETHER,
        Type.MULTIPLE,
        where=in_rows(Journey.objects.all, value="state"),
        choices=lambda: list(Journey.State.choices),
    ),
    AudienceField(
        "tasks_overdue",
        _("Overdue tasks of"),
        TOGETHER,
        Type.MULTIPLE,
        where=on_day(overdue, value="side"),
        choices=lambda: list(Side.choices),
        function="working_together",
    ),
)
