"""Agreements: what goes to a partner for acceptance is approved first, where the manufacturer has a line for it."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import Fact, SubjectKind, register_subject
from pages import formats
from partners.models import Agreement
from partners.models.agreements import AGREEMENT_SUBJECT
from partners.services import agreements as services
from tenancy.models import Membership
from tenancy.rights import Right


def facts_of(request: Request) -> Sequence[Fact]:
    """What is agreed, and for how long."""
    agreement = Agreement.objects.select_related("type", "template").filter(pk=request.subject_id).first()
    if agreement is None:
        return []
    language = get_language()
    end = formats.date(agreement.ends_on, language) if agreement.ends_on else _("with no end")
    version = _("version %(number)s") % {"number": agreement.template.version}
    return [
        (_("Agreement"), agreement.title),
        (_("Template"), f"{agreement.type} · {version}"),
        (_("Language"), agreement.get_language_display()),
        (_("First day"), formats.date(agreement.starts_on, language)),
        (_("Last day"), end),
        (_("At the end of the term"), agreement.get_renewal_display()),
        (_("Notice in months"), formats.number(agreement.notice_months)),
    ]


def agreement_page(member: Membership, request: Request) -> str:
    """The page with its exact text."""
    return member.url("partners:agreement", pk=request.subject_id)


def send(request: Request, by: Membership | None) -> None:
    """The last approval puts the text that was approved before the partner."""
    agreement = Agreement.objects.get(pk=request.subject_id)
    if agreement.text_sha256 != request.facts.get("sha256"):
        raise services.AgreementError(_("The text is not the one that was to be approved. Refuse it."))
    services.deliver_agreement(agreement)


def keep(request: Request, by: Membership | None) -> None:
    """It stays a draft; its page says who refused it and why."""


register_subject(
    SubjectKind(
        AGREEMENT_SUBJECT,
        label=gettext_lazy("Agreement before it is sent"),
        describe=facts_of,
        url=agreement_page,
        on_approved=send,
        on_refused=keep,
        right=Right.AGREEMENTS_EDIT,
    )
)
