"""Everything read of deal registrations: who sees which, the terms, how fast the manufacturer answers."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, StrIndex
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.selectors import open_requests
from commerce.models import ProductCategory
from leads.models import (
    DEAL_SUBJECT,
    UNANSWERED_STATES,
    AnswerState,
    ClaimEntry,
    DealAppeal,
    DealFile,
    DealRegistration,
    DealSettings,
    DealState,
    ExtensionRequest,
    Protection,
    ProtectionTerm,
)
from partners.models import Partner
from partners.selectors.partners import search_words
from tenancy.business_time import BusinessTime
from tenancy.models import DataKind, Membership, Sharing
from tenancy.rights import Right
from tenancy.rls import house_scope
from tenancy.selectors import current_manufacturer

ALWAYS_REQUIRED = ("customer_name", "category", "amount", "expected_on")
"""Without these nothing can be decided or protected."""
MOST_REQUIRED = 8
"""A form that asks for more is not filled in."""
MAY_BE_REQUIRED = {
    "title": _("What it is about"),
    "contact_name": _("Contact"),
    "business_number": _("Business number"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "website": _("Website"),
    "address": _("Street and number"),
    "city": _("City"),
    "competitor": _("Competitor"),
    "note": _("What we have done so far"),
}
"""Fields that a manufacturer may ask for as well."""
ANSWERS_OF = dt.timedelta(days=90)
"""So far back go the answers whose median is shown."""
FEWEST_ANSWERS = 3
"""Of fewer a median says nothing."""

LISTED = (
    "reference", "customer_name", "partner_name", "partner_local_name", "second_name", "second_local_name",
    "category__code", "category__names", "title", "amount", "currency", "state", "expected_on", "competitor", "submitted_at", "due_at", "answered_at", "protected_until",
)  # fmt: skip
"""What a list of deals shows or sorts by."""
UNCONFIRMED = Q(state__in=UNANSWERED_STATES, confirmed_at=None) & ~Q(entered_by_name="")
"""What staff entered for a partner, which has not said yet that it is right."""


def deals_for(member: Membership) -> QuerySet[DealRegistration]:
    """The registrations this member may see: a partner's people those in which it is named, staff those of the partners
    that they see. Drafts are their partner's own."""
    if not member.is_staff:
        return DealRegistration.objects.filter(Q(partner=member.partner_id) | Q(second_partner=member.partner_id))
    deals = DealRegistration.objects.exclude(state=DealState.DRAFT)
    if member.can(Right.PARTNERS_VIEW_ALL):
        return deals
    return deals.filter(Q(partner__channel_manager=member) | Q(second_partner__channel_manager=member))


def deal_rows(member: Membership) -> QuerySet[DealRegistration]:
    """`deals_for` with what a list shows."""
    return deals_for(member).select_related("category").only(*LISTED)


FOUND_AT_MOST = 1_000


def deals_matching(deals: QuerySet[DealRegistration], text: str) -> QuerySet[DealRegistration]:
    """As staff see them: those of `deals` whose customer, partner, subject or number hold every word of `text`."""
    words = search_words(text)
    if not words:
        return deals
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_search_deals(%s, %s)", [words, FOUND_AT_MOST + 1])
        found = cursor.fetchone()[0]
    if found is not None and len(found) <= FOUND_AT_MOST:
        return deals.filter(pk__in=found)
    for word in words:
        deals = deals.alias(place=StrIndex(Concat(Value(" "), "search_text"), Value(word))).filter(place__gt=0)
    return deals


def deals_to_answer(member: Membership) -> QuerySet[DealRegistration]:
    """What waits for the manufacturer's answer, neither for its partner to confirm it nor on an approval line, the soonest
    due first."""
    waiting = deals_for(member).filter(state=DealState.SUBMITTED).exclude(UNCONFIRMED)
    return waiting.exclude(Exists(open_requests(DEAL_SUBJECT).filter(subject_id=OuterRef("pk")))).order_by(
        "due_at", "pk"
    )


def extensions_to_answer(member: Membership) -> QuerySet[ExtensionRequest]:
    """Requests for a longer protection that wait, the oldest first."""
    rows = ExtensionRequest.objects.filter(state=AnswerState.WAITING, deal__in=deals_for(member))
    return rows.select_related("deal").order_by("asked_at", "pk")


