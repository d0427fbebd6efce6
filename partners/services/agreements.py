"""Everything that changes agreements: made from a template, sent, answered, ended, renewed. `_move` alone writes a state."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals.selectors import has_routes, open_request, open_requests
from approvals.services import ApprovalError, request_approval, withdraw
from pages import formats
from partners import terms
from partners.agreement_text import fill, sha256_of
from partners.models import (
    NEXT_AGREEMENT_STATES,
    Agreement,
    AgreementState,
    AgreementTemplate,
    AgreementType,
    Partner,
    Renewal,
    Territory,
)
from partners.models.agreements import AGREEMENT_SUBJECT
from partners.services import agreement_notices as telling
from partners.services.onboarding import check_partner
from partners.services.tasks import create_task
from tenancy.errors import DomainError
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right

SENT_AGAIN_BEFORE = dt.timedelta(days=60)
"""How long before its end an agreement that has to be accepted again is sent anew."""


class AgreementError(DomainError):
    """A step that an agreement cannot take now."""


# --- Making and sending -----------------------------------------------------------------------------------------------


@transaction.atomic
def create_agreement(
    partner: Partner,
    kind: AgreementType,
    *,
    starts_on: dt.date,
    by: Membership | None = None,
    send: bool = False,
    language: str = "",
    terms_of: Mapping[str, Any] | None = None,
    first: Agreement | None = None,
) -> Agreement:
    """An agreement with a partner from the latest published version of a template, sent at once if asked.

    language: the partner's first one that the template speaks, if not given. terms_of: `term_months` (None: open ended),
    `renewal`, `notice_months`, `territory` where they differ from the template's.
    """
    template = published_template(kind)
    manufacturer = Manufacturer.objects.get(pk=kind.manufacturer_id)
    agreement = draft_of(
        partner, template, manufacturer, starts_on=starts_on, language=language, terms_of=terms_of, by=by
    )
    if first is not None:
        agreement.first, agreement.version = first, next_version(first)
    agreement.save(force_insert=True)
    agreement.refresh_from_db(fields=["text_sha256"])
    return send_agreement(agreement, by=by) if send else agreement


def published_template(kind: AgreementType) -> AgreementTemplate:
    """The version from which agreements are made now; a sentence where there is none."""
    template = (
        AgreementTemplate.objects.filter(type=kind, published_at__isnull=False)
        .select_related("type")
        .order_by("-version")
        .first()
    )
    if template is None:
        raise AgreementError(
            _("“%(template)s” has no published text yet. Publish one under Agreement templates.") % {"template": kind}
        )
    return template


def draft_of(
    partner: Partner,
    template: AgreementTemplate,
    manufacturer: Manufacturer,
    *,
    starts_on: dt.date,
    language: str = "",
    terms_of: Mapping[str, Any] | None = None,
    by: Membership | None = None,
) -> Agreement:
    """An agreement as it would be made, not saved: for a preview, and for making many."""
    kind = template.type
    given = dict(terms_of or {})
    months = given.get("term_months", kind.term_months)
    renewal = Renewal(given.get("renewal", kind.renewal))
    if renewal != Renewal.ENDS and months is None:
        raise AgreementError(_("Only an agreement with a term can be renewed. Give the term in months."))
    language = language_of(partner, template, manufacturer, language)
    ends_on = terms.term_end(starts_on, months) if months else None
    agreement = Agreement(
        manufacturer_id=manufacturer.pk,
        partner=partner,
        type=kind,
        template=template,
        title=(kind.names.get(language) or str(kind))[:200],
        language=language,
        starts_on=starts_on,
        term_months=months,
        ends_on=ends_on,
        renewal=renewal,
        notice_months=given.get("notice_months", kind.notice_months),
        created_by=by,
    )
    agreement.text = fill(template.texts[language], values_for(agreement, manufacturer, given.get("territory") or ""))
    agreement.text_sha256 = sha256_of(agreement.text)
    return agreement


def values_for(agreement: Agreement, manufacturer: Manufacturer, territory: str = "") -> dict[str, str]:
    """What stands for each placeholder, in the agreement's language."""
    partner, language = agreement.partner, agreement.language
    with translation.override(language):
        address = [partner.postal_code, partner.region, partner.city, partner.address]
        return {
            "partner_name": (partner.local_name if language != "en" else "") or partner.name,
            "partner_code": partner.code,
            "business_number": partner.business_number or "–",
            "partner_address": " ".join(part for part in address if part) or "–",
            "territory": territory or ", ".join(territory_names(partner)) or "–",
            "manufacturer_name": manufacturer.names.get(language) or manufacturer.name,
            "channel_manager": partner.channel_manager.name if partner.channel_manager else "–",
            "start": formats.date(agreement.starts_on, language),
            "end": (
                formats.date(agreement.ends_on, language)
                if agreement.ends_on
                else pgettext("end of an agreement", "with no end")
            ),
            "term_months": str(agreement.term_months or "–"),
            "notice_months": str(agreement.notice_months),
            "date": formats.date(timezone.localdate(), language),
        }


