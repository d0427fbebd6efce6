"""What a partner does with its registrations: writes them down, hands them in, takes them back, says how they ended."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from approvals.services import withdraw as withdraw_request
from leads.models import (
    DEAL_SUBJECT,
    ClaimHead,
    ClaimStep,
    ConfirmedVia,
    DealAppeal,
    DealFile,
    DealRegistration,
    DealState,
    ExtensionRequest,
    Lead,
    Opportunity,
    ProtectionEnd,
    Site,
    Tier,
)
from leads.selectors.candidates import Categories
from leads.selectors.deal_conflicts import customers_like
from leads.selectors.deals import calendar, deal_settings, dealers_of, files_of, required_fields
from leads.services.claims import lock_head
from leads.services.deals import telling
from leads.services.deals.common import (
    DealError,
    end_protection,
    facts_of,
    locked,
    move,
    must_own,
    note,
    running_protection,
    write_keys,
)
from leads.services.intake import in_base
from pages import formats
from partners.matching import DEFAULT_THRESHOLD
from partners.models import Activity, Partner
from partners.selectors import may
from tenancy.files import check_upload, clean_name, digest, stored_name
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope

SAID = (
    "title", "customer_name", "contact_name", "business_number", "email", "phone", "website", "address", "city",
    "postal_code", "country", "category", "amount", "currency", "expected_on", "competitor", "note",
)  # fmt: skip
"""What of a registration its partner says."""
SAME_WITHIN = dt.timedelta(seconds=30)
"""The same draft by the same person so soon after is the same click."""
MOST_FILES = 20


def save_deal(
    deal: DealRegistration, *, by: Membership, second: int | None = None, partner: Partner | None = None
) -> DealRegistration:
    """Keep what a partner says of a deal, as a draft or where more was asked for. The same again at once is the same.

    second: the other of two tiers, a dealer that has agreed to it or one's own distributor.
    partner: on whose behalf staff write it.
    """
    owner = partner if by.is_staff else by.partner
    if owner is None:
        raise DealError(_("Deals are registered by partners."))
    with house_scope(), transaction.atomic():
        if not deal._state.adding:
            current = locked(deal)
            must_own(current, by)
            if not current.is_writable:
                raise DealError(_("What is handed in is not changed any more. Withdraw it, and register anew."))
        else:
            head = lock_head()
            if again := _same_click(deal, owner, by):
                return again
            head.deals += 1
            head.save(update_fields=["deals"])
            current = DealRegistration(
                reference=f"D{head.deals:06}",
                registered_by=by,
                entered_by_name=by.name if by.is_staff else "",
                opportunity=Opportunity.objects.filter(pk=deal.opportunity_id or 0, partner=owner.pk).first(),
                lead=Lead.objects.filter(pk=deal.lead_id or 0, partner=owner.pk).first(),
            )
            current.name_partner(Partner.objects.get(pk=owner.pk))
        for name in SAID:
            setattr(current, name, getattr(deal, name))
        current.currency = current.currency or by.manufacturer.currency
        current.amount_base = _in_base(current, by)
        current.site = _site_of(owner, deal.site_id)
        _set_second(current, second)
        current.save()
    return current


def _in_base(deal: DealRegistration, by: Membership) -> Decimal | None:
    """The amount in base currency at today's rate; nothing without one."""
    if deal.amount is None:
        return None
    return in_base(deal.amount, deal.currency, day=timezone.localdate(), base=by.manufacturer.currency)


def _site_of(partner: Partner, pk: int | None) -> Site | None:
    """A site that the partner may read; nothing for another."""
    if pk is None:
        return None
    return Site.objects.filter(pk=pk, merged_into=None, access__partner=partner.pk).first()


def _same_click(deal: DealRegistration, partner: Partner, by: Membership) -> DealRegistration | None:
    return DealRegistration.objects.filter(
        partner=partner.pk,
        registered_by=by,
        state=DealState.DRAFT,
        created_at__gt=timezone.now() - SAME_WITHIN,
        **{name: getattr(deal, name) for name in ("customer_name", "category", "amount", "title", "phone")},
    ).first()


