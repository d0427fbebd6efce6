"""What audiences can ask of a partner's money of funds."""

from typing import Any

from django.db.models import FloatField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.functions import FUNDS
from campaigns.models import FundBalance
from partners.audiences.fields import AudienceField, register_field
from partners.audiences.tree import Type
from tenancy.rights import Right


def money_left() -> Any:
    """What a partner was given of funds that take requests still, and has not asked for; none is 0."""
    running = FundBalance.objects.filter(
        partner=OuterRef("pk"), fund__is_open=True, fund__request_until__gte=timezone.localdate()
    )
    sums = running.order_by().values("partner").annotate(total=Cast(Sum("free"), FloatField()))
    return Coalesce(Subquery(sums.values("total")), Value(0.0), output_field=FloatField())


register_field(
    AudienceField(
        "funds_left",
        _("Money of funds left"),
        _("Funds"),
        Type.MONEY,
        value=money_left,
        right=Right.FUNDS_VIEW,
        function=FUNDS.key,
    )
)