def territory_names(partner: Partner) -> list[str]:
    """The territories that a partner covers, in their order, as the reader's language calls them. One query."""
    covered = Territory.objects.filter(coverage__partner=partner, is_retired=False)
    return [str(territory) for territory in covered]


def language_of(partner: Partner, template: AgreementTemplate, manufacturer: Manufacturer, asked: str = "") -> str:
    """The language asked for, else the partner's own, else the manufacturer's first, among those the template speaks."""
    spoken = [language for language, text in template.texts.items() if text.strip()]
    if asked:
        if asked not in spoken:
            raise AgreementError(_("The template has no text in this language. Write one, or choose another language."))
        return asked
    wanted = [*partner.languages, *manufacturer.languages, *spoken]
    return next(language for language in wanted if language in spoken)


def next_version(first: Agreement) -> int:
    """The number of the next renewal of an agreement."""
    latest = Agreement.objects.filter(first=first).order_by("-version").values_list("version", flat=True).first()
    return (latest or 1) + 1


def goes_along_a_line(kind: AgreementType) -> bool:
    """Whether agreements of this type are approved before they are sent."""
    return kind.needs_approval and has_routes(AGREEMENT_SUBJECT)


@transaction.atomic
def send_agreement(agreement: Agreement, *, by: Membership | None) -> Agreement:
    """Put a draft before the partner, or where its type goes along an approval line, ask for that.

    Until the last approval it stays a draft. Asked twice, it is one request; what waits to be approved goes out by that
    alone, whatever lines there are by now.
    """
    agreement.refresh_from_db(fields=["state"])
    _check_step(agreement, AgreementState.SENT)
    if open_request(AGREEMENT_SUBJECT, agreement.pk) is not None:
        return agreement
    if not goes_along_a_line(agreement.type):
        return deliver_agreement(agreement)
    request_approval(
        AGREEMENT_SUBJECT,
        agreement.pk,
        lambda: _("%(agreement)s with %(partner)s") % {"agreement": agreement.title, "partner": agreement.partner},
        by=by,
        partner_id=agreement.partner_id,
        facts={"sha256": agreement.text_sha256},
    )
    return agreement


@transaction.atomic
def deliver_agreement(agreement: Agreement) -> Agreement:
    """Put a draft before the partner: from now on its text cannot change. Who can read agreements there is told."""
    agreement = _move(agreement, AgreementState.SENT, sent_at=timezone.now())
    telling.tell_sent(agreement)
    return agreement


@transaction.atomic
def withdraw_agreement(agreement: Agreement, *, by: Membership | None, reason: str) -> Agreement:
    """The manufacturer takes back what nobody has accepted yet."""
    was_sent = agreement.state == AgreementState.SENT
    withdraw(AGREEMENT_SUBJECT, agreement.pk, because=_("The agreement was withdrawn."))
    agreement = _move(agreement, AgreementState.WITHDRAWN, reason=_reason(reason), closed_at=timezone.now())
    if was_sent:
        telling.tell_partner(agreement, "withdrawn")
    return agreement


@transaction.atomic
def remind(agreements: QuerySet[Agreement], *, day: dt.date) -> int:
    """Ask the partners of agreements that wait for acceptance once more, at most once a day; returns who was told."""
    return telling.remind_of(agreements.filter(state=AgreementState.SENT), day)


def withdraw_requests(partner: Partner) -> int:
    """The partner's drafts need not be approved any more; returns how many were to be."""
    drafts = Agreement.objects.filter(partner=partner, state=AgreementState.DRAFT)
    waiting = open_requests(AGREEMENT_SUBJECT).filter(subject_id__in=drafts.values("pk"))
    subjects = sorted(waiting.values_list("subject_id", flat=True))
    for subject_id in subjects:
        withdraw(AGREEMENT_SUBJECT, subject_id, because=_("The partnership ended."))
    return len(subjects)


# --- The partner's answer ---------------------------------------------------------------------------------------------


@transaction.atomic
def accept_agreement(
    agreement: Agreement, *, by: Membership, name: str, role: str, address: str | None, sha256: str
) -> bool:
    """The partner accepts the text whose hash it was shown. False, and nothing changes, if it was accepted before.

    A double click, or two people at once, give one acceptance: the first. The PDF is written by a worker.
    """
    if not by.can(Right.PORTAL_AGREEMENTS_ACCEPT) or by.partner_id != agreement.partner_id:
        raise AgreementError(_("Your role does not allow accepting agreements. Ask an admin of your company."))
    current = _locked(agreement)
    if current.accepted_at is not None:
        return False
    if sha256 != current.text_sha256 or sha256_of(current.text) != current.text_sha256:
        raise AgreementError(_("This is not the text that you were shown. Open the agreement again and read it anew."))
    _move(
        current,
        AgreementState.ACCEPTED,
        accepted_at=timezone.now(),
        accepted_by=by,
        accepted_name=name,
        accepted_role=role,
        accepted_address=address,
    )
    telling.tell_staff(current, "accepted", name)
    _write_pdf_soon(current)
    check_partner(current.partner)
    return True


