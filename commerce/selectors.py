"""Everything read about products and sell-in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, DecimalField, F, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncMonth

from commerce.models import ExchangeRate, Product, ProductCategory, SalesDay, SalesLine, SalesMonth
from jobs.columns import fold
from partners.models import shown_name
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.translation import translated

MONTHS = 12
BUYERS_SHOWN = 50
NOTHING = Decimal(0)


# --- Sell-in of partners ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthFigure:
    """A month's sell-in in the base currency, and that of the same month a year earlier.

    The last month may still be running: then both count up to the same day, `until`.
    """

    month: dt.date
    amount: Decimal
    before: Decimal
    returns: Decimal = NOTHING
    orders: int = 0
    until: dt.date | None = None


@dataclass(frozen=True)
class SellIn:
    """Twelve months of sell-in beside the twelve before."""

    day: dt.date
    months: list[MonthFigure]
    has_before: bool
    """Whether there is a year before to compare with."""

    @property
    def amount(self) -> Decimal:
        return sum((month.amount for month in self.months), NOTHING)

    @property
    def before(self) -> Decimal:
        return sum((month.before for month in self.months), NOTHING)

    @property
    def change(self) -> Decimal | None:
        """In per cent; None without anything to compare with."""
        return growth(self.amount, self.before)

    @property
    def is_empty(self) -> bool:
        return not any(month.amount or month.before or month.orders for month in self.months)


def sell_in_of(partner_ids: Sequence[int], *, day: dt.date) -> SellIn:
    """The sell-in of these partners together, month by month, for the twelve months that end with `day`. One query."""
    first, _last = window(day)
    # The running month is compared with as many days of the year before.
    counted = Q(date__lte=same_day_before(day)) | Q(date__gte=first)
    rows = (
        SalesDay.objects.filter(partner_id__in=partner_ids, date__gte=months_after(first, -12), date__lte=day)
        .annotate(month=TruncMonth("date"))
        .values("month")
        .annotate(
            amount=Sum("amount_base", filter=counted),
            returned=Sum("returns_base", filter=counted),
            bought=Sum("orders"),
        )
        .order_by("month")
    )
    known: dict[dt.date, Any] = {row["month"]: row for row in rows}
    complete = last_complete_month(day)
    months = []
    for number in range(MONTHS):
        month = months_after(first, number)
        row, before = known.get(month, {}), known.get(months_after(month, -12), {})
        months.append(
            MonthFigure(
                month=month,
                amount=row.get("amount") or NOTHING,
                before=before.get("amount") or NOTHING,
                returns=row.get("returned") or NOTHING,
                orders=row.get("bought") or 0,
                until=day if month > complete else None,
            )
        )
    return SellIn(day=day, months=months, has_before=any(row["month"] < first for row in rows))


@dataclass(frozen=True)
class ProductFigure:
    """What was bought of one product in twelve months. `pk` is None for lines without a product."""

    pk: int | None
    code: str
    name: str
    category: str
    quantity: Decimal
    unit: str
    amount: Decimal
    change: Decimal | None
    """Of the complete months against the same months a year earlier, in per cent."""
    share: Decimal | None
    """Of all that was bought, in per cent."""
    last_month: dt.date | None


def products_bought(partner_ids: Sequence[int], *, day: dt.date) -> list[ProductFigure]:
    """What these partners bought by product in the twelve calendar months up to that of `day`, most first. One query."""
    first, last = window(day)
    complete = last_complete_month(day)
    rows: Any = (
        SalesMonth.objects.filter(partner_id__in=partner_ids, month__gte=months_after(first, -12), month__lte=last)
        .values("product_id", "product__code", "product__name", "product__names", "product__unit")
        .annotate(
            category_names=F("product__category__names"),
            bought=_total("amount_base", Q(month__gte=first)),
            compared=_total("amount_base", Q(month__gte=first, month__lte=complete)),
            before=_total("amount_base", Q(month__lte=months_after(complete, -12))),
            pieces=_total("quantity", Q(month__gte=first)),
            latest=Max("month", filter=Q(lines__gt=F("return_lines"))),
        )
        .exclude(bought=0, before=0)
        .order_by("-bought", "product__code")
    )
    rows = list(rows)
    total = sum((row["bought"] for row in rows), NOTHING)
    return [
        ProductFigure(
            pk=row["product_id"],
            code=row["product__code"] or "",
            name=translated(row["product__names"], row["product__name"] or ""),
            category=translated(row["category_names"]),
            quantity=row["pieces"],
            unit=row["product__unit"] or "",
            amount=row["bought"],
            change=growth(row["compared"], row["before"]),
            share=row["bought"] / total * 100 if total > 0 else None,
            last_month=row["latest"],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class PartnerFigure:
    """What one of several partners bought in twelve months."""

    pk: int
    amount: Decimal
    change: Decimal | None
    last_sale_on: dt.date | None


def sell_in_by_partner(partner_ids: Sequence[int], *, day: dt.date) -> dict[int, PartnerFigure]:
    """The sell-in of each of these partners, in the months of `sell_in_of`. One query."""
    first, _last = window(day)
    now = Q(date__gte=first)
    rows = (
        SalesDay.objects.filter(partner_id__in=partner_ids, date__gte=months_after(first, -12), date__lte=day)
        .values("partner_id")
        .annotate(
            bought=_total("amount_base", now),
            before=_total("amount_base", Q(date__lte=same_day_before(day))),
            latest=Max("date", filter=Q(orders__gt=0)),
        )
    )
    return {
        row["partner_id"]: PartnerFigure(
            row["partner_id"], row["bought"], growth(row["bought"], row["before"]), row["latest"]
        )
        for row in rows
    }


def lines_of(partner_ids: Sequence[int], *, day: dt.date) -> QuerySet[SalesLine]:
    """Every line of these partners in the two years of `sell_in_of`, newest first, with its product."""
    first, _last = window(day)
    return (
        SalesLine.objects.filter(partner_id__in=partner_ids, date__gte=months_after(first, -12), date__lte=day)
        .select_related("product")
        .order_by("-date", "line_id")
    )


# --- Products ---------------------------------------------------------------------------------------------------------


def products() -> QuerySet[Product]:
    """All products with their categories."""
    return Product.objects.select_related("category")


@dataclass(frozen=True)
class CategoryRow:
    """A category in the list of all: how deep it stands, and how many products it holds itself."""

    category: ProductCategory
    depth: int
    product_count: int


def category_tree() -> list[CategoryRow]:
    """All categories, each followed by those below it. One query."""
    below: dict[int | None, list[Any]] = {}
    # A grouped query leaves the model's own order out.
    for category in ProductCategory.objects.annotate(product_count=Count("products")).order_by("order", "code"):
        below.setdefault(category.parent_id, []).append(category)
    rows: list[CategoryRow] = []

    def add(parent_id: int | None, depth: int) -> None:
        for category in below.get(parent_id, ()):
            rows.append(CategoryRow(category, depth, category.product_count))
            add(category.pk, depth + 1)

    add(None, 0)
    return rows


def category_choices() -> list[tuple[str, str]]:
    """The codes and names of all categories, in their order."""
    return [(category.code, str(category)) for category in ProductCategory.objects.all()]


def rates() -> QuerySet[ExchangeRate]:
    """All exchange rates."""
    return ExchangeRate.objects.all()


@dataclass(frozen=True)
class Buyer:
    """A partner that buys a product."""

    pk: int
    name: str
    local_name: str
    amount: Decimal
    change: Decimal | None
    quantity: Decimal

    def __str__(self) -> str:
        return shown_name(self.name, self.local_name)


@dataclass(frozen=True)
class ProductSellIn:
    """A product's year: by month, and who buys it most."""

    months: list[MonthFigure]
    buyers: list[Buyer]
    """The strongest ones."""
    amount: Decimal
    change: Decimal | None
    quantity: Decimal

    @property
    def is_empty(self) -> bool:
        return not any(month.amount or month.before for month in self.months)


