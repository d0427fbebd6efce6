"""What audiences can ask of a partner's use of material."""

import datetime as dt
from typing import Any

from django.db.models import Count, FloatField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.functions import CONTENT
from campaigns.models import Asset, AssetState, AssetUse, AssetVersion
from partners.audiences.fields import AudienceField, Choices, in_rows, midnight, register_field
from partners.audiences.tree import Type
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


def used_currently() -> QuerySet[AssetUse]:
    """Whose people used the current version of material."""
    current = AssetVersion.objects.filter(is_current=True)
    return AssetUse.objects.filter(link=None, version__in=current.values("pk"))


register_field(
    AudienceField(
        "material_current",
        _("Has used the current version of"),
        GROUP,
        Type.MULTIPLE,
        where=in_rows(used_currently, value="asset"),
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
