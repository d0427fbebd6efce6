"""What audiences can ask of a partner's use of material."""

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, FloatField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.functions import CONTENT
from campaigns.models import Asset, AssetState, AssetUse, AssetVersion
from partners.audiences.fields import AudienceField, Choices, midnight, register_field
from partners.audiences.tree import Test, Type
from tenancy.rights import Right

GROUP = _("Material")
RECENT_DAYS = 90
MOST_CHOICES = 300


def used_recently() -> Any:
    """How many pieces of material somebody of the partner used in the last 90 days, today among them; none is 0."""
    first = timezone.localdate() - dt.timedelta(days=RECENT_DAYS - 1)
    own = AssetUse.objects.filter(partner=OuterRef("pk"), at__gte=midnight(first)).order_by().values("partner")
    found = own.annotate(used=Cast(Count("asset", distinct=True), FloatField())).values("used")
    return Coalesce(Subquery(found), Value(0.0), output_field=FloatField())


def material() -> Choices:
    """What is out, the newest first."""
    out = Asset.objects.filter(state=AssetState.PUBLISHED).order_by("-changed_at", "-pk")
    return [(str(asset.pk), asset.title) for asset in out[:MOST_CHOICES]]


def has_current(test: Test, chosen: Any, _today: dt.date) -> Q:
    """Whose people used the current version of material."""
    current = AssetVersion.objects.filter(is_current=True)
    own = AssetUse.objects.filter(partner=OuterRef("pk"), link=None, version__in=current.values("pk"))
    if test in (Test.FILLED, Test.EMPTY):
        return Q(Exists(own)) if test == Test.FILLED else ~Q(Exists(own))
    if test == Test.ALL_OF:
        every = Q()
        for each in chosen:
            every &= Q(Exists(own.filter(asset=each)))
        return every
    found = Q(Exists(own.filter(asset__in=chosen)))
    return ~found if test == Test.NONE_OF else found


register_field(
    AudienceField(
        "material_current",
        _("Has used the current version of"),
        GROUP,
        Type.MULTIPLE,
        where=has_current,
        choices=material,
        right=Right.CONTENT_VIEW,
        function=CONTENT.key,
    ),
    AudienceField(
        "material_used",
        _("Pieces of material used in 90 days"),
        GROUP,
        Type.NUMBER,
        value=used_recently,
        right=Right.CONTENT_VIEW,
        function=CONTENT.key,
    ),
)
