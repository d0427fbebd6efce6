"""Claims: invoices and proof handed in, each line checked, the share paid or the claim returned for more."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from campaigns.models import (
    ClaimLine,
    EntryKind,
    Fund,
    FundFile,
    FundFileKind,
    FundLine,
    FundRequest,
    FundState,
    LineAnswer,
    Place,
)
from campaigns.models.funds import CLAIMABLE_STATES
from campaigns.selectors.funds import claim_value
from campaigns.services.funds import telling
from campaigns.services.funds.common import (
    FundError,
    Move,
    give_back,
    locked_request,
    move_to,
    must_decide,
    must_own,
    must_stand,
    post,
    rate_into,
    stands_for,
    too_fine,
)
from tenancy.files import DOCUMENTS, KINDS, PICTURES, check_upload, clean_name, digest, stored_name
from tenancy.models import Membership
from tenancy.rls import house_scope

MOST_LINES = 40
MOST_FILES = 40
TIME_FOR_MORE = dt.timedelta(days=14)
"""Who is asked for more has at least so long for it."""
PICTURE_TYPES = {KINDS[kind].content_type for kind in PICTURES}


def number_key(number: str) -> str:
    """An invoice number as it is compared: without signs and spaces, in capitals."""
    return re.sub(r"\W|_", "", unicodedata.normalize("NFKC", number)).upper()[:60]


def look_of(upload: UploadedFile) -> int | None:
    """64 signs of where a picture gets lighter from left to right, the same for another scan of the same sheet."""
    upload.seek(0)
    with Image.open(upload) as picture:
        small = picture.convert("L").resize((9, 8))
    upload.seek(0)
    rows = [list(small.crop((0, row, 9, row + 1)).tobytes()) for row in range(8)]
    bits = [left < right for row in rows for left, right in pairwise(row)]
    if not any(bits):
        return None
    found = sum(1 << place for place, is_lighter in enumerate(bits) if is_lighter)
    return found - (1 << 64) if found >= 1 << 63 else found


def add_claim_line(
    request: FundRequest, said: ClaimLine, *, by: Membership, upload: UploadedFile | None = None
) -> ClaimLine:
    """Put an invoice into a claim. The same number in the same claim is refused; elsewhere staff are told."""
    if reason := too_fine(said.amount, said.currency):
        raise FundError(reason)
    prepared = _prepared(upload)
    with house_scope(), transaction.atomic():
        fund, request = _open_claim(request, by)
        today = timezone.localdate()
        if said.invoice_on > today:
            raise FundError(_("The invoice is of a day that has not come yet."))
        lines = ClaimLine.objects.filter(request=request)
        if lines.count() >= MOST_LINES:
            raise FundError(_("A claim has at most %(most)s lines.") % {"most": MOST_LINES})
        key = number_key(said.invoice_number)
        if key and lines.filter(number_key=key).exists():
            raise FundError(_("Invoice %(number)s is in this claim already.") % {"number": said.invoice_number})
        line = ClaimLine(
            request=request,
            line=FundLine.objects.filter(request=request, pk=said.line_id or 0).first(),
            what=said.what, supplier=said.supplier, invoice_number=said.invoice_number, number_key=key,
            invoice_on=said.invoice_on, amount=said.amount, currency=said.currency,
            rate=rate_into(fund, said.currency, day=said.invoice_on),
        )  # fmt: skip
        if prepared is not None:
            line.file = _kept(request, FundFileKind.INVOICE, prepared, by)
        line.save()
        return line


def drop_claim_line(line: ClaimLine, *, by: Membership) -> None:
    """Take an invoice out of a claim that is not being checked."""
    with house_scope(), transaction.atomic():
        _fund, request = _open_claim(line.request, by)
        ClaimLine.objects.filter(request=request, pk=line.pk).delete()


def add_proof(request: FundRequest, upload: UploadedFile, *, by: Membership) -> FundFile:
    """Keep what shows that the activity took place. The same file again is the same."""
    prepared = _prepared(upload)
    assert prepared is not None
    with house_scope(), transaction.atomic():
        _fund, request = _open_claim(request, by)
        return _kept(request, FundFileKind.PROOF, prepared, by)


def _open_claim(request: FundRequest, by: Membership) -> tuple[Fund, FundRequest]:
    fund, request = locked_request(request.pk)
    must_own(request, by)
    must_stand(request, *CLAIMABLE_STATES)
    if request.claim_until and timezone.localdate() > request.claim_until:
        raise FundError(_("The last day to claim is over. Ask for a later one."))
    return fund, request


def _prepared(upload: UploadedFile | None) -> dict[str, Any] | None:
    if upload is None:
        return None
    content_type = check_upload(upload, kinds=DOCUMENTS)
    look = look_of(upload) if content_type in PICTURE_TYPES else None
    return {"upload": upload, "content_type": content_type, "sha256": digest(upload), "look": look}


def _kept(request: FundRequest, kind: FundFileKind, prepared: dict[str, Any], by: Membership) -> FundFile:
    known = FundFile.objects.filter(request=request)
    again = known.filter(sha256=prepared["sha256"], kind=kind).first()
    if again is not None:
        return again
    if known.count() >= MOST_FILES:
        raise FundError(_("A claim takes at most %(most)s files.") % {"most": MOST_FILES})
    upload = prepared.pop("upload")
    row = FundFile(
        request=request,
        kind=kind,
        name=clean_name(upload.name or ""),
        size=upload.size or 0,
        by_name=by.name,
        **prepared,
    )
    row.file.save(stored_name(by.manufacturer_id, "funds", row.name), upload, save=False)
    row.save()
    return row


def hand_in_claim(request: FundRequest, *, by: Membership, outcome: str = "") -> FundRequest:
    """Hand a claim in, first or again: what is claimed of the money is set aside for it."""
    with house_scope(), transaction.atomic():
        fund, request = locked_request(request.pk)
        must_own(request, by)
        if request.state == FundState.CLAIMED:
            return request
        fund, request = _open_claim(request, by)
        lines = list(ClaimLine.objects.filter(request=request))
        if not lines:
            raise FundError(_("Add the invoices first: they are what is paid for."))
        if not FundFile.objects.filter(request=request, kind=FundFileKind.PROOF).exists():
            raise FundError(_("Add a photo or another file that shows that it took place."))
        request.fund = fund
        value = claim_value(request, lines, allowed=False)
        _post(fund, request, [Move(EntryKind.CLAIM, Place.APPROVED, Place.CLAIMED, value)], by=by)
        move_to(
            request, FundState.CLAIMED, by=by, claimed_at=timezone.now(), outcome=outcome[:2000], reason="",
            wanted_until=None, wanted_why="",
        )  # fmt: skip
        telling.claimed(request)
        return request


@transaction.atomic
def answer_line(
    line: ClaimLine, *, by: Membership, answer: str, allowed: Decimal | None = None, reason: str = ""
) -> ClaimLine:
    """Accept a line, cut it or refuse it, the latter two with a reason that the partner reads; or take the answer back."""
    must_decide(by)
    _fund, request = locked_request(line.request_id)
    must_stand(request, FundState.CLAIMED)
    line = ClaimLine.objects.select_for_update().get(pk=line.pk)
    if answer == LineAnswer.WAITING:
        allowed, reason = None, ""
    elif answer == LineAnswer.APPROVED:
        allowed = line.amount
    elif answer == LineAnswer.REFUSED:
        allowed = Decimal(0)
    elif answer == LineAnswer.CUT:
        if allowed is None or not 0 < allowed < line.amount:
            raise FundError(_("Say how much is accepted: more than nothing, and less than was claimed."))
        if why_not := too_fine(allowed, line.currency):
            raise FundError(why_not)
    else:
        raise FundError(_("Accept the line, cut it or refuse it."))
    if answer in (LineAnswer.CUT, LineAnswer.REFUSED) and not reason.strip():
        raise FundError(_("Say why: the partner reads it."))
    line.answer, line.allowed, line.reason = answer, allowed, reason.strip()[:500]
    line.save(update_fields=["answer", "allowed", "reason"])
    return line


def payable(request: FundRequest, lines: list[ClaimLine]) -> Decimal:
    """What would be paid by the answers given so far."""
    return claim_value(request, lines, allowed=True)


@transaction.atomic
def settle(request: FundRequest, *, by: Membership, note: str = "") -> FundRequest:
    """Pay the share of what was accepted, at most what was approved; all else is free again."""
    must_decide(by)
    fund, request = locked_request(request.pk)
    must_stand(request, FundState.CLAIMED)
    lines = list(ClaimLine.objects.filter(request=request))
    if any(line.answer == LineAnswer.WAITING for line in lines):
        raise FundError(_("Answer every line first."))
    request.fund = fund
    amount, stands = payable(request, lines), stands_for(request)
    moves = [
        Move(EntryKind.SETTLE, Place.CLAIMED, Place.SETTLED, amount),
        Move(EntryKind.RELEASE, Place.CLAIMED, Place.FREE, stands[Place.CLAIMED] - amount),
        Move(EntryKind.RELEASE, Place.APPROVED, Place.FREE, stands[Place.APPROVED]),
    ]
    _post(fund, request, moves, by=by, note=note)
    give_back(fund, request, by=by)
    move_to(request, FundState.SETTLED, by=by, note=note, settled=amount, reason=note[:1000], closed_at=timezone.now())
    telling.claim_answered(request)
    return request


@transaction.atomic
def return_claim(request: FundRequest, *, by: Membership, reason: str) -> FundRequest:
    """Ask for more, with time for it; what was claimed stands for the request still."""
    must_decide(by)
    if not reason.strip():
        raise FundError(_("Say what is missing: the partner reads it."))
    fund, request = locked_request(request.pk)
    must_stand(request, FundState.CLAIMED)
    claimed = stands_for(request)[Place.CLAIMED]
    _post(fund, request, [Move(EntryKind.REOPEN, Place.CLAIMED, Place.APPROVED, claimed)], by=by, note=reason)
    until = max(request.claim_until or timezone.localdate(), timezone.localdate() + TIME_FOR_MORE)
    move_to(request, FundState.RETURNED, by=by, note=reason, reason=reason[:1000], claim_until=until)
    telling.claim_answered(request)
    return request


def _post(fund: Fund, request: FundRequest, moves: list[Move], *, by: Membership | None, note: str = "") -> None:
    post(fund, moves, by=by, partner_id=request.partner_id, request=request, note=note)
