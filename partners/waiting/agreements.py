"""What waits because of agreements and papers: the partner's answer and its papers, and the review by staff."""

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pages import formats
from pages.paging import count_up_to
from partners import selectors
from partners.models import AgreementState
from partners.selectors import agreements as reading
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting


@register_waiting(
    side="portal",
    probe="EXISTS (SELECT FROM partners_agreement WHERE partner_id = %(partner)s AND state = 'sent')",
)
def agreements_to_answer(member: Membership) -> list[WaitingItem]:
    """Agreements that wait for the company's answer."""
    if not member.can(Right.PORTAL_AGREEMENTS_ACCEPT) or not member.has_function("agreements"):
        return []
    return [
        WaitingItem(
            _("Read and accept: %(title)s") % {"title": agreement.title},
            _("Valid from %(day)s") % {"day": formats.date(agreement.starts_on, get_language())},
            member.url("partners_portal:agreement", pk=agreement.pk),
            _("Read it"),
        )
        for agreement in reading.agreement_rows(member).filter(state=AgreementState.SENT).order_by("pk")
    ]


@register_waiting(side="portal", probe="EXISTS (SELECT FROM partners_papertype)")
def papers_to_hand_in(member: Membership) -> list[WaitingItem]:
    """Papers that the company owes, with what they block."""
    if member.partner is None or not member.can(Right.PORTAL_AGREEMENTS) or not member.has_function("agreements"):
        return []
    owed = [need for need in reading.paper_needs(member.partner, day=timezone.localdate()) if need.is_open]
    if not owed:
        return []
    blocked = selectors.blocked_by(selectors.permissions_of(member.partner), member, member.partner.pk)
    by_paper = {block["reason"].subject: block for block in blocked if block["reason"].obstacle.startswith("paper")}
    items = []
    for need in owed:
        detail = ""
        if need.type.pk in by_paper:
            activities = ", ".join(str(label) for label in by_paper[need.type.pk]["activities"])
            detail = _("Until then not possible: %(activities)s") % {"activities": activities}
        items.append(
            WaitingItem(
                _("%(paper)s: %(state)s") % {"paper": need.type, "state": need.label},
                detail,
                member.url("partners_portal:paper_upload", pk=need.type.pk),
                _("Hand it in"),
            )
        )
    return items


@register_waiting(side="staff")
def papers_to_review(member: Membership) -> list[WaitingItem]:
    """For staff: papers of their partners that wait for review."""
    if not member.can(Right.AGREEMENTS_EDIT) or not member.has_function("agreements"):
        return []
    waiting = reading.papers_to_review(member)
    first = waiting.first()
    if first is None:
        return []
    count = count_up_to(waiting)
    return [
        WaitingItem(
            ngettext("%(count)s paper waits for review", "%(count)s papers wait for review", count)
            % {"count": formats.number(count)},
            _("The oldest: %(paper)s of %(partner)s") % {"paper": first.type, "partner": first.partner},
            member.url("partners:paper", pk=first.pk),
            _("Review"),
            count=count,
        )
    ]
