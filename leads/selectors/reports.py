"""What became of leads: by source, kind, partner, product category, region or campaign, and by month (L-10).

Everything is counted by when a lead was received, so that its way can be seen whole. A report asks the same number of
queries at any size, each an aggregate over the leads of the period.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Aggregate, Count, F, FloatField, Func, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from commerce.models import ProductCategory
from leads.models import Lead, LeadKind, LeadReason, LeadSource, LeadState, Offer, OfferState
from pages.row_numbers import row_number
from partners.countries import country_name
from partners.models import Partner, shown_name
from valuation.experiment import Share, wilson

MOST_ROWS = 100
HOUR = 3600
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "source": ("source",),
    "kind": ("kind",),
    "partner": ("partner",),
    "category": ("category",),
    "region": ("country", "region"),
    "campaign": ("campaign_code",),
}
"""What leads can be parted by, with the columns that say it."""


class Median(Aggregate):
    """The middle one of the values that there are."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def seconds_between(first: str, last: str) -> Func:
    """From one moment of a row to another."""
    return Func(
        F(last), F(first), template="date_part('epoch', %(expressions)s)", arg_joiner=" - ", output_field=FloatField()
    )


@dataclass(frozen=True)
class Figures:
    """How far so many leads came, and how fast. Times are medians in hours; of none there is none."""

    received: int = 0
    accepted: int = 0
    contacted: int = 0
    won: int = 0
    lost: int = 0
    discarded: int = 0
    worth: Decimal | None = None
    """What those won were expected to be worth, in base currency."""
    to_accept: float | None = None
    to_contact: float | None = None

    @property
    def open(self) -> int:
        return self.received - self.won - self.lost - self.discarded

    @property
    def win_rate(self) -> Share | None:
        """Won of those that have closed, with its interval; none where nothing has."""
        return wilson(self.won, self.won + self.lost) if self.won + self.lost else None


@dataclass(frozen=True)
class Row:
    """One line of a report: `key` is what its dimension says in an address."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True)
class Report:
    """A report of a period."""

    total: Figures
    rows: list[Row]
    has_more: bool
    months: list[tuple[dt.date, Figures]]
    lost: list[tuple[str, int]]
    answer_hours: float | None
    """The median of business hours until an offer was answered."""
    unanswered: int
    """Offers that nobody answered in time."""


def _counts() -> dict[str, Any]:
    return {
        "received": Count("pk"),
        "accepted": Count("accepted_at"),
        "contacted": Count("first_contact_at"),
        "won": Count("pk", filter=Q(state=LeadState.WON)),
        "lost": Count("pk", filter=Q(state=LeadState.LOST)),
        "discarded": Count("pk", filter=Q(state=LeadState.DISCARDED)),
        "worth": Sum("amount_base", filter=Q(state=LeadState.WON)),
    }


def _times() -> dict[str, Any]:
    """Medians, for which rows are sorted: only of what is shown. Who has not come so far has no time and does not count."""
    return {
        "accept_seconds": Median(seconds_between("received_at", "accepted_at")),
        "contact_seconds": Median(seconds_between("received_at", "first_contact_at")),
    }


def _figures(values: Mapping[str, Any]) -> Figures:
    accept, contact = values.get("accept_seconds"), values.get("contact_seconds")
    return Figures(
        **{name: values[name] for name in ("received", "accepted", "contacted", "won", "lost", "discarded", "worth")},
        to_accept=None if accept is None else accept / HOUR,
        to_contact=None if contact is None else contact / HOUR,
    )


def narrowed(leads: QuerySet[Lead], chosen: Mapping[str, str]) -> QuerySet[Lead]:
    """Those of `leads` that stand in the chosen lines of other reports; a key that is none finds nothing."""
    for dimension, key in chosen.items():
        if dimension == "region":
            country, _separator, region = key.partition("/")
            leads = leads.filter(country=country, region=region)
        elif dimension == "campaign":
            leads = leads.filter(campaign_code=key)
        elif key == "":
            leads = leads.filter(**{f"{dimension}__isnull": True})
        else:
            number = row_number(key)
            leads = leads.none() if number is None else leads.filter(**{dimension: number})
    return leads


def report(leads: QuerySet[Lead], *, by: str, start: dt.datetime, end: dt.datetime) -> Report:
    """How the leads that were received from `start` to before `end` did, parted by a dimension. Seven queries."""
    leads = leads.exclude(state=LeadState.MERGED).filter(received_at__gte=start, received_at__lt=end).order_by()
    columns = DIMENSIONS[by]
    groups = list(leads.values(*columns).annotate(**_counts()).order_by("-received", *columns)[: MOST_ROWS + 1])
    add_times(leads, columns, groups[:MOST_ROWS])
    names = names_of(by, groups[:MOST_ROWS])
    months = _by_month(leads)
    lost = (
        leads.filter(state=LeadState.LOST).values("reason").annotate(number=Count("pk")).order_by("-number", "reason")
    )
    reasons = {row.pk: str(row) for row in LeadReason.objects.all()}
    offers = Offer.objects.filter(offered_at__gte=start, offered_at__lt=end, lead__in=leads.values("pk")).aggregate(
        hours=Median("answer_hours", filter=Q(state__in=(OfferState.ACCEPTED, OfferState.DECLINED))),
        unanswered=Count("pk", filter=Q(state=OfferState.EXPIRED)),
    )
    return Report(
        total=_figures(summed(months) | leads.aggregate(**_times())),
        rows=[Row(key_of(by, group), names[key_of(by, group)], _figures(group)) for group in groups[:MOST_ROWS]],
        has_more=len(groups) > MOST_ROWS,
        months=[(group["month"].date(), _figures(group)) for group in months],
        lost=[(reasons.get(each["reason"], ""), each["number"]) for each in lost],
        answer_hours=offers["hours"],
        unanswered=offers["unanswered"],
    )


BY_MONTH = """
SELECT month, count(*), count(accepted_at), count(first_contact_at), count(*) FILTER (WHERE state = 'won'),
    count(*) FILTER (WHERE state = 'lost'), count(*) FILTER (WHERE state = 'discarded'),
    sum(amount_base) FILTER (WHERE state = 'won')
