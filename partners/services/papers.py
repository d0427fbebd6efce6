"""Everything that changes compliance papers: handed in by the partner or by staff, reviewed by staff."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Paper, PaperState, PaperType, Partner
from partners.services import agreement_notices as telling
from tenancy.errors import DomainError
from tenancy.files import DOCUMENTS, check_upload, clean_name, digest, stored_name
from tenancy.models import Membership
from tenancy.rights import Right


class PaperError(DomainError):
    """A step that a compliance paper cannot take now."""


@transaction.atomic
def hand_in_paper(
    partner: Partner,
    kind: PaperType,
    *,
    upload: UploadedFile,
    by: Membership,
    number: str = "",
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    acting: bool = False,
    on_journey: bool = False,
) -> Paper:
    """Keep a paper beside the older ones. From the partner it waits for review; what staff hand in is accepted.

    ValidationError for a file that is neither a PDF nor a picture. The same file handed in again, while the last one
    still waits, is that one. `acting`: in the place of a sub-partner, which the caller has asked (`services.tiers`).
    A step of a running journey that asks for this paper is done by it; `on_journey`: that step brings it.
    """
    if not by.is_staff and by.partner_id != partner.pk and not acting:
        raise PaperError(_("Papers are handed in for one's own company only."))
    content_type = check_upload(upload, kinds=DOCUMENTS)
    sha256 = digest(upload)
    waiting = Paper.objects.filter(partner=partner, type=kind, state=PaperState.WAITING, sha256=sha256).first()
    if waiting is not None:
        return waiting
    # Nobody asks for the day on which it runs out on a journey: then staff's own waits for it, too.
    is_staff = by.is_staff and not (on_journey and kind.has_expiry)
    paper = Paper(
        manufacturer_id=partner.manufacturer_id,
        partner=partner,
        type=kind,
        number=number.strip() if kind.has_number else "",
        valid_from=valid_from,
        valid_until=valid_until if kind.has_expiry else None,
        original_name=clean_name(upload.name or ""),
        content_type=content_type,
        size=upload.size or 0,
        sha256=sha256,
        state=PaperState.ACCEPTED if is_staff else PaperState.WAITING,
        uploaded_by=by,
        reviewed_by=by if is_staff else None,
        reviewed_at=timezone.now() if is_staff else None,
    )
    paper.file.save(stored_name(partner.manufacturer_id, "papers", paper.original_name), upload, save=False)
    paper.save(force_insert=True)
    if not on_journey:
        from partners.services.onboarding import paper_handed_in

        paper_handed_in(paper)
    if not is_staff:
        telling.tell_paper_received(paper)
    return paper


@transaction.atomic
def accept_paper(
    paper: Paper,
    *,
    by: Membership,
    number: str = "",
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> Paper:
    """Staff have looked at a paper and found it right; number and dates are those that they read on it."""
    kind = paper.type
    if kind.has_expiry and valid_until is None:
        raise PaperError(_("Give the day until which the paper is valid."))
    changes = {
        "state": PaperState.ACCEPTED,
        "number": number.strip() if kind.has_number else "",
        "valid_from": valid_from,
        "valid_until": valid_until if kind.has_expiry else None,
        "reason": "",
    }
    return _review(paper, by, changes)


@transaction.atomic
def refuse_paper(paper: Paper, *, by: Membership, reason: str) -> Paper:
    """Staff cannot accept a paper, and say why; also one that they had accepted."""
    reason = reason.strip()
    if not reason:
        raise PaperError(_("Say what is wrong with the paper, so that the partner can mend it."))
    return _review(paper, by, {"state": PaperState.REFUSED, "reason": reason[:500]})


def _review(paper: Paper, by: Membership, changes: dict[str, Any]) -> Paper:
    if not by.is_staff or not by.can(Right.AGREEMENTS_EDIT):
        raise PaperError(_("Your role does not allow reviewing papers."))
    current = Paper.objects.select_for_update(no_key=True, of=("self",)).select_related("type").get(pk=paper.pk)
    if all(getattr(current, name) == value for name, value in changes.items()):
        return current  # the same click again
    for name, value in (changes | {"reviewed_by": by, "reviewed_at": timezone.now()}).items():
        setattr(current, name, value)
    current.save(update_fields=[*changes, "reviewed_by", "reviewed_at"])
    telling.tell_paper_reviewed(current)
    return current
