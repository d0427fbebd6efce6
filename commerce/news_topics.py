"""A partner's own figures, for personal news."""

import datetime as dt

from django.db.models import Q, Sum
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from commerce.models import SalesDay
from commerce.selectors import growth, same_day_before
from pages import formats
from partners.models import Partner
from partners.news import NewsTopic, register_topic
from tenancy.models import Manufacturer


def figures(partner: Partner, since: dt.date, until: dt.date) -> list[str]:
    """What the partner bought in the period, and how that is against the same time a year ago. Nothing for nothing."""
    before = Q(date__gte=same_day_before(since), date__lt=same_day_before(until))
    sums = SalesDay.objects.filter(partner=partner).aggregate(
        now=Sum("amount_base", filter=Q(date__gte=since, date__lt=until)),
        before=Sum("amount_base", filter=before),
    )
    if not sums["now"]:
        return []
    currency = Manufacturer.objects.values_list("currency", flat=True).get(pk=partner.manufacturer_id)
    amount = {"amount": formats.money_short(sums["now"], currency, get_language())}
    change = growth(sums["now"], sums["before"]) if sums["before"] else None
    if change is None:
        return [_("You bought for %(amount)s.") % amount]
    return [
        _("You bought for %(amount)s, %(change)s against the same time a year ago.")
        % (amount | {"change": formats.signed(change, suffix="%")})
    ]


register_topic(NewsTopic("figures", gettext_lazy("Own figures"), figures, function="sales"))
