"""Cases of channel conflict: raised, looked at, decided along an approval line, appealed, closed.

A partner's steps go through the house. What a decision gives is written with it: a credit with the direct sale, a
compensation with the case.
"""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.services import request_approval
from commerce.models import CreditState, DirectSale
from leads.models import (
    CONFLICT_FOLDER,
    CONFLICT_SUBJECT,
    NEXT_CASE_STATES,
    CaseOutcome,
    CaseState,
    ConflictCase,
    ConflictFile,
    ConflictKind,
    ConflictMessage,
    ConflictStep,
)
from leads.notice_kinds.conflicts import CONFLICT_APPEALED, CONFLICT_DECIDED, CONFLICT_MESSAGE, CONFLICT_OPENED
from notices.registry import NoticeKind
from notices.services import tell
from partners.models import Partner
from partners.services.house import house_scope
from tenancy.errors import DomainError
from tenancy.files import clean_name, digest, stored_name
from tenancy.models import Language, Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

APPEAL_DAYS = 14
"""So long after a decision a partner may appeal; then the case is closed."""
SAME_WITHIN = dt.timedelta(seconds=30)
MOST_FILES = 50
PAID = (CaseOutcome.CREDIT, CaseOutcome.COMPENSATE, CaseOutcome.SHARE)
"""Decisions that may come with money."""


class ConflictError(DomainError):
    """A step that a case cannot take now."""


@dataclass(frozen=True)
class Decision:
    """What somebody wants to decide."""

    outcome: str
    reason: str
    compensation: Decimal | None = None
    shows_names: bool = False

    def facts(self, by: Membership) -> dict[str, Any]:
        """As it goes along the approval line."""
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "compensation": str(self.compensation) if self.compensation is not None else None,
            "shows_names": self.shows_names,
            "by": by.pk,
        }

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Decision":
        """As it was asked for."""
        amount = facts.get("compensation")
        return cls(facts["outcome"], facts["reason"], Decimal(amount) if amount else None, facts["shows_names"])


def raise_case(case: ConflictCase, *, by: Membership) -> ConflictCase:
    """Somebody of either side says that there is a conflict. The same again within half a minute is the same."""
    with house_scope(), transaction.atomic():
        if by.partner_id:
            case.partner_id, case.other = by.partner_id, None
            case.raised_by_partner = True
        if case.other_id is not None and case.other_id == case.partner_id:
            raise ConflictError(_("A conflict is between two: choose another partner."))
        Partner.objects.select_for_update(no_key=True).get(pk=case.partner_id)
        again = ConflictCase.objects.filter(
            partner=case.partner_id, kind=case.kind, subject=case.subject, raised_by_name=by.name,
            opened_at__gt=timezone.now() - SAME_WITHIN,
        ).first()  # fmt: skip
        if again is not None:
            return again
        case.reference = new_reference()
        case.raised_by_name = by.name
        case.save(force_insert=True)
        ConflictStep.objects.create(case=case, to_state=case.state, at=case.opened_at, by=by)
        tell_opened(case, by=by)
    return case


def new_reference() -> str:
    """A reference that nobody can count from."""
    return f"C{secrets.token_hex(4).upper()}"


@transaction.atomic
def review(case: ConflictCase, *, by: Membership) -> ConflictCase:
    """Somebody of the staff looks at it, and is responsible from now on."""
    case = _locked(case)
    if case.state == CaseState.REVIEW:
        return case
    case.owner = by
    return _go(case, CaseState.REVIEW, by=by)


def name_other(case: ConflictCase, other: Partner | None, *, by: Membership) -> ConflictCase:
    """Staff say who the other partner is, before there is a decision. It reads the case from now on."""
    with transaction.atomic():
        case = _locked(case)
        if case.state not in (CaseState.OPEN, CaseState.REVIEW):
            raise ConflictError(_("This is decided already."))
        if other is not None and other.pk == case.partner_id:
            raise ConflictError(_("A conflict is between two: choose another partner."))
        case.other = other
        case.save(update_fields=["other"])
        if other is not None:
            _tell(members_with(Right.PORTAL_DEALS).filter(partner=other), CONFLICT_OPENED, case, "other")
    return case