# The monthly totals of a product are read once: for its months, and for the partners that bought most.
OF_PRODUCT = """
WITH sold AS MATERIALIZED (
    SELECT partner_id, month, amount_base, quantity FROM commerce_salesmonth
    WHERE product_id = %(product)s AND month BETWEEN %(begin)s AND %(last)s
    AND (%(manager)s::bigint IS NULL OR partner_id IN (
        SELECT id FROM partners_partner WHERE channel_manager_id = %(manager)s
    ))
), buyers AS (
    SELECT partner_id, sum(amount_base) FILTER (WHERE month >= %(first)s) AS bought,
        coalesce(sum(amount_base) FILTER (WHERE month BETWEEN %(first)s AND %(complete)s), 0) AS compared,
        coalesce(sum(amount_base) FILTER (WHERE month <= %(before)s), 0) AS before,
        sum(quantity) FILTER (WHERE month >= %(first)s) AS pieces
    FROM sold GROUP BY partner_id
    HAVING sum(amount_base) FILTER (WHERE month >= %(first)s) > 0
    ORDER BY bought DESC, partner_id LIMIT %(most)s
)
SELECT month, sum(amount_base) AS bought, NULL::bigint, NULL, NULL, NULL::numeric, NULL::numeric, sum(quantity)
FROM sold GROUP BY month
UNION ALL (
    SELECT NULL, b.bought, b.partner_id, p.name, p.local_name, b.compared, b.before, b.pieces
    FROM buyers b JOIN partners_partner p ON p.id = b.partner_id
)
"""


