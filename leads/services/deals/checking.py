"""Whether a customer is taken, asked while a registration is being filled in: anonymous words, and not too often."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leads.deal_conflicts import Source
from leads.likeness import Ready, ready
from leads.models import DealCheck, DealRegistration, DealState, LeadState
from leads.selectors.deal_conflicts import Clash, clashes, party_of_deal
from leads.services.deals.common import DealError
from pages import formats
from partners.blocking import hashed
from tenancy.models import Membership
from tenancy.rls import current_scope, house_scope

CUSTOMERS_AN_HOUR = 20
CUSTOMERS_A_DAY = 60
"""For so many different customers one partner may ask: enough to register, too few to learn who buys from others."""
CHECKS_AN_HOUR = 300
"""However often it asks for the same ones."""


class TooManyChecksError(DealError):
    """A partner has asked for many customers."""


@dataclass(frozen=True)
class Sign:
    """What a partner is told of one thing that stands in its way. `own`: its own registration, which it may open."""

    text: str
    level: str
    """`bad`: registered now; `warn`: worth knowing; `good`: nothing in the way."""
    own: int | None = None


def is_enough(deal: DealRegistration) -> bool:
    """Whether somebody describes a customer that they know: a name alone could be read from a list."""
    company = ready(party_of_deal(deal)).prepared
    contact = company.business_number or company.phone or company.email or company.domains
    return bool(company.names and (contact or (company.address and company.address_numbers)))


def check_deal(deal: DealRegistration, *, by: Membership) -> list[Sign]:
    """What stands in the way of a registration as it is filled in; the worst first. Nothing names another partner.

    Refused where too many customers were asked about. Who only looks as the partner asks nothing.
    """
    if not is_enough(deal) or current_scope().read_only or by.partner_id is None:
        return []
    with house_scope():
        _count(by, ready(party_of_deal(deal)))
        found = clashes(deal)
    signs: list[Sign] = []
    for clash in found:
        sign = _sign(clash, by)
        if sign is not None and sign.text not in {each.text for each in signs}:
            signs.append(sign)
    order = {"bad": 0, "warn": 1, "good": 2}
    return sorted(signs, key=lambda sign: order[sign.level])[:4]


def _count(by: Membership, party: Ready) -> None:
    """Note that the partner asked, unless it has asked for too many."""
    assert by.partner is not None
    now = timezone.now()
    asked = hashed(party.prepared.names[0].base)
    recent = DealCheck.objects.filter(partner=by.partner_id, at__gt=now - dt.timedelta(days=1))
    this_hour = list(recent.filter(at__gt=now - dt.timedelta(hours=1)).values_list("asked", flat=True))
    is_new = asked not in this_hour
    if len(this_hour) >= CHECKS_AN_HOUR or (is_new and len(set(this_hour)) >= CUSTOMERS_AN_HOUR):
        raise TooManyChecksError(_("Many customers were checked. Go on in an hour; you can hand in your registration."))
    if is_new and recent.values("asked").distinct().count() >= CUSTOMERS_A_DAY:
        raise TooManyChecksError(_("Many customers were checked today. You can still hand in your registration."))
    DealCheck.objects.create(partner=by.partner, member=by, asked=asked)


def _sign(clash: Clash, by: Membership) -> Sign | None:
    """The words for one thing found; none for what is not sure, or does not matter to a partner."""
    if not clash.weighed.is_same_customer:
        return None
    is_own = clash.is_of([by.partner_id])
    since = {"month": formats.month_year(clash.since, get_language())}
    if clash.source == Source.DEAL:
        return _deal_sign(clash, since, is_own=is_own)
    if clash.source == Source.LEAD:
        if is_own:
            return None
        if clash.row.state == LeadState.ACCEPTED:
            return Sign(
                _("Another partner has been working on an enquiry of this customer since %(month)s.") % since, "warn"
            )
        if clash.row.state != LeadState.WON:
            return Sign(_("This customer has asked the manufacturer itself, in %(month)s.") % since, "warn")
        return None
    if clash.source == Source.SALE:
        return Sign(_("The manufacturer has sold to this customer directly, in %(month)s.") % since, "warn")
    if clash.partner_id is not None and not is_own:
        return Sign(_("This customer is known, and served by another partner."), "warn")
    return None


def _deal_sign(clash: Clash, since: dict[str, Any], *, is_own: bool) -> Sign | None:
    deal: DealRegistration = clash.row
    if is_own:
        if deal.state in (DealState.REFUSED, DealState.EXPIRED):
            return None
        words = _("You have registered this customer already: %(reference)s.") % {"reference": deal.reference}
        return Sign(words, "warn", own=deal.pk)
    if clash.protection is not None:
        if clash.weighed.overlap == "same":
            return Sign(_("Another partner has been registered for this customer since %(month)s.") % since, "bad")
        return Sign(
            _("Another partner has been registered for this customer since %(month)s, for other products.") % since,
            "warn",
        )
    if deal.state in (DealState.SUBMITTED, DealState.RETURNED):
        return Sign(
            _("Another partner has asked for this customer, in %(month)s; it is not decided yet.") % since, "warn"
        )
    return None