def appeals_to_answer(member: Membership) -> QuerySet[DealAppeal]:
    """Appeals that wait for somebody else than who decided before."""
    rows = DealAppeal.objects.filter(state=AnswerState.WAITING, deal__in=deals_for(member))
    return rows.exclude(against=member).select_related("deal").order_by("asked_at", "pk")


def claims_of(deal: DealRegistration) -> QuerySet[ClaimEntry]:
    """The lines of the log about a registration, in order."""
    return ClaimEntry.objects.filter(deal=deal).order_by("number")


def files_of(deal: DealRegistration) -> QuerySet[DealFile]:
    """The documents of a registration, in the order in which they came."""
    return DealFile.objects.filter(deal=deal)


def protection_of(deal: DealRegistration) -> Protection | None:
    """The registration's latest protection, running or over."""
    return Protection.objects.filter(deal=deal).select_related("category").order_by("-pk").first()


# --- Terms ------------------------------------------------------------------------------------------------------------


def deal_settings() -> DealSettings:
    """The manufacturer's terms; the usual ones where it has said nothing."""
    return DealSettings.objects.first() or DealSettings()


def terms() -> dict[int, int]:
    """Days of protection by product category, where they are not the usual number."""
    return dict(ProtectionTerm.objects.values_list("category_id", "days"))


def days_for(category: ProductCategory | None) -> int:
    """How many days a deal about this category is protected: its own number, else that of the nearest group above."""
    own, parents = terms(), dict(ProductCategory.objects.values_list("pk", "parent_id"))
    at = category.pk if category is not None else None
    seen: set[int] = set()
    while at is not None and at not in seen:
        if at in own:
            return own[at]
        seen.add(at)
        at = parents.get(at)
    return deal_settings().default_days


def required_fields(settings: DealSettings | None = None) -> list[str]:
    """What a registration must say before it is handed in."""
    chosen = (settings or deal_settings()).required
    return [*ALWAYS_REQUIRED, *[name for name in MAY_BE_REQUIRED if name in chosen]][:MOST_REQUIRED]


def calendar() -> BusinessTime:
    """When the manufacturer works."""
    manufacturer = current_manufacturer()
    return BusinessTime.of(manufacturer.business_hours, manufacturer.holidays, manufacturer.timezone)


# --- How fast the manufacturer answers --------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnswerTime:
    """How fast the manufacturer answered lately, in business minutes, against what it has set itself."""

    count: int
    median: float | None
    target: int
    within: int
    """How many of them in time."""

    @property
    def is_known(self) -> bool:
        return self.median is not None and self.count >= FEWEST_ANSWERS

    @property
    def seconds(self) -> float:
        """The median in seconds of business time."""
        return (self.median or 0) * 60

    @property
    def target_seconds(self) -> float:
        """The target in seconds of business time."""
        return self.target * 60.0

    @property
    def within_share(self) -> float | None:
        """How many in a hundred were in time."""
        return 100 * self.within / self.count if self.count else None


MEDIAN = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY answer_minutes),
    count(*) FILTER (WHERE answer_minutes <= %(target)s)
FROM leads_dealregistration WHERE answered_at >= %(since)s AND answer_minutes IS NOT NULL
"""


def answer_time(settings: DealSettings | None = None) -> AnswerTime:
    """The median time of the answers of the last 90 days. Both sides read the same figure."""
    target = (settings or deal_settings()).answer_hours * 60
    with house_scope(), connection.cursor() as cursor:
        cursor.execute(MEDIAN, {"target": target, "since": timezone.now() - ANSWERS_OF})
        count, median, within = cursor.fetchone()
    return AnswerTime(count, median, target, within)


# --- Two tiers --------------------------------------------------------------------------------------------------------


def dealers_of(partner_id: int) -> QuerySet[Partner]:
    """As staff see them: the dealers in whose name this partner may register, because they have agreed to it."""
    agreed = Sharing.objects.filter(
        partner=OuterRef("pk"), above=partner_id, data_kind=DataKind.SERVICE, withdrawn_at=None
    )
    rows = Partner.objects.filter(Exists(agreed), parent=partner_id, merged_into=None)
    return rows.exclude(stage__in=["draft", "ended"]).order_by("name", "pk")


def second_choices(partner: Partner) -> list[tuple[int, str]]:
    """With whom a partner may register together: dealers that have agreed, and its own distributor."""
    with house_scope():
        found = [(each.pk, str(each)) for each in dealers_of(partner.pk)]
        if partner.parent_id is not None:
            found += [(each.pk, str(each)) for each in Partner.objects.filter(pk=partner.parent_id)]
    return found
