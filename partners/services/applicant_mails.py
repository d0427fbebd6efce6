"""Mails to applicants: that their application is in, and that it is refused. Each goes out once."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from partners import tasks
from partners.models import Prospect, ProspectMail, RecruitingTexts
from tenancy.models import Manufacturer
from tenancy.rls import platform_scope
from tenancy.services.mails import compose, send_once, unsent
from tenancy.translation import translated

MOST_REFUSALS_AT_ONCE = 500


def status_token(manufacturer: Manufacturer, reference: str) -> str:
    """What the link of an applicant carries: its reference, signed for this manufacturer."""
    return _signer(manufacturer).sign(reference)


def reference_of(manufacturer: Manufacturer, token: str) -> str | None:
    """The reference that a link carries, or nothing for one that nobody was given."""
    try:
        return _signer(manufacturer).unsign(token)
    except BadSignature:
        return None


def status_path(manufacturer: Manufacturer, reference: str) -> str:
    """Where an applicant sees how far its application is."""
    return reverse(
        "partners_public:apply_status",
        kwargs={"manufacturer": manufacturer.slug, "token": status_token(manufacturer, reference)},
    )


def write_received(prospect: Prospect, manufacturer: Manufacturer) -> None:
    """Tell an applicant that its application is in, with the link to its state."""
    with translation.override(prospect.language):
        subject = _("Your application to %(manufacturer)s: %(reference)s") % {
            "manufacturer": manufacturer,
            "reference": prospect.reference,
        }
        text = _(
            "Dear %(contact)s,\n\nthank you for the application of %(company)s. We read it carefully and answer as soon "
            "as we can. Your reference is %(reference)s. Under the link below you can see at any time how far it is."
        ) % {"contact": prospect.contact_name, "company": prospect.company, "reference": prospect.reference}
    _write([prospect], ProspectMail.Kind.RECEIVED, {prospect.pk: (subject, text)})


def write_refusals(prospects: QuerySet[Prospect]) -> int:
    """Tell applicants politely that it is a no, each in its language and once for all; returns how many are told."""
    manufacturer: Manufacturer | None = None
    texts = RecruitingTexts.objects.first() or RecruitingTexts()
    told = list(prospects.exclude(email="").exclude(applied_at=None).order_by("pk"))
    written: dict[int, tuple[str, str]] = {}
    for prospect in told:
        if manufacturer is None:
            manufacturer = Manufacturer.objects.get(pk=prospect.manufacturer_id)
        written[prospect.pk] = refusal(texts, prospect, manufacturer)
    return _write(told, ProspectMail.Kind.REFUSED, written)


def refusal(texts: RecruitingTexts, prospect: Prospect, manufacturer: Manufacturer) -> tuple[str, str]:
    """Subject and text of a refusal, in the applicant's language."""
    with translation.override(prospect.language):
        own_subject, own_text = texts.refusal_subjects, texts.refusal_texts
        subject, text = default_refusal()
        facts = {
            "{company}": prospect.company,
            "{contact}": prospect.contact_name or prospect.company,
            "{reference}": prospect.reference,
            "{manufacturer}": str(manufacturer),
        }
        if prospect.language in own_subject:
            subject = translated(own_subject, subject)
        if prospect.language in own_text:
            text = translated(own_text, text)
    for place, value in facts.items():
        subject, text = subject.replace(place, value), text.replace(place, value)
    return " ".join(subject.split())[:200], text


def default_refusal() -> tuple[str, str]:
    """The portal's own words, in the language that is active."""
    return (
        _("Your application to {manufacturer}"),
        _(
            "Dear {contact},\n\nthank you for your interest in working with us and for the time you took. We have looked "
            "at the application of {company} carefully and cannot offer a partnership at present. We keep your wish in "
            "mind, and you are welcome to apply again when something has changed.\n\nWe wish you every success."
        ),
    )


def send_applicant_mail(*, manufacturer_id: int, mail_id: int) -> bool:
    """Send one mail unless it is sent already."""

    def write(row: ProspectMail) -> EmailMultiAlternatives:
        manufacturer = Manufacturer.objects.get(pk=manufacturer_id)
        is_received = row.kind == ProspectMail.Kind.RECEIVED
        reference = row.prospect.reference
        return compose(
            "applicant",
            folder="partners/mail",
            to=row.to,
            language=row.language,
            manufacturer=manufacturer,
            mail=row,
            url=settings.PUBLIC_URL + status_path(manufacturer, reference) if is_received else "",
        )

    return send_once(ProspectMail, manufacturer_id, mail_id, write)


def queue_applicant_mails(*, now: dt.datetime | None = None) -> int:
    """Queue again what was committed and never sent; returns how many."""
    with platform_scope():
        waiting = unsent(ProspectMail, now or timezone.now())
    for manufacturer_id, mail_id in waiting:
        tasks.send_applicant_mail.delay(manufacturer_id=manufacturer_id, mail_id=mail_id)
    return len(waiting)


def _write(prospects: list[Prospect], kind: str, texts: dict[int, tuple[str, str]]) -> int:
    keys = [prospect.pk for prospect in prospects]
    known = set(ProspectMail.objects.filter(kind=kind, prospect__in=keys).values_list("prospect_id", flat=True))
    new = [prospect for prospect in prospects if prospect.pk not in known]
    ProspectMail.objects.bulk_create(
        [
            ProspectMail(
                prospect=prospect,
                kind=kind,
                to=prospect.email,
                language=prospect.language,
                subject=texts[prospect.pk][0],
                text=texts[prospect.pk][1],
            )
            for prospect in new
        ],
        ignore_conflicts=True,  # two at once: one mail
    )
    rows: Any = ProspectMail.objects.filter(
        kind=kind, prospect__in=[prospect.pk for prospect in new], mail_sent_at=None
    )
    for manufacturer_id, pk in rows.values_list("manufacturer_id", "pk")[:MOST_REFUSALS_AT_ONCE]:
        tasks.send_applicant_mail.delay_on_commit(manufacturer_id=manufacturer_id, mail_id=pk)
    return len(new)


def _signer(manufacturer: Manufacturer) -> Signer:
    return Signer(salt=f"partners.application.{manufacturer.pk}")
