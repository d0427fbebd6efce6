"""Tags of offers: the link in a mail, and what an offer says."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from leads import offer_wording
from leads.models import Offer
from leads.services.offer_links import link_path
from pages import formats
from tenancy.models import Membership

register = template.Library()


@register.simple_tag
def offer_link(offer_id: int, reader: Membership) -> str:
    """The address at which the reader answers an offer without signing in."""
    return f"{settings.PUBLIC_URL}{link_path(reader.manufacturer, offer_id, reader)}"


@register.filter
def in_zone(value: dt.datetime, zone: str = "") -> str:
    """A moment by the clock of whoever answers, which is named where the page's is another; without one, by the page's."""
    usual = timezone.get_current_timezone_name()
    name = zone or usual
    there, language = ZoneInfo(name), get_language() or "en"
    shown = formats.date_time(value, language, there)
    return shown if name == usual else f"{shown} ({formats.zone_name(value.astimezone(there), language)})"


@register.filter
def offer_title(offer: Offer) -> str:
    """What an offer is called."""
    return offer_wording.title_of_offer(offer)


@register.filter
def offer_facts(offer: Offer) -> list[tuple[str, str]]:
    """What an offer says of its lead."""
    return offer_wording.shown_facts(offer)


@register.filter
def score_words(band: Any) -> str:
    """How likely it is to be won, in a word."""
    return offer_wording.score_text(str(band or ""))


@register.simple_tag
def offer_amount(amount: Any, currency: str = "") -> str:
    """The band that the amount lies in; notices of before carry it in words."""
    return amount if isinstance(amount, str) else offer_wording.amount_text({"amount": amount, "currency": currency})
