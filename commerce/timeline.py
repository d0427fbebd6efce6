"""Sell-in on a partner's timeline: one entry a month."""

from typing import Any

from django.db.models import F, Max, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from commerce.models import SalesDay
from pages import formats
from partners.timeline import Before, Entry, TimelineSource, day_before, day_entry, register_timeline
from tenancy.rights import Right


def sell_in_months(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What the partner bought in each month, as of the month's last day of buying.

    A partner has some hundred days a year at most, so that months are summed when they are asked for.
    """
    day, _key = day_before(before)
    months: Any = (
        SalesDay.objects.filter(partner_id=partner_id)
        .annotate(month=TruncMonth("date"))
        .values("month")
        .annotate(
            last=Max("date"),
            amount=Sum("amount_base"),
            count=Sum("orders"),
            returned=Sum("returns_base"),
            currency=Max(F("manufacturer__currency")),
        )
        .filter(last__lte=day)
        .order_by("-month")[: limit + 1]
    )
    entries = [_entry(month) for month in months]
    return [entry for entry in entries if (entry.at, entry.key) < (before.at, before.key)][:limit]


def _entry(month: dict[str, Any]) -> Entry:
    language = get_language()
    amount = formats.money_short(month["amount"], month["currency"], language)
    texts = [
        ngettext("%(count)s order", "%(count)s orders", month["count"]) % {"count": formats.number(month["count"])}
    ]
    if month["returned"]:
        texts.append(
            _("%(amount)s returned") % {"amount": formats.money_short(month["returned"], month["currency"], language)}
        )
    return day_entry(
        month["last"],
        month["last"].toordinal(),
        _("Sell-in in %(month)s: %(amount)s")
        % {"month": formats.month_year(month["month"], language), "amount": amount},
        text=" · ".join(texts),
    )


register_timeline(
    TimelineSource(
        "sell_in", gettext_lazy("Sell-in"), "cart", Right.SALES_VIEW, sell_in_months, function="sales", of=SalesDay
    )
)