@transaction.atomic
def propose(case: ConflictCase, decision: Decision, *, by: Membership) -> ConflictCase:
    """Decide a case: at once where no approval line fits, else when the line has agreed.

    An appeal is decided by somebody who did not take the first decision.
    """
    case = _locked(case)
    if case.state == CaseState.OPEN:
        case.owner = by
        case = _go(case, CaseState.REVIEW, by=by)
    if case.state not in (CaseState.REVIEW, CaseState.APPEALED):
        raise ConflictError(_("This is decided already."))
    if case.proposed:
        raise ConflictError(_("A decision is in approval already."))
    _check_decision(case, decision, by)
    case.proposed = decision.facts(by)
    case.save(update_fields=["proposed"])
    request_approval(
        CONFLICT_SUBJECT,
        case.pk,
        lambda: _("%(kind)s: %(reference)s") % {"kind": case.get_kind_display(), "reference": case.reference},
        by=by,
        amount=decision.compensation,
        partner_id=case.partner_id,
        facts=case.proposed,
    )
    case.refresh_from_db()
    return case


def _check_decision(case: ConflictCase, decision: Decision, by: Membership) -> None:
    if not decision.reason.strip():
        raise ConflictError(_("Say why: the partners read it."))
    if decision.compensation and decision.outcome not in PAID:
        raise ConflictError(_("Money goes with a credit, a compensation or a share. Take out the amount."))
    if decision.outcome == CaseOutcome.COMPENSATE and not decision.compensation:
        raise ConflictError(_("Say how much the compensation is."))
    if decision.outcome == CaseOutcome.CREDIT and case.sale_id is None:
        raise ConflictError(_("There is no direct sale in this case that could be credited."))
    if decision.outcome in (CaseOutcome.SECOND, CaseOutcome.SHARE) and case.other_id is None:
        raise ConflictError(_("Say first who the other partner is."))
    if case.state == CaseState.APPEALED and by.pk == case.decided_by_id:
        raise ConflictError(_("You took the first decision: somebody else has to decide the appeal."))


@transaction.atomic
def decide(request: Request, *, by: Membership | None) -> ConflictCase:
    """The line has agreed: the decision is taken, and what it gives is recorded."""
    case = _locked(ConflictCase.objects.get(pk=request.subject_id))
    decision = Decision.of(request.facts)
    decider = Membership.objects.filter(pk=request.facts.get("by")).first() or by
    if case.state == CaseState.APPEALED and by is not None and by.pk == case.decided_by_id:
        raise ConflictError(_("You took the first decision: somebody else has to decide the appeal."))
    is_appeal = case.state == CaseState.APPEALED
    if is_appeal:
        case.first_decision = {
            "outcome": case.outcome,
            "reason": case.reason,
            "compensation": str(case.compensation) if case.compensation is not None else None,
            "by": case.decided_by.name if case.decided_by else "",
            "at": case.decided_at.isoformat() if case.decided_at else None,
        }
    case.outcome, case.reason = decision.outcome, decision.reason.strip()[:1000]
    case.compensation, case.shows_names = decision.compensation, decision.shows_names
    case.decided_by, case.decided_at, case.proposed = decider, timezone.now(), {}
    _record_credit(case)
    case = _go(case, CaseState.CLOSED if is_appeal else CaseState.DECIDED, by=decider)
    until = timezone.localdate(case.decided_at) + dt.timedelta(days=APPEAL_DAYS)
    people = members_with(Right.PORTAL_DEALS).filter(partner__in=[pk for pk in (case.partner_id, case.other_id) if pk])
    _tell(people, CONFLICT_DECIDED, case, "appeal" if is_appeal else "first", until_on=until.isoformat())
    return case


@transaction.atomic
def not_agreed(request: Request, *, reason: str = "", by: Membership | None = None) -> ConflictCase:
    """The line did not agree, or it was taken back: the case waits for another decision."""
    case = _locked(ConflictCase.objects.get(pk=request.subject_id))
    case.proposed = {}
    case.save(update_fields=["proposed"])
    if reason and by is not None:
        ConflictMessage.objects.create(
            case=case, by=by, by_name=by.name, body=_("Not approved: %(reason)s") % {"reason": reason}
        )
    return case


