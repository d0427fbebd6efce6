"""Everything that changes countries and markets."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.services import tell
from partners.countries import country_name
from partners.models import Holiday, Market, MarketCountry, MarketDocument
from partners.notice_kinds.markets import REVIEW_DUE
from tenancy.errors import DomainError
from tenancy.files import clean_name
from tenancy.models import Manufacturer
from tenancy.rights import Right
from tenancy.rls import current_scope
from tenancy.selectors import members_with

REVIEW_AFTER = dt.timedelta(days=365)


class MarketError(DomainError):
    """A step that a market cannot take now."""


WRITTEN = ("names", "code", "owner", "review_on", "shown_parts")


@transaction.atomic
def save_market(market: Market, countries: Iterable[str]) -> Market:
    """Keep a market with its countries. A country that another market handles is refused. Of a market that is there what is
    `WRITTEN` is kept alone: when it was reviewed last stays."""
    wanted, before = list(dict.fromkeys(countries)), market.pk
    _check_free(market, wanted)
    try:
        with transaction.atomic():
            market.save(update_fields=None if before is None else [*WRITTEN, "updated_at"])
            MarketCountry.objects.filter(market=market).exclude(country__in=wanted).delete()
            known = set(MarketCountry.objects.filter(market=market).values_list("country", flat=True))
            MarketCountry.objects.bulk_create(
                MarketCountry(market=market, country=country) for country in wanted if country not in known
            )
    except IntegrityError as error:  # somebody else was quicker
        market.pk, market._state.adding = before, before is None
        _check_free(market, wanted)
        raise MarketError(_("Another market has this code.")) from error
    return market


def _check_free(market: Market, wanted: list[str]) -> None:
    taken = MarketCountry.objects.filter(country__in=wanted).exclude(market=market.pk).select_related("market").first()
    if taken is not None:
        raise MarketError(
            _("%(country)s is in the market “%(market)s” already.")
            % {"country": country_name(taken.country), "market": taken.market}
        )


@transaction.atomic
def mark_reviewed(market: Market, *, day: dt.date | None = None) -> Market:
    """Somebody has read the file and found it right, or put it right; it is to be reviewed again in a year."""
    today = day or timezone.localdate()
    market.reviewed_on, market.review_on = today, today + REVIEW_AFTER
    market.save(update_fields=["reviewed_on", "review_on", "updated_at"])
    return market


def remind_of_reviews(day: dt.date) -> int:
    """Tell who keeps a market that its review is due, once for each due day; returns how many people were told.

    A market that nobody keeps, or whose keeper has left, is told to all who may edit markets.
    """
    editors = members_with(Right.MARKETS_EDIT)
    told = 0
    for market in Market.objects.filter(review_on__lte=day).select_related("owner").order_by("pk"):
        keeper = market.owner if market.owner is not None and market.owner.is_active else None
        told += tell(
            editors.filter(pk=keeper.pk) if keeper else editors,
            REVIEW_DUE,
            key=f"market-review-{market.pk}-{market.review_on}",
            facts={"market": market.pk, "name": market.names, "review_on": market.review_on},
        )
    return told


@transaction.atomic
def save_holidays(country: str, year: int, days: Iterable[Mapping[str, Any]]) -> int:
    """The days off of a country in a year are these and no others; returns how many there are."""
    wanted = {dt.date.fromisoformat(str(day["date"])): str(day.get("name", "")) for day in days}
    if any(date.year != year for date in wanted):
        raise MarketError(_("All days must be in %(year)s.") % {"year": year})
    Holiday.objects.filter(country=country, date__year=year).exclude(date__in=wanted).delete()
    Holiday.objects.bulk_create(
        [Holiday(country=country, date=date, name=name) for date, name in wanted.items()],
        update_conflicts=True,
        unique_fields=["manufacturer", "country", "date"],
        update_fields=["name"],
    )
    return len(wanted)


@transaction.atomic
def take_holidays(country: str, year: int) -> int:
    """A country's days off become the manufacturer's own, by which its business hours are counted: those that it does
    not have yet. Returns how many."""
    manufacturer = Manufacturer.objects.select_for_update(no_key=True).get(pk=current_scope().manufacturer or 0)
    known = {day["date"] for day in manufacturer.holidays}
    new = [
        {"date": day.date.isoformat(), "name": day.name}
        for day in Holiday.objects.filter(country=country, date__year=year)
        if day.date.isoformat() not in known
    ]
    if new:
        manufacturer.holidays = sorted([*manufacturer.holidays, *new], key=lambda day: day["date"])
        manufacturer.save(update_fields=["holidays"])
    return len(new)


def save_document(document: MarketDocument, upload: Any = None) -> MarketDocument:
    """Keep a document, with the file that came along; an older file of it is replaced."""
    if upload is not None:
        document.original_name = clean_name(upload.name or "")
        document.content_type = upload.checked_type
        document.file.save(document.original_name, upload, save=False)
    document.save()
    return document
