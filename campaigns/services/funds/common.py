"""What every step needs: the fund locked, its ledger, the request as it is now, its next state."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.fund_money import cross_rate, is_too_fine
from campaigns.models import EntryKind, Fund, FundBalance, FundEntry, FundRequest, FundState, FundStep, Place
from campaigns.models.funds import NEXT_FUND_STATES
from commerce.models import ExchangeRate
from pages import formats
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right

NOTHING = Decimal(0)


class FundError(DomainError):
    """A step that a fund, a request or a claim cannot take."""


def too_fine(amount: Decimal, currency: str) -> str:
    """Why an amount on an invoice cannot be: its currency has no such small coin. Empty where it can."""
    if not is_too_fine(amount, currency):
        return ""
    decimals = formats.currency_decimals(currency)
    if not decimals:
        return _("Amounts in %(currency)s have no decimals.") % {"currency": currency}
    return _("Amounts in %(currency)s have %(most)s decimals at most.") % {"currency": currency, "most": decimals}


@dataclass(frozen=True)
class Move:
    """An amount on its way from one place to another."""

    kind: EntryKind
    source: Place
    target: Place
    amount: Decimal


def locked_fund(pk: int) -> Fund:
    """The fund, kept for this transaction. Whoever moves money locks it first, so that all see what is left."""
    return Fund.objects.select_for_update().get(pk=pk)


def locked_request(pk: int) -> tuple[Fund, FundRequest]:
    """The fund and the request as they are now, kept for this transaction."""
    fund = locked_fund(FundRequest.objects.values_list("fund_id", flat=True).get(pk=pk))
    rows = FundRequest.objects.select_related("partner", "activity").select_for_update(of=("self",))
    return fund, rows.get(pk=pk)


def post(
    fund: Fund,
    moves: Sequence[Move],
    *,
    by: Membership | None,
    partner_id: int | None = None,
    request: FundRequest | None = None,
    note: str = "",
) -> None:
    """Write moves into the ledger, one after the other. Moves of nothing are left out."""
    for move in moves:
        if move.amount:
            FundEntry.objects.create(
                fund=fund, partner_id=partner_id, request=request, kind=move.kind, source=move.source,
                target=move.target, amount=move.amount, note=note[:500], by_name=by.name if by else "",
            )  # fmt: skip


def balance_of(fund: Fund, partner_id: int | None) -> FundBalance:
    """What of a fund is where, for a partner; without one what nobody has been given. Nothing where there is no entry."""
    found = FundBalance.objects.filter(fund=fund, partner=partner_id).first()
    return found or FundBalance(fund=fund, partner_id=partner_id)


def stands_for(request: FundRequest) -> dict[str, Decimal]:
    """How much stands for a request in each place, by its entries."""
    entries = FundEntry.objects.filter(request=request).order_by()
    places: dict[str, Decimal] = dict.fromkeys(Place.values, NOTHING)
    for source, target, amount in entries.values_list("source", "target").annotate(total=Sum("amount")):
        places[source] -= amount
        places[target] += amount
    return places


def rate_into(fund: Fund, currency: str, *, day: dt.date) -> Decimal:
    """What one unit of a currency is worth in the fund's, by the rates of that day or the latest before it."""
    if currency == fund.currency:
        return Decimal(1)
    return cross_rate(in_base(fund, currency, day=day), in_base(fund, fund.currency, day=day))


def in_base(fund: Fund, currency: str, *, day: dt.date) -> Decimal:
    """What one unit is worth in the manufacturer's base currency; refused with a sentence where no rate is known."""
    if currency == fund.manufacturer.currency:
        return Decimal(1)
    rates = ExchangeRate.objects.filter(currency=currency, date__lte=day).order_by("-date")
    rate = rates.values_list("rate", flat=True).first()
    if rate is None:
        raise FundError(
            _("No exchange rate for %(currency)s is known on %(day)s. Use %(own)s, or ask the manufacturer.")
            % {"currency": currency, "day": formats.date(day, get_language()), "own": ", ".join(_known(fund, day))}
        )
    return rate


def _known(fund: Fund, day: dt.date) -> list[str]:
    """The currencies in which an amount of that day can be said, the fund's own first."""
    known = set(ExchangeRate.objects.filter(date__lte=day).values_list("currency", flat=True))
    return [fund.currency, *sorted((known | {fund.manufacturer.currency}) - {fund.currency})]


def must_decide(by: Membership) -> None:
    """Refuse whoever may not decide."""
    if not by.is_staff or not by.can(Right.FUNDS_DECIDE):
        raise FundError(_("Your role does not allow deciding on funds."))


def must_own(request: FundRequest, by: Membership) -> None:
    """Refuse whoever is not of the partner."""
    if by.partner_id != request.partner_id or not by.can(Right.PORTAL_FUNDS):
        raise FundError(_("Only %(partner)s can do this.") % {"partner": request.shown_partner})


def must_stand(request: FundRequest, *states: str) -> None:
    """Refuse a step that comes too late, or too soon."""
    if request.state not in states:
        raise FundError(_("This request is at “%(state)s” already.") % {"state": request.get_state_display()})


def move_to(request: FundRequest, to: FundState, *, by: Membership | None, note: str = "", **changes: Any) -> None:
    """Write the next state, with what else changes, and the step."""
    if to not in NEXT_FUND_STATES[request.state]:
        raise FundError(_("This request is at “%(state)s” already.") % {"state": request.get_state_display()})
    request.state = to
    for name, value in changes.items():
        setattr(request, name, value)
    request.save(update_fields=["state", *changes])
    note_step(request, by=by, note=note)


def note_step(request: FundRequest, *, by: Membership | None, note: str = "") -> None:
    """Keep who took a request where, and why."""
    FundStep.objects.create(request=request, state=request.state, note=note[:1000], by_name=by.name if by else "")


def give_back(fund: Fund, request: FundRequest, *, by: Membership | None) -> None:
    """Where all draw on the fund, what is free again goes back into it."""
    if fund.is_common:
        free = balance_of(fund, request.partner_id).free
        post(fund, [Move(EntryKind.RETURN, Place.FREE, Place.POOL, free)], by=by, partner_id=request.partner_id)


def shown(amount: Decimal, currency: str) -> str:
    """An amount in a sentence."""
    return formats.money(amount, currency, get_language())