def _set_second(deal: DealRegistration, second: int | None) -> None:
    """Name the other tier, as far as the two belong together."""
    if second is None:
        deal.name_second(None)
        return
    dealer = dealers_of(deal.partner_id).filter(pk=second).first()
    if dealer is not None:
        deal.name_second(dealer, Tier.DEALER)
    elif deal.partner.parent_id == second:
        deal.name_second(Partner.objects.get(pk=second), Tier.DISTRIBUTOR)
    else:
        raise DealError(
            _("Choose your own distributor, or a dealer of yours that has agreed that you act on its behalf.")
        )


@transaction.atomic
def enter_for(
    partner: Partner,
    deal: DealRegistration,
    *,
    by: Membership,
    second: int | None = None,
    upload: UploadedFile | None = None,
) -> DealRegistration:
    """Staff register a deal on a partner's behalf. It is a claim from now on; the partner confirms it before it is answered."""
    if not by.is_staff or not by.can(Right.LEADS_EDIT):
        raise DealError(_("Your role does not allow this."))
    kept = save_deal(deal, by=by, second=second, partner=partner)
    if upload:
        add_file(kept, upload, by=by)
    return submit_deal(kept, by=by)


def confirm_deal(deal: DealRegistration, *, by: Membership) -> DealRegistration:
    """The partner says that what staff entered for it is right: from now on the manufacturer is to answer. Again is the same."""
    with house_scope(), transaction.atomic():
        head = lock_head()
        deal = locked(deal)
        if by.partner_id != deal.partner_id or not by.can(Right.PORTAL_DEALS):
            raise DealError(
                _("Only %(partner)s, for whom it was entered, can confirm it.") % {"partner": deal.shown_partner}
            )
        if deal.confirmed_at is not None:
            return deal
        if not deal.is_unconfirmed:
            raise DealError(_("This registration is at “%(state)s” already.") % {"state": deal.get_state_display()})
        _confirmed(head, deal, by=by)
    return deal


@dataclass(frozen=True)
class Confirmation:
    """How somebody of a partner said that what was entered for it is right."""

    via: str
    on: dt.date
    who: str


@transaction.atomic
def confirm_for(
    deal: DealRegistration, said: Confirmation, *, by: Membership, upload: UploadedFile | None = None
) -> DealRegistration:
    """Staff take down that a partner of whom nobody signs in has confirmed what was entered for it. Again is the same."""
    if not by.is_staff or not by.can(Right.LEADS_EDIT):
        raise DealError(_("Your role does not allow this."))
    head = lock_head()
    deal = locked(deal)
    if deal.confirmed_at is not None:
        return deal
    if not deal.is_unconfirmed or deal.state != DealState.SUBMITTED:
        raise DealError(_("This registration is at “%(state)s” already.") % {"state": deal.get_state_display()})
    if names := ", ".join(signing_in(deal)):
        raise DealError(_("%(names)s can sign in: they confirm it in the portal.") % {"names": names})
    entered_on = timezone.localdate(deal.submitted_at)
    if not entered_on <= said.on <= timezone.localdate():
        raise DealError(
            _("It was entered on %(day)s: it was confirmed between then and today.")
            % {"day": formats.date(entered_on, get_language())}
        )
    if upload is None and said.via in (ConfirmedVia.MAIL, ConfirmedVia.PAPER):
        raise DealError(_("Add the mail or the paper: it is the evidence."))
    files = [add_file(deal, upload, by=by).sha256] if upload else []
    deal.confirmed_via, deal.confirmed_on, deal.confirmed_who = said.via, said.on, said.who.strip()
    _confirmed(head, deal, by=by, via=said.via, said_on=said.on, said_by=deal.confirmed_who, files=files)
    return deal


