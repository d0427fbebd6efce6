"""Everything read of partners that find partners, and of introductions and their rewards."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from partners.models import (
    Enquiry,
    EnquiryState,
    IntroductionReward,
    Partner,
    PartnerCard,
    PartnerKind,
    RewardState,
    Specialisation,
)
from tenancy.models import Membership
from tenancy.rights import Right


def own_card(partner: Partner) -> PartnerCard | None:
    """The partner's card, shown or not."""
    return PartnerCard.objects.filter(partner=partner).first()


def cards_of_others(partner: Partner) -> QuerySet[PartnerCard]:
    """In a partner's scope: what the others show, by name; nothing as long as the partner's own card is not shown."""
    return PartnerCard.objects.filter(is_published=True).exclude(partner=partner).order_by("name", "pk")


def search_cards(
    cards: QuerySet[PartnerCard], *, words: str = "", kind: str = "", specialisation: str = "", region: str = ""
) -> QuerySet[PartnerCard]:
    """Those of `cards` that fit what is looked for."""
    for word in words.split():
        cards = cards.filter(Q(name__icontains=word) | Q(offers__icontains=word) | Q(seeks__icontains=word))
    if kind:
        cards = cards.filter(kinds__contains=[kind])
    if specialisation:
        cards = cards.filter(specialisations__contains=[specialisation])
    return cards.filter(region=region) if region else cards


@dataclass(frozen=True)
class CardWords:
    """The names of kinds and specialisations by their codes, for cards, which hold the codes."""

    kinds: Mapping[str, str]
    specialisations: Mapping[str, str]


def card_words() -> CardWords:
    """The lists that cards are made of. Two queries."""
    return CardWords(
        {kind.code: str(kind) for kind in PartnerKind.objects.filter(is_retired=False)},
        {each.code: str(each) for each in Specialisation.objects.filter(is_retired=False)},
    )


def enquiries_for(member: Membership) -> QuerySet[Enquiry]:
    """The enquiries this member may see: a partner's people those of their own, staff those of the partners they see."""
    if not member.is_staff:
        return Enquiry.objects.filter(Q(asking=member.partner_id) | Q(asked=member.partner_id))
    if member.can(Right.PARTNERS_VIEW_ALL):
        return Enquiry.objects.all()
    return Enquiry.objects.filter(Q(asking__channel_manager=member) | Q(asked__channel_manager=member))


def enquiries_to_answer(partner: Partner) -> QuerySet[Enquiry]:
    """What others ask a partner and it has not answered, the oldest first."""
    return Enquiry.objects.filter(asked=partner, state=EnquiryState.OPEN).order_by("created_at", "pk")


@dataclass(frozen=True)
class Introductions:
    """How many companies a partner has introduced, and how many of them became partners."""

    introduced: int
    became_partners: int


def own_introductions() -> Introductions:
    """In a partner's scope: what it has introduced."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT introduced, became_partners FROM partners_own_introductions()")
        return Introductions(*cursor.fetchone())


def rewards_of(partner: Partner) -> QuerySet[IntroductionReward]:
    """What a partner got and is to get for introductions, newest first."""
    return IntroductionReward.objects.filter(partner=partner)


@dataclass(frozen=True)
class RewardTotals:
    """Rewards of one partner: how many are due and paid, and the money among them."""

    due: int
    paid: int
    amount_due: Decimal
    amount_paid: Decimal


def reward_totals() -> dict[int, RewardTotals]:
    """The rewards of every introducer, by partner. One query."""
    due, paid = Q(state=RewardState.DUE), Q(state=RewardState.PAID)
    rows = (
        IntroductionReward.objects.order_by()
        .values("partner_id")
        .annotate(
            due=Count("pk", filter=due),
            paid=Count("pk", filter=paid),
            amount_due=Sum("amount", filter=due, default=Decimal(0)),
            amount_paid=Sum("amount", filter=paid, default=Decimal(0)),
        )
    )
    return {
        row["partner_id"]: RewardTotals(row["due"], row["paid"], row["amount_due"], row["amount_paid"]) for row in rows
    }


def rewards_due() -> QuerySet[IntroductionReward]:
    """What is still to be given, the longest due first."""
    return IntroductionReward.objects.filter(state=RewardState.DUE).order_by("due_on", "pk")