def appeal(case: ConflictCase, *, text: str, by: Membership) -> ConflictCase:
    """One of the partners does not agree with the decision; once, and in time."""
    if not text.strip():
        raise ConflictError(_("Say why the decision should be another."))
    with house_scope(), transaction.atomic():
        case = _locked(case, by)
        if case.state == CaseState.APPEALED:
            raise ConflictError(_("There is an appeal already."))
        if not may_appeal(case):
            raise ConflictError(_("The time to appeal is over."))
        case.appeal, case.appealed_at = text.strip()[:4000], timezone.now()
        case.appealed_by_id = by.partner_id
        case = _go(case, CaseState.APPEALED, by=by)
        staff = members_with(Right.CONFLICTS).filter(partner=None)
        if case.decided_by_id:
            staff = staff.exclude(pk=case.decided_by_id)
        _tell(staff, CONFLICT_APPEALED, case, "", who=by.partner.names if by.partner else by.name)
    return case


def may_appeal(case: ConflictCase, *, now: dt.datetime | None = None) -> bool:
    """Whether there is a decision that can still be appealed against."""
    return (
        case.state == CaseState.DECIDED
        and case.decided_at is not None
        and (now or timezone.now()) < case.decided_at + dt.timedelta(days=APPEAL_DAYS)
    )


@transaction.atomic
def close(case: ConflictCase, *, reason: str, by: Membership) -> ConflictCase:
    """Staff close what is no conflict, or what both sides have settled."""
    case = _locked(case)
    if case.state == CaseState.CLOSED:
        return case
    if case.state not in (CaseState.OPEN, CaseState.REVIEW) or case.proposed:
        raise ConflictError(_("What is decided closes by itself when the time to appeal is over."))
    if not reason.strip():
        raise ConflictError(_("Say why: the partners read it."))
    case.reason = reason.strip()[:1000]
    return _go(case, CaseState.CLOSED, by=by)


@transaction.atomic
def close_due(*, now: dt.datetime | None = None) -> int:
    """Close what was decided and not appealed against in time; returns how many."""
    now = now or timezone.now()
    due = ConflictCase.objects.select_for_update(no_key=True, skip_locked=True).filter(
        state=CaseState.DECIDED, decided_at__lte=now - dt.timedelta(days=APPEAL_DAYS)
    )
    cases = list(due)
    ConflictStep.objects.bulk_create(
        ConflictStep(case=case, from_state=case.state, to_state=CaseState.CLOSED, at=now) for case in cases
    )
    ConflictCase.objects.filter(pk__in=[case.pk for case in cases]).update(
        state=CaseState.CLOSED, state_since=now, closed_at=now
    )
    return len(cases)


def say(case: ConflictCase, *, body: str, by: Membership, thread: int | None = None) -> ConflictMessage:
    """Say something: a partner in its own thread; staff in that of a partner, or among themselves without one."""
    body = body.strip()[:4000]
    if not body:
        raise ConflictError(_("Write something first."))
    with house_scope(), transaction.atomic():
        case = _locked(case, by)
        thread = _thread(case, thread, by)
        again = ConflictMessage.objects.filter(
            case=case, by=by, body=body, partner=thread, at__gt=timezone.now() - SAME_WITHIN
        ).first()
        if again is not None:
            return again
        message = ConflictMessage.objects.create(
            case=case, partner_id=thread, by=by, by_name=by.name, by_staff=by.is_staff, body=body
        )
        facts = {"who": by.name, "text": body[:300]}
        if by.partner_id:
            people = members_with(Right.CONFLICTS).filter(partner=None)
            people = people.filter(pk=case.owner_id) if case.owner_id else people
            facts["who"] = f"{by.name} ({by.partner})"
        elif thread:
            people = members_with(Right.PORTAL_DEALS).filter(partner=thread)
        else:
            return message
        _tell(people, CONFLICT_MESSAGE, case, f"message-{message.pk}", **facts)
    return message