def _confirmed(head: ClaimHead, deal: DealRegistration, *, by: Membership, **facts: Any) -> None:
    """From now on the manufacturer is to answer."""
    now = timezone.now()
    deal.confirmed_at, deal.confirmed_by = now, by
    deal.due_at = calendar().after(now, deal_settings().answer_hours)
    deal.save(
        update_fields=[
            "confirmed_at", "confirmed_by", "confirmed_via", "confirmed_on", "confirmed_who", "due_at", "updated_at",
        ]
    )  # fmt: skip
    note(head, deal, ClaimStep.CONFIRMED, by=by, at=now, **facts)
    telling.submitted(deal, by=by)


def signing_in(deal: DealRegistration) -> list[str]:
    """Who of its partner can sign in and confirm what was entered for it: some of their names."""
    people = telling.people_of(deal).filter(partner=deal.partner_id)
    return list(people.order_by("name", "pk").values_list("name", flat=True)[:3])


def submit_deal(deal: DealRegistration, *, by: Membership) -> DealRegistration:
    """Hand a registration in. From this moment it is a claim, and stands in the log.

    Refused with a sentence while the partner may not register deals, or something is missing.
    """
    with house_scope(), transaction.atomic():
        head = lock_head()
        deal = locked(deal)
        must_own(deal, by)
        if deal.state == DealState.SUBMITTED:
            return deal
        if not deal.is_writable:
            raise DealError(_("This registration is at “%(state)s” already.") % {"state": deal.get_state_display()})
        permission = may(deal.partner, Activity.DEALS, lines=Categories().up(deal.category_id))
        if not permission:
            raise DealError(
                _("Deals cannot be registered now. %(reasons)s")
                % {"reasons": " ".join(f"{reason}." for reason in permission.reasons)}
            )
        settings = deal_settings()
        if missing := missing_fields(deal, required_fields(settings)):
            raise DealError(_("Fill in what is missing: %(fields)s.") % {"fields": ", ".join(missing)})
        now = timezone.now()
        confirmed: dict[str, Any] = {}
        if deal.entered_by_name and not by.is_staff and deal.confirmed_at is None:
            confirmed = {"confirmed_at": now, "confirmed_by": by}  # handed in by itself, it says so, too
        is_for_another = by.is_staff and deal.confirmed_at is None
        move(
            deal,
            DealState.SUBMITTED,
            reason="",
            customer=_known_customer(deal),
            submitted_at=now,
            due_at=None if is_for_another else calendar().after(now, settings.answer_hours),
            answered_at=None,
            answered_by=None,
            answer_minutes=None,
            **confirmed,
        )
        write_keys(deal)
        files = list(files_of(deal).values_list("sha256", flat=True))
        note(head, deal, ClaimStep.SUBMITTED, by=by, at=now, **facts_of(deal, files=files))
        if is_for_another:
            telling.to_confirm(deal, by=by)
        else:
            telling.submitted(deal, by=by)
    return deal


