"""Everything that writes the history of contacts."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.letters import Letter, LetterError, read_mail, read_pdf
from partners.models import (
    CodeList,
    Contact,
    ContactCode,
    ContactEntry,
    ContactFile,
    Direction,
    Greeting,
    Partner,
    PersonalNews,
    Task,
    TaskState,
)
from partners.services.contact_codes import DEFAULTS, ensure_codes
from partners.services.tasks import create_task
from tenancy.errors import DomainError
from tenancy.files import check_upload, clean_name, digest, stored_name
from tenancy.models import Membership

FOLDER = "contacts"
STEP = "contact_step"
"""The kind of task that a contact's next step becomes."""
MAIL = "mail"
"""The channel by which mails of the portal go out."""
MAIL_TYPE, PDF_TYPE = "message/rfc822", "application/pdf"
SUMMARY_LENGTH = 4000
SHOWN_IN_PLACE = 200


class ContactHistoryError(DomainError):
    """Something that cannot be noted as a contact."""


def log_contact(entry: ContactEntry, *, by: Membership, files: Iterable[UploadedFile] = ()) -> ContactEntry:
    """Note a contact with a partner, its files, and its next step as a task."""
    with transaction.atomic():
        _check(entry)
        entry.created_by = by
        entry.save(force_insert=True)
        for file in files:
            attach(entry, file, manufacturer_id=by.manufacturer_id)
        _plan_next_step(entry, by=by)
    return entry


def note_mail(mail: Greeting | PersonalNews) -> ContactEntry:
    """A mail that went out to a person stands in the history of contacts with their partner."""
    ensure_codes()
    names = next(names for code, _parent, names in DEFAULTS[CodeList.CHANNEL] if code == MAIL)
    channel, _made = ContactCode.objects.get_or_create(list=CodeList.CHANNEL, code=MAIL, defaults={"names": names})
    return ContactEntry.objects.create(
        partner_id=mail.contact.partner_id,
        contact=mail.contact,
        channel=channel,
        at=mail.mail_sent_at or timezone.now(),
        by=mail.by,
        created_by=mail.by,
        title=mail.subject,
        summary=mail.text[:SUMMARY_LENGTH],
    )


WRITTEN = (
    "channel", "direction", "title", "contact", "others", "at", "by", "subject", "outcome", "summary", "next_step",
    "next_step_on", "is_shared",
)  # fmt: skip


def update_entry(entry: ContactEntry, *, by: Membership, files: Iterable[UploadedFile] = ()) -> ContactEntry:
    """Correct what was noted: what is `WRITTEN` alone, so that it stays with a partner that its own was merged into."""
    with transaction.atomic():
        kept = ContactEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        for name in WRITTEN:
            setattr(kept, name, getattr(entry, name))
        _check(kept)
        kept.save(update_fields=[*WRITTEN, "updated_at"])
        for file in files:
            attach(kept, file, manufacturer_id=by.manufacturer_id)
        _plan_next_step(kept, by=by)
    return kept


def _check(entry: ContactEntry) -> None:
    if entry.contact is not None and entry.contact.partner_id != entry.partner_id:
        raise ContactHistoryError(_("%(name)s is not at this partner.") % {"name": entry.contact})
    if entry.at > timezone.now() + dt.timedelta(days=1):
        raise ContactHistoryError(_("A contact lies in the past. Note what is to come as its next step."))


def _plan_next_step(entry: ContactEntry, *, by: Membership) -> None:
    """A next step with a date waits among the tasks; one that was changed replaces the task that stood for it."""
    key = f"{entry.pk}-{entry.next_step_on}"
    earlier = Task.objects.filter(
        partner_id=entry.partner_id, kind=STEP, key__startswith=f"{entry.pk}-", state=TaskState.OPEN
    )
    if not entry.next_step or entry.next_step_on is None:
        earlier.update(state=TaskState.DROPPED, finished_at=timezone.now(), finished_by=by)
        return
    earlier.exclude(key=key).update(state=TaskState.DROPPED, finished_at=timezone.now(), finished_by=by)
    earlier.filter(key=key).update(title=entry.next_step)
    create_task(
        partner=entry.partner,
        title=entry.next_step,
        due_on=entry.next_step_on,
        owner=entry.by if entry.by and entry.by.partner_id is None else None,
        detail=entry.title,
        kind=STEP,
        key=key,
        url_name="partners:entry",
        url_kwargs={"pk": entry.pk},
        by=by,
    )