def put_evidence(case: ConflictCase, upload: Any, *, by: Membership, thread: int | None = None) -> ConflictFile:
    """Keep a piece of evidence, once. The upload has been checked by `tenancy.files.UploadField`."""
    with house_scope(), transaction.atomic():
        case = _locked(case, by)
        thread = _thread(case, thread, by)
        if case.state == CaseState.CLOSED:
            raise ConflictError(_("This case is closed."))
        found = digest(upload)
        known = ConflictFile.objects.filter(case=case, partner=thread, sha256=found).first()
        if known is not None:
            return known
        if ConflictFile.objects.filter(case=case).count() >= MOST_FILES:
            raise ConflictError(_("A case keeps at most %(most)s files.") % {"most": MOST_FILES})
        name = clean_name(upload.name or "")
        row = ConflictFile(
            case=case, partner_id=thread, original_name=name, content_type=upload.checked_type, size=upload.size,
            sha256=found, by=by, by_name=by.name,
        )  # fmt: skip
        row.file.save(stored_name(case.manufacturer_id, CONFLICT_FOLDER, name), upload, save=False)
        row.save(force_insert=True)
    return row


def tell_opened(case: ConflictCase, *, by: Membership | None) -> None:
    """Both sides hear of a new case; who raised it does not."""
    partners = [pk for pk in (case.partner_id, case.other_id) if pk]
    people = members_with(Right.PORTAL_DEALS).filter(partner__in=partners)
    staff = members_with(Right.CONFLICTS).filter(partner=None)
    if by is not None:
        people, staff = people.exclude(pk=by.pk), staff.exclude(pk=by.pk)
    _tell(people, CONFLICT_OPENED, case, "")
    _tell(staff, CONFLICT_OPENED, case, "")


def _tell(people: Any, kind: NoticeKind, case: ConflictCase, part: str, **facts: Any) -> None:
    """Nothing in the facts names a partner to another: `subject` is the kind, what was typed stays on the page."""
    labels = {"subject": _in_every_language(case.kind), "reference": case.reference, "case": case.pk}
    tell(people, kind, key=f"conflict-{case.pk}-{kind.key.partition('.')[2]}-{part}", facts=labels | facts)


def _in_every_language(kind: str) -> dict[str, str]:
    words = {}
    for code in Language.values:
        with translation.override(code):
            words[code] = str(ConflictKind(kind).label)
    return words


def _thread(case: ConflictCase, thread: int | None, by: Membership) -> int | None:
    if by.partner_id:
        return by.partner_id
    if thread is not None and thread not in (case.partner_id, case.other_id):
        raise ConflictError(_("This partner has no part in the case."))
    return thread


def _locked(case: ConflictCase, by: Membership | None = None) -> ConflictCase:
    row = ConflictCase.objects.select_for_update(no_key=True).get(pk=case.pk)
    if by is not None and by.partner_id and by.partner_id not in (row.partner_id, row.other_id):
        raise ConflictError(_("This is between two others."))
    return row


def _go(case: ConflictCase, state: CaseState, *, by: Membership | None) -> ConflictCase:
    if state not in NEXT_CASE_STATES[case.state]:
        raise ConflictError(_("This is decided already."))
    now = timezone.now()
    ConflictStep.objects.create(case=case, from_state=case.state, to_state=state, at=now, by=by)
    case.state, case.state_since = state, now
    if state == CaseState.CLOSED:
        case.closed_at = now
    case.save()
    return case


def _record_credit(case: ConflictCase) -> None:
    """A credit stands with its direct sale; an appeal that finds otherwise takes it away again."""
    if case.sale_id is None:
        return
    sale = DirectSale.objects.select_for_update(no_key=True).get(pk=case.sale_id)
    told = (sale.explanation or {}) | {"why": "conflict", "case": case.reference}
    if case.outcome == CaseOutcome.CREDIT:
        sale.credit_state, sale.credited_to_id = CreditState.CREDITED, case.partner_id
        sale.credit_base = case.compensation if case.compensation is not None else sale.amount_base
        sale.credit_percent = None
    elif sale.explanation.get("case") == case.reference:
        sale.credit_state, sale.credited_to, sale.credit_base, sale.credit_percent = CreditState.NONE, None, None, None
    else:
        return
    sale.explanation, sale.credited_at = told, timezone.now()
    sale.save(
        update_fields=["credit_state", "credited_to", "credit_base", "credit_percent", "explanation", "credited_at"]
    )
