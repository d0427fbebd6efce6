"""How a partner buys: its course over three years, the season, single orders, and what comes back."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from .shapes import DemoProduct, SalesLine, month_start

MONTHS = 36


@dataclass(frozen=True)
class Course:
    """A partner's course: what share of its usual volume it buys in month `i` of 36."""

    yearly_growth: float = 0.0
    starts: int = 0
    ends: int = MONTHS
    pause: tuple[int, int] = (0, 0)
    turn: int = MONTHS
    turn_to: float = 1.0

    def level(self, month: int) -> float:
        """The level in a month, 1.0 being the usual volume in the last one without a turn."""
        if not self.starts <= month < self.ends or self.pause[0] <= month < self.pause[1]:
            return 0.0
        level: float = (1 + self.yearly_growth) ** ((month - MONTHS + 1) / 12)
        if self.starts:
            level *= min(1.0, 0.35 + 0.13 * (month - self.starts))
        if month >= self.turn:
            level *= 1 + (self.turn_to - 1) * min(1.0, (month - self.turn + 1) / 4)
        return level


@dataclass(frozen=True)
class Buyer:
    """What decides the orders of one partner."""

    partner_code: str
    monthly_volume: float
    course: Course
    orders_per_month: float
    lines_per_order: tuple[int, int]
    assortment: Sequence[tuple[DemoProduct, float]]
    price_share: float
    currency: str
    return_share: float
    pack: int = 1
    wobble: float = 0.07


@dataclass(frozen=True)
class Market:
    """What holds for all buyers of a manufacturer."""

    first_day: date
    last_day: date
    season: Sequence[float]
    yearly_price_rise: float
    is_workday: Callable[[date], bool]
    order_prefix: str
    return_prefix: str
    round_amount: Callable[[float, str, date], Decimal]


@dataclass(frozen=True)
class _Order:
    day: date
    partner_code: str
    is_return: bool
    items: tuple[tuple[str, int, Decimal], ...]
    currency: str


def sell_in(market: Market, buyers: Sequence[Buyer], *, seed: str) -> list[SalesLine]:
    """All lines of all buyers by date, numbered as one order book."""
    orders: list[_Order] = []
    for buyer in buyers:
        orders.extend(_orders_of(market, buyer, Random(f"{seed}:{buyer.partner_code}")))  # noqa: S311
    orders.sort(key=lambda order: (order.day, order.is_return, order.partner_code))
    lines: list[SalesLine] = []
    numbers: dict[str, int] = {}
    for order in orders:
        prefix = f"{market.return_prefix if order.is_return else market.order_prefix}{order.day:%y%m}"
        numbers[prefix] = numbers.get(prefix, 0) + 1
        order_number = f"{prefix}-{numbers[prefix]:04d}"
        for number, (product_code, quantity, amount) in enumerate(order.items, start=1):
            lines.append(
                SalesLine(
                    order_number, number, order.partner_code, product_code, order.day, quantity, amount, order.currency
                )
            )
    return lines


def _orders_of(market: Market, buyer: Buyer, random: Random) -> list[_Order]:
    """The orders and returns of one buyer, month by month."""
    orders: list[_Order] = []
    due = random.random()  # the part of an order that earlier months left over
    owed = 0.0  # what is yet to come back, so that a partner's share of returns is its own and not chance
    for month in range(MONTHS):
        start = month_start(market.last_day, MONTHS - 1 - month)
        level = buyer.course.level(month)
        if level == 0.0:
            continue
        season = market.season[start.month - 1]
        budget = buyer.monthly_volume * level * season * random.lognormvariate(0, buyer.wobble)
        due += buyer.orders_per_month * (0.55 + 0.45 * season * min(level, 1.3))
        count = int(due)
        due -= count
        if count == 0:
            continue
        if buyer.orders_per_month < 1:
            budget = buyer.monthly_volume * level * season / buyer.orders_per_month * random.lognormvariate(0, 0.25)
        days = _days(market, start, count, random)
        shares = [random.lognormvariate(0, 0.35) for _ in days]
        whole = sum(shares)
        assortment = [
            (product, weight)
            for product, weight in buyer.assortment
            if product.launched_months_ago is None or month >= MONTHS - product.launched_months_ago
        ]
        for day, share in zip(days, shares, strict=True):
            order = _order(market, buyer, assortment, day, budget * share / whole, random)
            orders.append(order)
            owed += buyer.return_share * float(sum(amount for _, _, amount in order.items))
            back = _return(market, order, owed, random)
            if back is not None:
                orders.append(back)
                owed += float(back.items[0][2])
    return orders


def _order(
    market: Market,
    buyer: Buyer,
    assortment: Sequence[tuple[DemoProduct, float]],
    day: date,
    budget: float,
    random: Random,
) -> _Order:
    """One order worth about `budget`, in units of the base currency."""
    wanted = min(random.randint(*buyer.lines_per_order), len(assortment))
    products = _pick(assortment, wanted, random)
    shares = [random.lognormvariate(0, 0.5) for _ in products]
    whole = sum(shares)
    years_ago = (market.last_day - day).days // 365
    price_level = buyer.price_share / (1 + market.yearly_price_rise) ** years_ago
    items = []
    for product, share in zip(products, shares, strict=True):
        price = float(product.list_price) * price_level
        quantity = max(1, round(budget * share / whole / price / buyer.pack)) * buyer.pack
        items.append((product.code, quantity, market.round_amount(price * quantity, buyer.currency, day)))
    return _Order(day, buyer.partner_code, False, tuple(items), buyer.currency)


def _return(market: Market, order: _Order, owed: float, random: Random) -> _Order | None:
    """What comes back of an order some days later (damage, wrong lots, surplus of a site), worth `owed` at most."""
    fitting = [item for item in order.items if float(item[2]) <= owed]
    day = order.day + timedelta(days=random.randint(4, 18))
    while not market.is_workday(day):
        day += timedelta(days=1)
    if not fitting or random.random() < 0.75 or day > market.last_day:
        return None
    code, quantity, amount = max(fitting, key=lambda item: item[2])
    part = quantity if random.random() < 0.6 else max(1, round(quantity * random.uniform(0.3, 0.8)))
    # The same unit price as in the order; a full return cancels the line to the cent.
    back = amount if part == quantity else (amount * part / quantity).quantize(amount)
    return _Order(day, order.partner_code, True, ((code, -part, -back),), order.currency)


def _days(market: Market, start: date, count: int, random: Random) -> list[date]:
    """`count` working days of a month, spread over it."""
    length = calendar.monthrange(start.year, start.month)[1]
    days = []
    for number in range(count):
        day = start + timedelta(days=int((number + random.random()) * length / count))
        while not market.is_workday(day):
            day = day + timedelta(days=1) if day.day < length else start
        days.append(day)
    return days


def _pick(assortment: Sequence[tuple[DemoProduct, float]], count: int, random: Random) -> list[DemoProduct]:
    """`count` different products, the heavier ones more often."""
    ranked = sorted(assortment, key=lambda item: random.random() ** (1 / item[1]), reverse=True)
    return [product for product, _ in ranked[:count]]