@transaction.atomic
def refuse_agreement(agreement: Agreement, *, by: Membership, reason: str) -> Agreement:
    """The partner does not accept, and says why."""
    if not by.can(Right.PORTAL_AGREEMENTS_ACCEPT) or by.partner_id != agreement.partner_id:
        raise AgreementError(_("Your role does not allow answering agreements. Ask an admin of your company."))
    agreement = _move(agreement, AgreementState.REFUSED, reason=_reason(reason), closed_at=timezone.now())
    telling.tell_staff(agreement, "refused", by.name)
    return agreement


# --- The end ----------------------------------------------------------------------------------------------------------


def earliest_end(agreement: Agreement, given_on: dt.date) -> dt.date:
    """The last day of the agreement if notice is given on that day."""
    ends_by_itself = agreement.ends_on if agreement.renewal != Renewal.AUTOMATIC else None
    return terms.last_day_after_notice(given_on, agreement.notice_months, ends_by_itself)


@transaction.atomic
def give_notice(
    agreement: Agreement, *, by: Membership, reason: str, given_on: dt.date, last_day: dt.date | None = None
) -> Agreement:
    """Either side ends an agreement after its notice period, or on a later day; until then it runs on."""
    may = by.can(Right.AGREEMENTS_EDIT if by.is_staff else Right.PORTAL_AGREEMENTS_ACCEPT)
    if not may or not (by.is_staff or by.partner_id == agreement.partner_id):
        raise AgreementError(_("Your role does not allow giving notice."))
    agreement = _locked(agreement)
    if agreement.state != AgreementState.ACCEPTED:
        raise AgreementError(_("Notice can be given only of an agreement that has been accepted and has not ended."))
    if agreement.is_terminated:
        raise AgreementError(_("Notice of this agreement has been given already."))
    earliest = max(earliest_end(agreement, given_on), agreement.starts_on)
    chosen = last_day or earliest
    if chosen < earliest:
        raise AgreementError(
            _("With %(months)s months' notice the agreement ends on %(day)s at the earliest.")
            % {"months": agreement.notice_months, "day": formats.date(earliest, translation.get_language())}
        )
    if agreement.ends_on and agreement.renewal != Renewal.AUTOMATIC and chosen > agreement.ends_on:
        raise AgreementError(
            _("The agreement ends on %(day)s by itself. Choose that day or an earlier one.")
            % {"day": formats.date(agreement.ends_on, translation.get_language())}
        )
    changes = {"notice_on": given_on, "notice_by": by, "ends_on": chosen, "reason": _reason(reason)}
    _write(agreement, changes)
    if by.is_staff:
        telling.tell_partner(agreement, "notice")
    else:
        telling.tell_staff(agreement, "notice", by.name)
    return agreement


@transaction.atomic
def terminate_at_once(agreement: Agreement, *, by: Membership, reason: str, day: dt.date) -> Agreement:
    """The manufacturer ends an agreement for good cause, today and without notice."""
    if not by.is_staff or not by.can(Right.AGREEMENTS_EDIT):
        raise AgreementError(_("Your role does not allow ending agreements."))
    agreement = _locked(agreement)
    agreement = _move(
        agreement,
        AgreementState.TERMINATED,
        reason=_reason(reason),
        notice_on=agreement.notice_on or day,
        notice_by=by,
        ends_on=max(day, agreement.starts_on),
        closed_at=timezone.now(),
    )
    telling.tell_partner(agreement, "terminated")
    return agreement


def close_and_renew(*, day: dt.date) -> dict[str, int]:
    """What the calendar does to agreements up to `day`, also where days were missed; running it again changes nothing.

    Renews what renews itself, sends anew what has to be accepted again, and closes what has passed its last day.
    """
    return {
        "renewed": _renew_automatically(day),
        "sent_again": _send_again(day),
        "closed": _close_passed(day),
    }


def _renew_automatically(day: dt.date) -> int:
    renewed = 0
    due = Agreement.objects.filter(
        state=AgreementState.ACCEPTED, renewal=Renewal.AUTOMATIC, notice_on=None, ends_on__lt=day
    )
    for agreement in due.order_by("pk").iterator(chunk_size=500):
        with transaction.atomic():
            current: Agreement | None = _locked(agreement)
            while current and current.ends_on and current.ends_on < day and current.state == AgreementState.ACCEPTED:
                current = _renewal_of(current)
                renewed += 1
    return renewed


