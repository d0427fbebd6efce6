"""Applications: who becomes a partner is decided along an approval line, where the manufacturer has one for them."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import Fact, SubjectKind, register_subject
from approvals.selectors import refusal_reason
from pages import formats
from partners.models import Prospect
from partners.models.recruiting import APPLICATION_SUBJECT
from partners.services import recruiting
from tenancy.models import Membership
from tenancy.rights import Right


def facts_of(request: Request) -> Sequence[Fact]:
    """What the company is, how it scored, and what would be made of it."""
    prospect = Prospect.objects.select_related("source", "owner").filter(pk=request.subject_id).first()
    if prospect is None:
        return []
    made = recruiting.Approval.of(request.facts)
    manager, invited = made.channel_manager, f"{made.name} <{made.email}>" if made.name else made.email
    rows: list[Fact | None] = [
        (_("Company"), prospect),
        (_("Score"), formats.number(prospect.score, 0)) if prospect.score is not None else None,
        (_("An answer rules it out"), _("Yes")) if prospect.is_knocked_out else None,
        (_("Source"), prospect.source) if prospect.source else None,
        (_("Introduced by"), prospect.introducer) if prospect.introducer else None,
        (_("Applied"), formats.date(prospect.applied_at.date(), get_language())) if prospect.applied_at else None,
        (_("Becomes"), f"{made.kind} · {made.code}") if made.kind else None,
        (_("Channel manager"), manager.name) if manager else None,
        (_("Its agreement"), made.agreement_type) if made.agreement_type else None,
        (_("Its first user"), invited) if invited else None,
    ]
    return [row for row in rows if row is not None]


def prospect_page(member: Membership, request: Request) -> str:
    """The prospect's page, for those who recruit."""
    return member.url("partners:prospect", pk=request.subject_id) if member.can(Right.RECRUITING) else ""


def make_partner(request: Request, by: Membership | None) -> None:
    """The last approval does what one step does where there is no line, in the name of who asked for it."""
    asked_by = request.asked_by
    maker = asked_by if asked_by is not None and asked_by.is_active else by
    assert maker is not None
    prospect = recruiting.approve_as_asked(request.subject_id, request.facts, by=maker)
    Request.objects.filter(pk=request.pk).update(partner=prospect.partner_id)


def bring_back(request: Request, by: Membership | None) -> None:
    """It stays where it stands; why it was not approved is kept among the comments."""
    assert by is not None
    words = {"reason": refusal_reason(request)}
    recruiting.comment_on(Prospect.objects.get(pk=request.subject_id), _("Not approved: %(reason)s") % words, by=by)


register_subject(
    SubjectKind(
        APPLICATION_SUBJECT,
        label=gettext_lazy("Application to be a partner"),
        describe=facts_of,
        url=prospect_page,
        on_approved=make_partner,
        on_refused=bring_back,
        right=Right.RECRUITING,
    )
)