FROM ({leads} OFFSET 0) AS found (month, accepted_at, first_contact_at, state, amount_base) GROUP BY month ORDER BY month
"""
"""The months stand behind a fence: without it the database takes every lead for a month of its own, and sorts a million of
them on disk to count a few dozen."""


def _by_month(leads: QuerySet[Lead]) -> list[dict[str, Any]]:
    """The counts of each month, in order."""
    found = leads.annotate(month=TruncMonth("received_at"))
    try:
        sql, params = found.values_list(
            "month", "accepted_at", "first_contact_at", "state", "amount_base"
        ).query.sql_with_params()
    except EmptyResultSet:  # narrowed to what there is not
        return []
    with connection.cursor() as cursor:
        cursor.execute(BY_MONTH.replace("{leads}", sql), params)
        return [dict(zip(("month", *_counts()), row, strict=True)) for row in cursor.fetchall()]


def summed(groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The counts of groups together; nothing was won, nothing is its worth."""
    found: dict[str, Any] = {name: sum(group[name] for group in groups) for name in _counts() if name != "worth"}
    worths = [group["worth"] for group in groups if group["worth"] is not None]
    return found | {"worth": sum(worths) if worths else None}


def add_times(leads: QuerySet[Lead], columns: Sequence[str], groups: list[dict[str, Any]]) -> None:
    """Fill in the median times of these groups. One query."""
    shown = leads.filter(accepted_at__isnull=False) | leads.filter(first_contact_at__isnull=False)
    if len(groups) == MOST_ROWS and len(columns) == 1:  # there may be very many others
        known = [group[columns[0]] for group in groups]
        among = Q(**{f"{columns[0]}__in": [key for key in known if key is not None]})
        shown = shown.filter(among | Q(**{f"{columns[0]}__isnull": True}) if None in known else among)
    found = {tuple(row[name] for name in columns): row for row in shown.values(*columns).annotate(**_times())}
    nothing = {"accept_seconds": None, "contact_seconds": None}
    for group in groups:
        group |= found.get(tuple(group[name] for name in columns), nothing)


def key_of(by: str, group: Mapping[str, Any]) -> str:
    """What a line is called in an address."""
    return "/".join("" if group[column] is None else str(group[column]) for column in DIMENSIONS[by])


def names_of(by: str, groups: list[dict[str, Any]]) -> dict[str, str]:
    """What the lines are called; empty for those that say nothing. One query at most."""
    keys = {key_of(by, group): group for group in groups}
    if by == "campaign":
        return {key: key for key in keys}
    if by == "region":
        return {
            key: ", ".join(filter(None, (group["region"], country_name(group["country"]) if group["country"] else "")))
            for key, group in keys.items()
        }
    models: dict[str, Any] = {"source": LeadSource, "kind": LeadKind, "category": ProductCategory, "partner": Partner}
    found = models[by].objects.in_bulk([group[by] for group in groups if group[by] is not None])
    if by == "partner":
        return {
            key: shown_name(found[group[by]].name, found[group[by]].local_name) if group[by] in found else ""
            for key, group in keys.items()
        }
    return {key: str(found[group[by]]) if group[by] in found else "" for key, group in keys.items()}
