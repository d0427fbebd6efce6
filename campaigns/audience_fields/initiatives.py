"""What audiences can ask of a partner's initiatives."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Count, FloatField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.functions import INITIATIVES
from campaigns.models import Initiative, InitiativePartner, InitiativeState, InitiativeWork
from campaigns.selectors.initiatives import OPEN
from partners.audiences.fields import AudienceField, Choices, in_rows, midnight, register_field
from partners.audiences.tree import Type
from tenancy.rights import Right

GROUP = _("Initiatives")
DAYS = 365
MOST_CHOICES = 300


def initiatives() -> Choices:
    """Those that started, the latest first."""
    out = Initiative.objects.exclude(state=InitiativeState.DRAFT).order_by("-starts_on", "-pk")
    return [(str(each.pk), each.name) for each in out[:MOST_CHOICES]]


def _rows(**narrowed: Any) -> Callable[[], QuerySet[Any]]:
    return lambda: InitiativePartner.objects.filter(told_at__isnull=False, **narrowed)


def steps_done() -> Any:
    """Of the steps of initiatives that it was told of in the last 365 days, how many are done, in %; without any nothing."""
    first = midnight(timezone.localdate() - dt.timedelta(days=DAYS - 1))
    own = InitiativeWork.objects.filter(partner=OuterRef("pk"), row__told_at__gte=first, row__declined_at=None)
    share = Cast(Count("done_at"), FloatField()) * 100.0 / Cast(Count("pk"), FloatField())
    return Subquery(own.order_by().values("partner").annotate(share=share).values("share"), output_field=FloatField())


register_field(
    AudienceField(
        "initiative_done",
        _("Carried out the initiative"),
        GROUP,
        Type.MULTIPLE,
        choices=initiatives,
        where=in_rows(_rows(done_at__isnull=False), value="initiative"),
        right=Right.CAMPAIGNS_VIEW,
        function=INITIATIVES.key,
    ),
    AudienceField(
        "initiative_told",
        _("Was told of the initiative"),
        GROUP,
        Type.MULTIPLE,
        choices=initiatives,
        where=in_rows(_rows(), value="initiative"),
        right=Right.CAMPAIGNS_VIEW,
        function=INITIATIVES.key,
    ),
    AudienceField(
        "initiative_open",
        _("Has not finished the initiative"),
        GROUP,
        Type.MULTIPLE,
        choices=initiatives,
        where=in_rows(lambda: InitiativePartner.objects.filter(OPEN), value="initiative"),
        right=Right.CAMPAIGNS_VIEW,
        function=INITIATIVES.key,
    ),
    AudienceField(
        "initiative_steps",
        _("Steps of initiatives done, in % (365 days)"),
        GROUP,
        Type.NUMBER,
        value=steps_done,
        unit="%",
        right=Right.CAMPAIGNS_VIEW,
        function=INITIATIVES.key,
    ),
)
