"""Budgets: how much is in a fund, and what each partner is given of it."""

from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.fund_money import rounded
from campaigns.models import EntryKind, Fund, FundActivity, FundBalance, FundEntry, Place
from campaigns.selectors.funds import eligible_partners
from campaigns.services.funds import telling
from campaigns.services.funds.common import FundError, Move, balance_of, locked_fund, must_decide, post, shown
from partners.models import Partner
from tenancy.models import Membership

BY_STAFF = (EntryKind.BUDGET, EntryKind.CUT, EntryKind.ALLOT, EntryKind.RETURN)
ACTIVITIES: list[tuple[str, dict[str, str]]] = [
    ("fair", {"en": "Trade fair or exhibition", "ko": "전시회·박람회", "ja": "展示会・見本市"}),
    ("advertising", {"en": "Advertising", "ko": "광고", "ja": "広告"}),
    ("online", {"en": "Online marketing", "ko": "온라인 마케팅", "ja": "オンライン販促"}),
    ("showroom", {"en": "Showroom and display", "ko": "쇼룸·진열", "ja": "ショールーム・陳列"}),
    ("event", {"en": "Customer event", "ko": "고객 행사", "ja": "顧客イベント"}),
    ("print", {"en": "Printed matter", "ko": "인쇄물", "ja": "印刷物"}),
    ("training", {"en": "Training of the trade", "ko": "기술 교육", "ja": "技術研修"}),
]


def default_activities() -> None:
    """Give a manufacturer that has no activities of its own the usual ones. Again changes nothing."""
    if not FundActivity.objects.exists():
        FundActivity.objects.bulk_create(
            [FundActivity(code=code, names=names, order=order) for order, (code, names) in enumerate(ACTIVITIES)],
            ignore_conflicts=True,
        )


def set_activity_retired(activity: FundActivity, *, is_retired: bool) -> None:
    """Whether an activity is offered to nobody any more; requests that are there keep it. Said again, nothing changes."""
    activity.is_retired = is_retired
    activity.save(update_fields=["is_retired"])


@transaction.atomic
def save_fund(fund: Fund, *, by: Membership, amount: Decimal | None = None) -> Fund:
    """Keep a budget's rules; a new one is filled with its amount. The currency of one with money in it stays."""
    must_decide(by)
    if fund._state.adding:
        fund.owner = by
        fund.save()
        if amount:
            change_budget(fund, amount, by=by, note=_("At the beginning"))
        return fund
    before = locked_fund(fund.pk)
    if fund.currency != before.currency and before.entries.exists():
        raise FundError(_("Money was put into this fund in %(currency)s: that stays.") % {"currency": before.currency})
    if fund.is_common != before.is_common and FundBalance.objects.filter(fund=fund, partner__isnull=False).exists():
        raise FundError(_("Partners have money of this fund: how it is given out stays as it is."))
    fund.save()
    return fund


def must_have_seen(fund: Fund, entry: int | None, *, by: Membership) -> None:
    """Refuse what somebody asks of a page that shows the ledger up to `entry`, where they have moved money since: a second
    click, or a page sent again, gives nothing twice; nor does one of which it is not known what it showed. Within a
    transaction: the fund is locked from here on."""
    fund = locked_fund(fund.pk)
    if (
        entry is None
        or FundEntry.objects.filter(fund=fund, pk__gt=entry, kind__in=BY_STAFF, request=None, by_name=by.name).exists()
    ):
        raise FundError(
            _(
                "You have moved money of this fund since this page was shown. Look at it again: is this still to be done?"
            )
        )


@transaction.atomic
def change_budget(fund: Fund, amount: Decimal, *, by: Membership, note: str) -> None:
    """Put money into a fund, or with a minus take out what nobody has been given."""
    must_decide(by)
    fund = locked_fund(fund.pk)
    amount = rounded(amount, fund.currency)
    if amount >= 0:
        post(fund, [Move(EntryKind.BUDGET, Place.OUTSIDE, Place.POOL, amount)], by=by, note=note)
        return
    pool = balance_of(fund, None).pool
    if -amount > pool:
        raise FundError(
            _("Only %(left)s has not been given to anybody, and no more can be taken out.")
            % {"left": shown(pool, fund.currency)}
        )
    post(fund, [Move(EntryKind.CUT, Place.POOL, Place.OUTSIDE, -amount)], by=by, note=note)


def allot(fund: Fund, partner: Partner, amount: Decimal, *, by: Membership, note: str = "") -> None:
    """Give a partner money of a fund."""
    allot_many(fund, [partner], amount, by=by, note=note)


def allot_audience(fund: Fund, amount: Decimal, *, by: Membership, note: str = "") -> int:
    """Give each partner that the fund is for, and that has nothing of it yet, the same. How many those are."""
    eligible = eligible_partners(fund).exclude(fund_balances__fund=fund).order_by("pk")
    return allot_many(fund, eligible, amount, by=by, note=note)


@transaction.atomic
def allot_many(
    fund: Fund, partners: QuerySet[Partner] | list[Partner], amount: Decimal, *, by: Membership, note: str = ""
) -> int:
    """Give each of these partners the same amount; all or none."""
    must_decide(by)
    fund = locked_fund(fund.pk)
    amount = rounded(amount, fund.currency)
    if fund.is_common:
        raise FundError(_("Partners draw on this fund as they ask: nothing is given before."))
    if amount <= 0:
        raise FundError(_("Give more than nothing."))
    found = list(partners)
    if not found:
        raise FundError(_("Every partner that this fund is for has money of it already."))
    pool = balance_of(fund, None).pool
    if amount * len(found) > pool:
        raise FundError(
            _("%(wanted)s is needed, and only %(left)s has not been given to anybody.")
            % {"wanted": shown(amount * len(found), fund.currency), "left": shown(pool, fund.currency)}
        )
    if fund.cap is not None:
        had = {row.partner_id: row.given for row in FundBalance.objects.filter(fund=fund, partner__in=found)}
        over = next((each for each in found if had.get(each.pk, Decimal(0)) + amount > fund.cap), None)
        if over is not None:
            raise FundError(
                _("%(partner)s would have more than the %(cap)s that each partner gets at most.")
                % {"partner": over, "cap": shown(fund.cap, fund.currency)}
            )
    for partner in found:
        post(fund, [Move(EntryKind.ALLOT, Place.POOL, Place.FREE, amount)], by=by, partner_id=partner.pk, note=note)
    telling.given(fund, found, amount)
    return len(found)


@transaction.atomic
def take_back(fund: Fund, partner: Partner, amount: Decimal, *, by: Membership, note: str) -> None:
    """Take back what a partner has left. What stands for a request stays."""
    must_decide(by)
    fund = locked_fund(fund.pk)
    amount = rounded(amount, fund.currency)
    free = balance_of(fund, partner.pk).free
    if not 0 < amount <= free:
        raise FundError(
            _("%(partner)s has %(left)s left, and no more can be taken back.")
            % {"partner": partner, "left": shown(free, fund.currency)}
        )
    post(fund, [Move(EntryKind.RETURN, Place.FREE, Place.POOL, amount)], by=by, partner_id=partner.pk, note=note)