def missing_fields(deal: DealRegistration, required: list[str]) -> list[str]:
    """What must be said and is not, as a reader calls it."""
    fields = DealRegistration._meta
    return [
        str(fields.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name in required
        if getattr(deal, name) in (None, "")
    ]


def _known_customer(deal: DealRegistration) -> Any:
    """Which of the known customers it seems to be; who decides may say otherwise."""
    found = customers_like(deal)
    return found[0][0] if found and found[0][1] >= DEFAULT_THRESHOLD else None


def withdraw_deal(deal: DealRegistration, *, by: Membership) -> DealRegistration:
    """The partner takes a registration back before it is answered. Asked again, it is the same."""
    with house_scope(), transaction.atomic():
        # Requests end first: a decision locks its request before the registration, too.
        withdraw_request(DEAL_SUBJECT, deal.pk, because=_("The partner has withdrawn it."))
        head = lock_head()
        deal = locked(deal)
        must_own(deal, by)
        if deal.state == DealState.WITHDRAWN:
            return deal
        was_claimed, now = deal.state != DealState.DRAFT, timezone.now()
        move(deal, DealState.WITHDRAWN, closed_at=now)
        if was_claimed:
            note(head, deal, ClaimStep.WITHDRAWN, by=by, at=now)
            telling.closed(deal, by=by)
    return deal


def release_deal(deal: DealRegistration, *, by: Membership, reason: str = "") -> DealRegistration:
    """The partner gives its protection up; others may register from this moment."""
    return _close(deal, DealState.RELEASED, by=by, reason=reason, ends=ProtectionEnd.RELEASED)


def lose_deal(deal: DealRegistration, *, by: Membership, reason: str = "") -> DealRegistration:
    """The customer bought elsewhere; the protection ends."""
    return _close(deal, DealState.LOST, by=by, reason=reason, ends=ProtectionEnd.LOST)


def win_deal(deal: DealRegistration, *, by: Membership) -> DealRegistration:
    """The customer has bought. The protection runs to its end, so that the delivery is not disturbed."""
    return _close(deal, DealState.WON, by=by, reason="", ends=None)


def _close(
    deal: DealRegistration, to: DealState, *, by: Membership, reason: str, ends: ProtectionEnd | None
) -> DealRegistration:
    with house_scope(), transaction.atomic():
        head = lock_head()
        deal = locked(deal)
        must_own(deal, by)
        if deal.state == to:
            return deal
        now = timezone.now()
        changes: dict[str, Any] = {"closed_at": now, "reason": reason.strip()[:1000]}
        protection = running_protection(deal, at=now)
        if ends is not None and protection is not None:
            end_protection(protection, ends, at=now)
            changes["protected_until"] = protection.ends_at
        move(deal, to, **changes)
        note(head, deal, to.value, by=by, at=now, reason=changes["reason"], amount=deal.amount)
        telling.closed(deal, by=by)
    return deal


CLAIMING_STATES = (DealState.SUBMITTED, DealState.RETURNED, DealState.APPROVED)
"""A registration at these keeps others away, or is about to."""


def close_deals_of(partner: Partner, *, by: Membership | None) -> list[int]:
    """The partnership ended: what waits for an answer is withdrawn, what is protected is free; which they were."""
    with house_scope(), transaction.atomic():
        open_ = DealRegistration.objects.filter(partner=partner, state__in=CLAIMING_STATES)
        for pk in open_.order_by("pk").values_list("pk", flat=True):
            withdraw_request(DEAL_SUBJECT, pk, because=_("The partnership ended."))
        head, now = lock_head(), timezone.now()
        deals = list(open_.select_related("partner").select_for_update(of=("self",)).order_by("pk"))
        for deal in deals:
            changes: dict[str, Any] = {"closed_at": now, "reason": _("The partnership ended.")}
            protection = running_protection(deal, at=now)
            if protection is not None:
                end_protection(protection, ProtectionEnd.RELEASED, at=now)
                changes["protected_until"] = protection.ends_at
            move(deal, DealState.RELEASED if deal.state == DealState.APPROVED else DealState.WITHDRAWN, **changes)
            note(head, deal, ClaimStep(deal.state), by=by, at=now, reason=changes["reason"])
        return [deal.pk for deal in deals]


def add_file(
    deal: DealRegistration,
    upload: UploadedFile,
    *,
    by: Membership,
    extension: ExtensionRequest | None = None,
    appeal: DealAppeal | None = None,
) -> DealFile:
    """Keep a document of a registration; ValidationError for a file that may not be kept. The same again is the same."""
    content_type, sha256 = check_upload(upload), digest(upload)
    with house_scope(), transaction.atomic():
        deal = locked(deal)
        if not by.is_staff:
            must_own(deal, by)
        known = files_of(deal)
        again = known.filter(sha256=sha256, extension=extension, appeal=appeal).first()
        if again is not None:
            return again
        if known.count() >= MOST_FILES:
            raise DealError(_("A registration takes at most %(count)s files.") % {"count": MOST_FILES})
        row = DealFile(
            deal=deal, extension=extension, appeal=appeal, name=clean_name(upload.name or ""),
            content_type=content_type, size=upload.size or 0, sha256=sha256, by_name=by.name,
        )  # fmt: skip
        row.file.save(stored_name(by.manufacturer_id, "deals", row.name), upload, save=False)
        row.save()
    return row
