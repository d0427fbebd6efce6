"""What an offer says of its lead, in the reader's language: nothing but what the offer carries."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leads.models import Offer
from pages import formats
from partners.countries import country_name, language_name
from tenancy.translation import translated


def title_of_offer(offer: Offer) -> str:
    """What an offer is called: what is wanted and where."""
    facts = offer.facts
    what = facts.get("subject") or translated(facts.get("category"), "") or translated(facts.get("kind"), "")
    where = facts.get("city") or facts.get("region") or ""
    parts = [part for part in (what, where) if part]
    return " · ".join(parts) or facts.get("reference", "")


def shown_facts(offer: Offer) -> list[tuple[str, str]]:
    """Labels and texts, in the order they matter to who decides."""
    facts, language = offer.facts, get_language() or "en"
    place = [facts.get("city", ""), facts.get("region", "")]
    if facts.get("country"):
        place.append(country_name(facts["country"]))
    rows: list[tuple[str, str]] = [
        (_("Product category"), translated(facts.get("category"), "")),
        (_("Products"), ", ".join(map(_product_name, facts.get("products", [])))),
        (_("Quantity"), facts.get("quantity", "")),
        (_("Expected amount"), amount_text(facts)),
        (_("Place"), ", ".join(part for part in place if part)),
        (_("Kind of lead"), translated(facts.get("kind"), "")),
        (_("How likely it is"), score_text(facts.get("score", ""))),
        (_("Wanted by"), _day(facts.get("wanted_on"), language)),
        (_("Language"), language_name(facts["language"]) if facts.get("language") else ""),
        (_("Received"), _moment(facts.get("received_at"), language)),
    ]
    words = {"yes": _("Yes"), "no": _("No")}
    rows += [
        (translated(field["labels"], field["key"]), words.get(field["value"], field["value"]))
        for field in facts.get("fields", [])
    ]
    return [(label, text) for label, text in rows if text]


def _product_name(kept: dict[str, str] | str) -> str:
    """Offers made before names were kept by language hold one name."""
    return kept if isinstance(kept, str) else translated(kept)


def amount_text(facts: dict[str, Any]) -> str:
    """The band that the amount lies in."""
    band = facts.get("amount")
    if not band:
        return ""
    currency, language = facts.get("currency", ""), get_language() or "en"
    low, high = (formats.money_short(value, currency, language) for value in band)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def score_text(band: str) -> str:
    """How likely it is to be won, in a word."""
    return {"high": _("Very likely"), "medium": _("Likely"), "low": _("Hard to say")}.get(band, "")


def _day(text: str | None, language: str) -> str:
    return formats.date(dt.date.fromisoformat(text), language) if text else ""


def _moment(text: str | None, language: str) -> str:
    if not text:
        return ""
    return formats.date_time(dt.datetime.fromisoformat(text), language, timezone.get_current_timezone())
