"""Everything that changes cards, enquiries between partners, and rewards for introductions.

Neither partner of an enquiry writes it itself: what one does is put down by the house after asking who it is.
"""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.registry import NoticeKind
from notices.services import tell
from partners.models import (
    Enquiry,
    EnquiryKind,
    EnquiryMessage,
    EnquiryState,
    IntroductionReward,
    Partner,
    PartnerCard,
    RewardState,
)
from partners.notice_kinds import matches as kinds
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope
from tenancy.selectors import members_with

SAME_WITHIN = dt.timedelta(seconds=30)
"""The same words by the same person so soon after are the same click."""
SAME_REWARD_WITHIN = dt.timedelta(minutes=1)
"""The same reward by the same person so soon after is the same: it is money."""
CARD_FIELDS = (
    "is_published", "name", "kinds", "specialisations", "region", "country", "languages", "offers", "seeks", "updated_at",
)  # fmt: skip
"""What of its card a partner may change."""
MOST_OPEN = 30
"""So many enquiries of one partner may wait for an answer at a time."""
MOST_A_DAY = 60
"""So many may it send in a day, whatever becomes of them."""


REWARD_FIELDS = ("partner", "prospect", "company", "amount", "favour", "state", "due_on", "paid_on", "note", "by")
"""What makes two rewards the same."""


class MatchError(DomainError):
    """A step that a card, an enquiry or a reward cannot take now."""


@transaction.atomic
def save_card(card: PartnerCard, *, by: Membership) -> PartnerCard:
    """Keep what a partner shows of itself; what it is called comes from its own record."""
    if by.partner is None or by.partner.pk != card.partner_id:
        raise MatchError(_("A card is its own company's."))
    card.name = str(by.partner)
    card.country = by.partner.country
    if card._state.adding:
        try:
            with transaction.atomic():
                card.save(force_insert=True)
            return card
        except IntegrityError:  # a colleague, or a second click, was quicker: this is what was said last
            card.pk = PartnerCard.objects.values_list("pk", flat=True).get(partner=card.partner_id)
            card._state.adding = False
    card.save(update_fields=CARD_FIELDS)
    return card


def send_enquiry(
    card: PartnerCard, *, kind: str, subject: str, by: Membership, text: str = "", share: Decimal | None = None
) -> Enquiry:
    """Ask the partner behind a card. The same again within half a minute is the same."""
    own = by.partner
    if own is None or own.pk == card.partner_id:
        raise MatchError(_("Ask another company than your own."))
    if EnquiryKind(kind) == EnquiryKind.REFERRAL and share is None:
        raise MatchError(_("Say which share you ask for the customer, in %."))
    with house_scope(), transaction.atomic():
        shown = PartnerCard.objects.filter(partner__in=[own.pk, card.partner_id], is_published=True)
        names = dict(shown.select_for_update(no_key=True).values_list("partner_id", "name"))
        if len(names) < 2:
            raise MatchError(_("Only companies that show their card can ask each other."))
        sent = Enquiry.objects.filter(asking=own)
        mine = sent.filter(state=EnquiryState.OPEN)
        again = mine.filter(
            asked=card.partner_id, subject=subject, kind=kind, created_at__gt=timezone.now() - SAME_WITHIN
        ).first()
        if again is not None:
            return again
        if mine.count() >= MOST_OPEN:
            raise MatchError(_("Many of your enquiries still wait. Wait for their answers, or withdraw some."))
        if sent.filter(created_at__gt=timezone.now() - dt.timedelta(days=1)).count() >= MOST_A_DAY:
            raise MatchError(_("These are many for one day. Go on tomorrow."))
        enquiry = Enquiry.objects.create(
            asking=own, asked_id=card.partner_id, asking_name=names[own.pk], asked_name=names[card.partner_id],
            kind=kind, subject=subject, text=text, share=share, by=by, by_name=by.name,
        )  # fmt: skip
        _tell(enquiry, enquiry.asked_id, kinds.ENQUIRY_RECEIVED, f"enquiry-{enquiry.pk}", who=enquiry.asking_name)
    return enquiry


def answer_enquiry(enquiry: Enquiry, *, accept: bool, by: Membership, reason: str = "") -> Enquiry:
    """The partner that was asked accepts, with the share as it was proposed, or declines."""
    state = EnquiryState.ACCEPTED if accept else EnquiryState.DECLINED
    with house_scope(), transaction.atomic():
        enquiry = _locked(enquiry)
        if by.partner_id != enquiry.asked_id:
            raise MatchError(_("Who was asked answers."))
        if enquiry.state == state:
            return enquiry
        _settle(enquiry, state, by, reason)
        _tell(
            enquiry, enquiry.asking_id, kinds.ENQUIRY_ANSWERED, f"enquiry-answered-{enquiry.pk}",
            who=enquiry.asked_name, state=enquiry.state,
        )  # fmt: skip
    return enquiry


