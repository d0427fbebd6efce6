"""What a partner does with an initiative: its people see it, begin and finish steps, show it, or decline with a reason.

Whoever takes a step keeps the partner's row first, so that two who mark steps at once are counted one after the other.
Staff may mark steps for a partner that does not sign in; who did it is kept.
"""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, F, Min, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import InitiativeFile, InitiativePartner, InitiativeWork, Proof
from campaigns.services.initiatives import telling
from campaigns.services.initiatives.common import InitiativeError
from tenancy.files import DOCUMENTS, OFFICE_FILES, clean_name, digest, stored_name
from tenancy.models import Membership
from tenancy.rls import current_scope

PROOF_KINDS = (*DOCUMENTS, *OFFICE_FILES)
PROOF_FOLDER = "initiatives"
MOST_FILES = 10


def mark_seen(row: InitiativePartner, *, by: Membership) -> None:
    """Somebody of the partner opened it: the first counts. Who only looks as they would has not."""
    if row.seen_at is None and not current_scope().read_only:
        InitiativePartner.objects.filter(pk=row.pk, seen_at=None).update(seen_at=timezone.now(), seen_by=by)


@transaction.atomic
def begin(work: InitiativeWork, *, by: Membership) -> bool:
    """A step is begun; whether this was the first time."""
    row = _open_row(work)
    now = timezone.now()
    rows = InitiativeWork.objects.filter(pk=work.pk, started_at=None, done_at=None)
    if not rows.update(started_at=now, started_by=by):
        return False
    _count(row, by, now)
    return True


@transaction.atomic
def finish(work: InitiativeWork, *, by: Membership, note: str = "", upload: UploadedFile | None = None) -> bool:
    """A step is done, with what shows it; whether this was the first time. The upload has been checked by
    `tenancy.files.UploadField`. Without the note or file that the step wants, it is refused."""
    row = _open_row(work)
    work = InitiativeWork.objects.select_related("step").get(pk=work.pk)
    if work.done_at is not None:
        return False
    note = note.strip()[:2000] or work.note
    if work.step.proof == Proof.NOTE and not note:
        raise InitiativeError(_("Write in a sentence what you did: this step is done with a note."))
    if work.step.proof == Proof.FILE and upload is None and not work.files.exists():
        raise InitiativeError(_("Add a photo or another file that shows it: this step is done with a file."))
    if upload is not None:
        _keep(work, upload, by)
    now = timezone.now()
    changed = InitiativeWork.objects.filter(pk=work.pk, done_at=None).update(
        done_at=now,
        done_by=by,
        note=note,
        started_at=Coalesce(F("started_at"), Value(now)),
        started_by=Coalesce(F("started_by"), Value(by.pk)),
    )
    if not changed:
        raise InitiativeError(_("This initiative has ended: nothing is marked any more."))
    _count(row, by, now)
    return True


@transaction.atomic
def reopen(work: InitiativeWork, *, by: Membership) -> None:
    """A step was not done after all."""
    row = _open_row(work)
    if InitiativeWork.objects.filter(pk=work.pk, done_at__isnull=False).update(done_at=None, done_by=None):
        _count(row, by, timezone.now())


@transaction.atomic
def decline(row: InitiativePartner, *, by: Membership, reason: str) -> None:
    """The partner does not take part, and says why; whose initiative it is hears of it."""
    row = _locked(row.pk)
    reason = reason.strip()
    if not reason:
        raise InitiativeError(_("Say why: it helps to make the next one better."))
    if row.done_at is not None:
        raise InitiativeError(_("It is carried out already."))
    if row.declined_at is None:
        row.declined_at, row.declined_by, row.reason, row.moved_at = timezone.now(), by, reason[:500], timezone.now()
        row.save(update_fields=["declined_at", "declined_by", "reason", "moved_at"])
        telling.tell_declined(row)


@transaction.atomic
def take_part(row: InitiativePartner, *, by: Membership) -> None:
    """The partner takes part after all."""
    row = _locked(row.pk)
    if row.declined_at is not None:
        row.declined_at, row.declined_by, row.reason, row.moved_at = None, None, "", timezone.now()
        row.save(update_fields=["declined_at", "declined_by", "reason", "moved_at"])


@transaction.atomic
def add_file(work: InitiativeWork, upload: UploadedFile, *, by: Membership) -> None:
    """Keep a file that shows what was done; the same one again is the same."""
    _open_row(work)
    _must_be_open(work)
    _keep(work, upload, by)


@transaction.atomic
def drop_file(work: InitiativeWork, key: int, *, by: Membership) -> None:
    """Take a file out of a step that is not done."""
    _open_row(work)
    _must_be_open(work)
    InitiativeFile.objects.filter(work=work, pk=key).delete()


def _must_be_open(work: InitiativeWork) -> None:
    if InitiativeWork.objects.filter(pk=work.pk, done_at__isnull=False).exists():
        raise InitiativeError(_("This step is done: what shows it stays with it."))


def _keep(work: InitiativeWork, upload: Any, by: Membership) -> None:
    found, known = digest(upload), InitiativeFile.objects.filter(work=work)
    if known.filter(sha256=found).exists():
        return
    if known.count() >= MOST_FILES:
        raise InitiativeError(_("A step takes at most %(most)s files.") % {"most": MOST_FILES})
    file = InitiativeFile(
        work=work,
        partner_id=work.partner_id,
        name=clean_name(upload.name or ""),
        content_type=upload.checked_type,
        size=upload.size,
        sha256=found,
        by=by,
    )
    file.file.save(stored_name(work.manufacturer_id, PROOF_FOLDER, file.name), upload, save=False)
    file.save(force_insert=True)


def _locked(pk: int) -> InitiativePartner:
    rows = InitiativePartner.objects.select_for_update(of=("self",)).select_related("initiative", "partner")
    row = rows.get(pk=pk)
    if not row.initiative.is_running:
        raise InitiativeError(_("This initiative has ended: nothing is marked any more."))
    return row


def _open_row(work: InitiativeWork) -> InitiativePartner:
    row = _locked(work.row_id)
    if row.declined_at is not None:
        raise InitiativeError(_("Your company declined this initiative. Take part first."))
    return row


def _count(row: InitiativePartner, by: Membership, now: dt.datetime) -> None:
    """Bring the partner's row to what its steps say."""
    counted = InitiativeWork.objects.filter(row=row).aggregate(
        all=Count("pk"), done=Count("done_at"), due=Min("due_on", filter=Q(done_at=None))
    )
    row.done_count, row.next_due_on, row.moved_at = counted["done"], counted["due"], now
    if row.started_at is None:
        row.started_at, row.started_by = now, by
    is_done = counted["done"] == counted["all"]
    if is_done and row.done_at is None:
        row.done_at, row.done_by = now, by
    elif not is_done:
        row.done_at, row.done_by = None, None
    row.save(
        update_fields=[
            "done_count", "next_due_on", "moved_at", "started_at", "started_by", "done_at", "done_by",
        ]
    )  # fmt: skip
