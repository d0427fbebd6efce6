"""The report of a campaign as a PDF in the reader's language, and its tables as sheets."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from campaigns import report_words as words
from campaigns.models import Campaign
from campaigns.selectors.reports import DIMENSIONS, Funnel, Report, report
from pages import formats
from pages.pdf import render_pdf

TEMPLATE = "report.typ"


def report_pdf(campaign: Campaign) -> bytes:
    """Words first, then the figures and tables of the page."""
    found, language = report(campaign), (get_language() or "en").split("-")[0]
    return render_pdf(TEMPLATE, report_data(campaign, found, language))


def report_data(campaign: Campaign, found: Report, language: str) -> dict[str, Any]:
    """What the PDF shows."""
    house = campaign.manufacturer
    money = formats.money_short
    figures = [(_("Sent"), formats.number(found.total.sent)), (_("Answered"), formats.number(found.total.replied))]
    for label, amount in (
        (_("Orders of its readers"), found.total.amount),
        (_("Cost"), found.cost),
        (_("Cost per answer"), found.cost_per_answer),
        (_("Cost per reader that ordered"), found.cost_per_order),
    ):
        if amount:
            figures.append((label, money(amount, house.currency, language)))
    tables = [
        {
            "title": str(words.NAMES[each]),
            "head": [str(words.NAMES[each]), *words.heads()],
            "rows": [[words.part_names(campaign, each)(key), *words.cells(row)] for key, row in found.parts[each]],
        }
        for each in DIMENSIONS
        if len(found.parts[each]) > 1
    ]
    if found.earlier:
        rows = [[row.name, *words.cells(row.funnel)] for row in found.earlier]
        tables.append(
            {
                "title": _("Beside earlier campaigns"),
                "head": [_("Campaign"), *words.heads()],
                "rows": [[campaign.name, *words.cells(found.total)], *rows],
            }
        )
    above = (house.names.get(language) or house.name, _("Report of a campaign"))
    period = f"{formats.date(campaign.starts_on, language)} – {formats.date(campaign.ends_on, language)}"
    return {
        "language": language,
        "title": campaign.name,
        "above": " · ".join((*above, period)),
        "headline": words.headline(campaign, found),
        "sentences": words.effect_words(campaign, found),
        "remarks": words.notes(campaign, found),
        "figures": [list(figure) for figure in figures],
        "tables": tables,
        "below": words.brackets_words() if tables else "",
        "foot": f"{campaign.name} · {formats.date(timezone.localdate(), language)}",
        "page": _("Page"),
    }


def sheet_heads(dimension: str, currency: str) -> list[str]:
    """The heads of a sheet of parts."""
    orders = _("Orders")
    return [
        str(words.NAMES[dimension]), _("Readers"), _("Sent"), _("Came back"), pgettext("mail", "Opened"), _("Clicked"),
        _("Answered"), _("Not interested"), _("Unsubscribed"), _("Leads"), pgettext("campaign", "Ordered"), _("Reply rate in %"),
        _("Lowest"), _("Highest"), f"{orders} ({currency})",
    ]  # fmt: skip


def sheet_row(name: str, row: Funnel) -> list[Any]:
    """One part in a sheet."""
    rate = row.rate("replied")
    shares = [round(100 * value, 1) for value in (rate.value, rate.low, rate.high)] if rate else [None] * 3
    return [
        name, row.readers, row.sent, row.bounced, row.opened, row.clicked, row.replied, row.refused, row.unsubscribed,
        row.leads, row.ordered, *shares, row.amount,
    ]  # fmt: skip