def withdraw_enquiry(enquiry: Enquiry, *, by: Membership) -> Enquiry:
    """Who asked takes it back before it is answered."""
    with house_scope(), transaction.atomic():
        enquiry = _locked(enquiry)
        if by.partner_id != enquiry.asking_id:
            raise MatchError(_("Who asked can withdraw it."))
        if enquiry.state != EnquiryState.WITHDRAWN:
            _settle(enquiry, EnquiryState.WITHDRAWN, by, "")
    return enquiry


def say(enquiry: Enquiry, *, body: str, by: Membership) -> EnquiryMessage:
    """Say something about an enquiry, for both partners and the manufacturer; the others are told."""
    body = body.strip()
    if not body:
        raise MatchError(_("Write something first."))
    with house_scope(), transaction.atomic():
        enquiry = Enquiry.objects.get(pk=enquiry.pk)
        if not by.is_staff and by.partner_id not in (enquiry.asking_id, enquiry.asked_id):
            raise MatchError(_("This is between two other partners."))
        if enquiry.state in (EnquiryState.DECLINED, EnquiryState.WITHDRAWN):
            raise MatchError(_("This is closed. Send a new enquiry."))
        recent = EnquiryMessage.objects.filter(enquiry=enquiry, by=by, body=body, at__gt=timezone.now() - SAME_WITHIN)
        if again := recent.first():
            return again
        message = EnquiryMessage.objects.create(
            enquiry=enquiry, partner_id=by.partner_id, by=by, by_name=by.name, body=body
        )
        for partner in {enquiry.asking_id, enquiry.asked_id} - {by.partner_id}:
            _tell(
                enquiry, partner, kinds.ENQUIRY_MESSAGE, f"enquiry-message-{message.pk}", who=by.name, text=body[:300]
            )
    return message


def _locked(enquiry: Enquiry) -> Enquiry:
    return Enquiry.objects.select_for_update(no_key=True).get(pk=enquiry.pk)


def _settle(enquiry: Enquiry, state: EnquiryState, by: Membership, reason: str) -> None:
    if enquiry.state != EnquiryState.OPEN:
        raise MatchError(_("This has been answered meanwhile."))
    enquiry.state, enquiry.reason = state, reason.strip()[:500]
    enquiry.answered_at, enquiry.answered_by_name = timezone.now(), by.name
    enquiry.save(update_fields=["state", "reason", "answered_at", "answered_by_name"])


def _tell(enquiry: Enquiry, partner_id: int, kind: NoticeKind, key: str, **facts: object) -> None:
    facts |= {"enquiry": enquiry.pk, "subject": enquiry.subject, "kind": enquiry.kind}
    tell(members_with(Right.PORTAL_PROFILE_EDIT).filter(partner=partner_id), kind, key=key, facts=facts)


# --- Introductions ----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_reward(reward: IntroductionReward, *, by: Membership) -> IntroductionReward:
    """Keep what a partner gets for an introduction; a new one is told to it, and so is that it was paid.

    The same again within a minute is the same.
    """
    if reward.amount is None and not reward.favour:
        raise MatchError(_("Say an amount, or a favour."))
    if reward.prospect is not None:
        if reward.prospect.introduced_by_partner_id != reward.partner_id:
            raise MatchError(_("This partner did not introduce that company."))
        reward.company = str(reward.prospect)
    if reward.state == RewardState.PAID:
        reward.paid_on = reward.paid_on or timezone.localdate()
    else:
        reward.paid_on = None
    if reward._state.adding:
        reward.by = by
        Partner.objects.select_for_update(no_key=True).get(pk=reward.partner_id)
        again = IntroductionReward.objects.filter(
            **{name: getattr(reward, name) for name in REWARD_FIELDS},
            created_at__gt=timezone.now() - SAME_REWARD_WITHIN,
        ).first()
        if again is not None:
            return again
    reward.save()
    facts = {
        "company": reward.company,
        "state": reward.state,
        "favour": reward.favour,
        "amount": str(reward.amount or ""),
    }
    tell(
        members_with(Right.PORTAL_PROFILE_EDIT).filter(partner=reward.partner_id),
        kinds.REWARD_RECORDED,
        key=f"reward-{reward.pk}-{reward.state}",
        facts=facts,
    )
    return reward
