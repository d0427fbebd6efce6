"""Sell-in as a chart."""

from functools import partial
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commerce.selectors import MonthFigure
from pages import charts, formats


def sell_in_chart(months: list[MonthFigure], *, currency: str, has_before: bool = True) -> charts.Chart:
    """Bars by month, the year before beside them where there is one; a running month says how far it counts."""
    language = get_language() or "en"
    return charts.bars(
        [month_label(month) for month in months],
        [month.amount for month in months],
        [month.before for month in months] if has_before else None,
        names=(_("This year"), _("Last year")),
        tell=partial(short_money, currency),
        language=language,
        head=_("Month"),
    )


def month_label(figure: MonthFigure) -> str:
    """'6월', or 'until 6월 12일' for a running month."""
    if figure.until is None:
        return formats.month(figure.month, get_language())
    return _("until %(day)s") % {"day": formats.day(figure.until, get_language())}


def short_money(currency: str, value: Any) -> str:
    """An amount as a chart tells it."""
    return formats.money_short(value, currency, get_language())
