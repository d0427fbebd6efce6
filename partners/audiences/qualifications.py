"""What audiences can ask of qualifications."""

import datetime as dt
from typing import Any

from django.db.models import Count, FloatField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.audiences.fields import AudienceField, Choices, on_day
from partners.audiences.tree import Type
from partners.functions import QUALIFICATIONS
from partners.models import Qualification, QualificationType
from partners.selectors.qualifications import held_on

GROUP = _("Qualifications")


def types() -> Choices:
    """What can be held, by code."""
    return [(row.code, str(row)) for row in QualificationType.objects.all()]


def held(today: dt.date) -> QuerySet[Qualification]:
    """What companies hold today."""
    return Qualification.objects.filter(held_on(today), member=None)


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
        where=on_day(held, value="type__code"),
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
