"""When a partner's people last got or answered a campaign, for audiences."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from campaigns.functions import CAMPAIGNS
from campaigns.models import Recipient
from partners.audiences.fields import AudienceField, midnight, register_field
from partners.audiences.tree import Test, Type, days_between
from tenancy.rights import Right

GROUP = _("Campaigns")


def last(moment: str) -> Callable[[Test, Any, dt.date], Q]:
    """Conditions on the last such moment of any of its people: before a day is one that has had none since."""

    def where(test: Test, value: Any, today: dt.date) -> Q:
        own = Recipient.objects.filter(partner=OuterRef("pk"), customer=None, **{f"{moment}__isnull": False})
        if test in {Test.FILLED, Test.EMPTY}:
            return Q(Exists(own)) if test == Test.FILLED else ~Q(Exists(own))
        first, end = days_between(test, value, today)
        found = Q(Exists(own.filter(**{f"{moment}__gte": midnight(first)}) if first else own))
        return found & ~Q(Exists(own.filter(**{f"{moment}__gte": midnight(end)}))) if end else found

    return where


for key, label, moment in (
    ("campaign_sent", _("Last mail of a campaign"), "sent_at"),
    ("campaign_answered", _("Last answer to a campaign"), "replied_at"),
):
    register_field(
        AudienceField(
            key, label, GROUP, Type.DATE, where=last(moment), right=Right.CAMPAIGNS_VIEW, function=CAMPAIGNS.key
        )
    )
