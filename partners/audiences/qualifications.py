"""What audiences can ask of qualifications."""

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, FloatField, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.audiences.fields import AudienceField, Choices
from partners.audiences.tree import Test, Type
from partners.functions import QUALIFICATIONS
from partners.models import Qualification, QualificationType
from partners.selectors.qualifications import held_on

GROUP = _("Qualifications")


def types() -> Choices:
    """What can be held, by code."""
    return [(row.code, str(row)) for row in QualificationType.objects.all()]


def holds(test: Test, chosen: Any, today: dt.date) -> Q:
    """Which the company holds today."""
    own = Qualification.objects.filter(held_on(today), partner=OuterRef("pk"), member=None)
    if test in (Test.FILLED, Test.EMPTY):
        return Q(Exists(own)) if test == Test.FILLED else ~Q(Exists(own))
    if test == Test.ALL_OF:
        every = Q()
        for each in chosen:
            every &= Q(Exists(own.filter(type__code=each)))
        return every
    found = Q(Exists(own.filter(type__code__in=chosen)))
    return ~found if test == Test.NONE_OF else found


def certified_people() -> Any:
    """How many active people hold anything today."""
    rows = Qualification.objects.filter(
        held_on(timezone.localdate()), partner=OuterRef("pk"), member__is_active=True
    ).order_by()
    counted = rows.values("partner").annotate(n=Count("member", distinct=True)).values("n")
    return Coalesce(Cast(Subquery(counted), FloatField()), 0.0)


FIELDS = (
    AudienceField(
        "qualifications",
        _("Holds the qualification"),
        GROUP,
        Type.MULTIPLE,
        where=holds,
        choices=types,
        function=QUALIFICATIONS.key,
    ),
    AudienceField(
        "certified_people",
        _("Certified people"),
        GROUP,
        Type.NUMBER,
        value=certified_people,
        function=QUALIFICATIONS.key,
    ),
)