def sell_in_of_product(product: Product, *, member: Membership, day: dt.date) -> ProductSellIn:
    """A product's sell-in by month and its strongest buyers among the partners that the member may see. One query.

    Months and totals are of those partners, too. Products have no index of their own in the monthly totals, so this
    reads all of them: pages load it after themselves.
    """
    first, last = window(day)
    complete = last_complete_month(day)
    with connection.cursor() as cursor:
        cursor.execute(
            OF_PRODUCT,
            {
                "product": product.pk,
                "manager": None if member.can(Right.PARTNERS_VIEW_ALL) else member.pk,
                "begin": months_after(first, -12),
                "first": first,
                "complete": complete,
                "before": months_after(complete, -12),
                "last": last,
                "most": BUYERS_SHOWN,
            },
        )
        rows = cursor.fetchall()
    amounts = {month: bought for month, bought, *_buyer in rows if month is not None}
    months = [
        MonthFigure(
            month=month,
            amount=amounts.get(month, NOTHING),
            before=amounts.get(months_after(month, -12), NOTHING),
            until=day if month > complete else None,
        )
        for month in (months_after(first, number) for number in range(MONTHS))
    ]
    compared = [month for month in months if month.month <= complete]
    buyers = [
        Buyer(partner, name, local_name, bought, growth(lately, before), pieces)
        for month, bought, partner, name, local_name, lately, before, pieces in rows
        if month is None
    ]
    return ProductSellIn(
        months=months,
        buyers=sorted(buyers, key=lambda buyer: (-buyer.amount, buyer.pk)),
        amount=sum((month.amount for month in months), NOTHING),
        change=growth(
            sum((month.amount for month in compared), NOTHING), sum((month.before for month in compared), NOTHING)
        ),
        quantity=sum((row[-1] for row in rows if row[0] is not None and row[0] >= first), NOTHING),
    )


# --- Days and months --------------------------------------------------------------------------------------------------


def window(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first days of the first and the last of the twelve calendar months that end with that of `day`."""
    last = day.replace(day=1)
    return months_after(last, 1 - MONTHS), last


def last_complete_month(day: dt.date) -> dt.date:
    """The first day of the last month that is over at the end of `day`."""
    month = day.replace(day=1)
    return month if (day + dt.timedelta(days=1)).day == 1 else months_after(month, -1)


def months_after(month: dt.date, number: int) -> dt.date:
    """The first day of the month that lies so many months after this first day; before it with a negative number."""
    index = month.year * 12 + month.month - 1 + number
    return dt.date(index // 12, index % 12 + 1, 1)


def same_day_before(day: dt.date) -> dt.date:
    """The same day a year earlier; the end of February stays its end."""
    following = day + dt.timedelta(days=1)
    if following.day == 1:
        return following.replace(year=following.year - 1) - dt.timedelta(days=1)
    return day.replace(year=day.year - 1)


def growth(amount: Decimal, before: Decimal) -> Decimal | None:
    """By how many per cent an amount lies above the one before; None without anything to compare with."""
    return (amount / before - 1) * 100 if before > 0 else None


def _total(field: str, condition: Q) -> Any:
    return Coalesce(
        Sum(field, filter=condition), Value(NOTHING), output_field=DecimalField(max_digits=24, decimal_places=4)
    )


# --- What imports look up ---------------------------------------------------------------------------------------------


def product_ids(codes: Sequence[str]) -> dict[str, int]:
    """The products with these codes, or else these external codes, by the code given; unknown ones are left out."""
    given = list(codes)
    by_external = Product.objects.filter(external_code__in=given).values_list("external_code", "pk")
    return {str(code): pk for code, pk in by_external} | dict(
        Product.objects.filter(code__in=given).values_list("code", "pk")
    )


def category_ids(names: Sequence[str]) -> dict[str, int]:
    """The categories with these codes, or else these names in any language, by the text given."""
    known: dict[str, int] = {}
    categories = ProductCategory.objects.order_by("-pk").values_list("pk", "code", "names")
    for pk, _code, by_language in categories:
        known |= {fold(name): pk for name in by_language.values()}
    known |= {fold(code): pk for pk, code, _by_language in categories}
    return {name: known[fold(name)] for name in names if fold(name) in known}


def all_rates() -> list[tuple[str, dt.date, Decimal]]:
    """Every exchange rate as (currency, from, rate), in order of time."""
    return list(ExchangeRate.objects.order_by("date").values_list("currency", "date", "rate"))


# --- End customers ----------------------------------------------------------------------------------------------------

RECORDS = """
WITH RECURSIVE above AS (
    SELECT id, merged_into_id FROM commerce_endcustomer WHERE id = %s
    UNION
    SELECT c.id, c.merged_into_id FROM above JOIN commerce_endcustomer c ON c.id = above.merged_into_id
), one AS (
    SELECT id, 0 AS depth FROM above WHERE merged_into_id IS NULL
    UNION ALL
    SELECT c.id, one.depth + 1 FROM one JOIN commerce_endcustomer c ON c.merged_into_id = one.id
)
SELECT id FROM one ORDER BY depth, id
"""


def records_of(customer_id: int) -> list[int]:
    """All records of one end customer, whichever of them is asked for: the one that stands first, then those that went
    into it. One query; nothing for one that there is not."""
    with connection.cursor() as cursor:
        cursor.execute(RECORDS, [customer_id])
        return [pk for (pk,) in cursor.fetchall()]