def _renewal_of(agreement: Agreement) -> Agreement:
    """The next period of an agreement that renews itself: the same text and acceptance, the next version of the first."""
    first = agreement.first or agreement
    assert agreement.term_months is not None
    version = agreement.version + 1
    starts_on, ends_on = terms.period(first.starts_on, agreement.term_months, version)
    same = (
        "partner_id type_id template_id title language text term_months renewal notice_months sent_at accepted_at"
        " accepted_by_id accepted_name accepted_role accepted_address created_by_id"
    )
    renewal = Agreement(
        manufacturer_id=agreement.manufacturer_id,
        **{name: getattr(agreement, name) for name in same.split()},
        first=first,
        version=version,
        starts_on=starts_on,
        ends_on=ends_on,
        state=AgreementState.ACCEPTED,
        pdf=agreement.pdf.name,
    )
    renewal.save(force_insert=True)
    _move(agreement, AgreementState.ENDED, reason=str(_("Renewed")), closed_at=timezone.now())
    return renewal


def _send_again(day: dt.date) -> int:
    """The next version of what has to be accepted again, from the latest published text, in good time before the end."""
    sent = 0
    due = (
        Agreement.objects.filter(
            state=AgreementState.ACCEPTED,
            renewal=Renewal.AGAIN,
            notice_on=None,
            ends_on__gte=day,
            ends_on__lte=day + SENT_AGAIN_BEFORE,
        )
        .select_related("first", "type", "partner__channel_manager")
        .order_by("pk")
    )
    for agreement in due.iterator(chunk_size=500):
        first = agreement.first or agreement
        with transaction.atomic():
            _locked(agreement)
            if Agreement.objects.filter(first=first, version__gt=agreement.version).exists():
                continue
            assert agreement.ends_on is not None
            renewal = create_agreement(
                agreement.partner,
                agreement.type,
                starts_on=agreement.ends_on + dt.timedelta(days=1),
                terms_of={
                    "term_months": agreement.term_months,
                    "renewal": agreement.renewal,
                    "notice_months": agreement.notice_months,
                },
                first=first,
            )
            send_unwatched(renewal, by=None)
            sent += 1
    return sent


def send_unwatched(agreement: Agreement, *, by: Membership | None) -> None:
    """Send what nobody watches being sent: where its approval line leads to nobody, a task says so."""
    try:
        send_agreement(agreement, by=by)
    except ApprovalError as error:
        create_task(
            partner=agreement.partner,
            title=_("Send: %(agreement)s") % {"agreement": agreement.title},
            detail=str(error),
            kind="agreement",
            key=str(agreement.pk),
            url_name="partners:agreement",
            url_kwargs={"pk": agreement.pk},
        )


def _close_passed(day: dt.date) -> int:
    """Close what has passed its last day: terminated where notice was given, else ended."""
    passed = Agreement.objects.filter(state=AgreementState.ACCEPTED, ends_on__lt=day)
    now = timezone.now()
    terminated = passed.filter(notice_on__isnull=False).update(state=AgreementState.TERMINATED, closed_at=now)
    ended = (
        passed.filter(notice_on=None)
        .exclude(renewal=Renewal.AUTOMATIC)
        .update(state=AgreementState.ENDED, closed_at=now)
    )
    return terminated + ended


# --- The only writers of an agreement ---------------------------------------------------------------------------------


def _locked(agreement: Agreement) -> Agreement:
    return (
        Agreement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("first", "type", "partner")
        .get(pk=agreement.pk)
    )


def _move(agreement: Agreement, to: AgreementState, **changes: Any) -> Agreement:
    """The only writer of an agreement's state."""
    agreement = _locked(agreement)
    _check_step(agreement, to)
    return _write(agreement, {"state": to, **changes})


def _check_step(agreement: Agreement, to: AgreementState) -> None:
    before = AgreementState(agreement.state)
    if to not in NEXT_AGREEMENT_STATES[before]:
        raise AgreementError(
            _("An agreement at “%(before)s” cannot become “%(to)s”.") % {"before": before.label, "to": to.label}
        )


def _write(agreement: Agreement, changes: Mapping[str, Any]) -> Agreement:
    for name, value in changes.items():
        setattr(agreement, name, value)
    agreement.save(update_fields=list(changes))
    return agreement


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise AgreementError(_("Say why, in a few words."))
    return reason[:500]


def _write_pdf_soon(agreement: Agreement) -> None:
    from partners.tasks import write_agreement_pdf

    write_agreement_pdf.delay_on_commit(manufacturer_id=agreement.manufacturer_id, agreement_id=agreement.pk)