def attach(
    entry: ContactEntry, file: UploadedFile, *, manufacturer_id: int, text: str = "", imported_sha256: str = ""
) -> ContactFile:
    """Keep a file with a contact, with the text that is found in it."""
    content_type = check_upload(file)
    if not text and content_type == PDF_TYPE:
        text = _text_of(file)
    kept = ContactFile(
        partner_id=entry.partner_id,
        entry=entry,
        original_name=clean_name(file.name or ""),
        content_type=content_type,
        size=file.size or 0,
        text=text,
        imported_sha256=imported_sha256,
    )
    kept.file.save(stored_name(manufacturer_id, FOLDER, file.name or ""), file, save=False)
    try:
        kept.save()
    except Exception:
        kept.file.delete(save=False)
        raise
    return kept


def _text_of(file: UploadedFile) -> str:
    """The text of a PDF that is only attached; one that cannot be read is kept all the same."""
    file.seek(0)
    try:
        return read_pdf(file.read()).text
    except LetterError:
        return ""
    finally:
        file.seek(0)


def file_letter(
    file: UploadedFile, *, partner: Partner | None, channel: ContactCode | None = None, by: Membership, visible: Any
) -> ContactEntry:
    """File a mail or a scan that came in: its text is read, and the original kept with it.

    Without a partner it goes to the one whose person wrote or received it; `visible` are the partners to choose from.
    """
    content_type = check_upload(file, kinds=("eml", "pdf"))
    file.seek(0)
    content = file.read()
    file.seek(0)
    try:
        letter = read_mail(content) if content_type == MAIL_TYPE else read_pdf(content)
    except LetterError as error:
        if error.code == "encrypted":
            raise ContactHistoryError(_("The file is locked with a password. Save it without one first.")) from error
        raise ContactHistoryError(_("The file is damaged and cannot be read. Save it anew.")) from error
    addresses = [address for address in (letter.sender, *letter.recipients) if address]
    contact = _writer(addresses, partner, visible)
    partner = partner or (contact.partner if contact else _partner_of(addresses, visible))
    if partner is None:
        raise ContactHistoryError(_("No partner is known by these addresses. Say which partner it belongs to."))
    ensure_codes()
    entry = ContactEntry(
        partner=partner,
        direction=_direction(letter, contact),
        channel=channel or _default_channel(content_type),
        at=_moment(letter),
        contact=contact,
        by=by,
        title=(letter.subject or clean_name(file.name or ""))[:SHOWN_IN_PLACE],
        summary=letter.text[:SUMMARY_LENGTH],
        created_by=by,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
            attach(entry, file, manufacturer_id=by.manufacturer_id, text=letter.text, imported_sha256=digest(file))
    except IntegrityError as error:
        if "contact_file_imported_once" not in str(error):
            raise
        raise ContactHistoryError(
            _("“%(name)s” has been filed with %(partner)s already.")
            % {"name": clean_name(file.name or ""), "partner": partner}
        ) from error
    return entry


def _moment(letter: Letter) -> dt.datetime:
    now = timezone.now()
    return min(letter.sent_at, now) if letter.sent_at and letter.sent_at.year > 1970 else now


def _direction(letter: Letter, contact: Contact | None) -> str:
    """Out where one of our own wrote it, else in."""
    is_ours = (
        bool(letter.sender)
        and (contact is None or contact.email.lower() != letter.sender)
        and (Membership.objects.filter(partner=None, email__iexact=letter.sender).exists())
    )
    return Direction.OUT if is_ours else Direction.IN


def _default_channel(content_type: str) -> ContactCode:
    usual = "mail" if content_type == MAIL_TYPE else "letter"
    channels = ContactCode.objects.filter(list=CodeList.CHANNEL, is_retired=False)
    found = channels.filter(code=usual).first() or channels.first()
    if found is None:
        raise ContactHistoryError(_("There is no channel that is not retired. Add one in the settings first."))
    return found


def _writer(addresses: list[str], partner: Partner | None, visible: Any) -> Contact | None:
    contacts = Contact.objects.filter(email__in=addresses, left_on=None).select_related("partner")
    contacts = contacts.filter(partner=partner) if partner else contacts.filter(partner__in=visible)
    found = sorted(contacts[:50], key=lambda contact: addresses.index(contact.email))
    if partner is None and len({contact.partner_id for contact in found}) > 1:
        return None
    return found[0] if found else None


def _partner_of(addresses: list[str], visible: Any) -> Partner | None:
    domains = {address.rpartition("@")[2] for address in addresses}
    found = list(visible.filter(email_domain__in=domains - {""})[:2]) or list(visible.filter(email__in=addresses)[:2])
    return found[0] if len(found) == 1 else None
