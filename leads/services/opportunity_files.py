"""Papers and photos of an opportunity: its partner and staff bring them, both read them, each takes out its own."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from leads.models import Opportunity, OpportunityFile
from leads.services.opportunities import OpportunityError
from leads.services.sites import FILE_KINDS as FILE_KINDS
from tenancy.files import check_upload, clean_name, digest, stored_name
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import house_scope

MOST_FILES = 50


def add_file(opportunity: Opportunity, upload: UploadedFile, *, by: Membership) -> OpportunityFile:
    """Keep a file; ValidationError for one that may not be kept. The same again from the same side is the same."""
    content_type, sha256 = check_upload(upload, kinds=FILE_KINDS), digest(upload)
    with house_scope(), transaction.atomic():
        opportunity = Opportunity.objects.select_for_update(no_key=True).get(pk=opportunity.pk)
        _check_side(opportunity, by)
        known = OpportunityFile.objects.filter(opportunity=opportunity)
        again = known.filter(sha256=sha256, is_of_staff=by.is_staff).first()
        if again is not None:
            return again
        if known.count() >= MOST_FILES:
            raise OpportunityError(_("An opportunity takes at most %(count)s files.") % {"count": MOST_FILES})
        row = OpportunityFile(
            opportunity=opportunity, partner_id=opportunity.partner_id, name=clean_name(upload.name or ""),
            content_type=content_type, size=upload.size or 0, sha256=sha256, is_of_staff=by.is_staff, by_name=by.name,
        )  # fmt: skip
        row.file.save(stored_name(by.manufacturer_id, "opportunities", row.name), upload, save=False)
        row.save(force_insert=True)
    return row


def remove_file(row: OpportunityFile, *, by: Membership) -> None:
    """Take a file out: whoever brought it, by side."""
    with house_scope(), transaction.atomic():
        _check_side(row.opportunity, by)
        if row.is_of_staff != by.is_staff:
            raise OpportunityError(_("The other side brought this file: it alone takes it out."))
        OpportunityFile.objects.filter(pk=row.pk).delete()


def _check_side(opportunity: Opportunity, by: Membership) -> None:
    if by.is_staff:
        may = by.can(Right.LEADS_EDIT) and by.can(Right.CUSTOMERS_VIEW)
    else:
        may = by.partner_id == opportunity.partner_id and by.can(Right.PORTAL_LEADS_WORK)
    if not may:
        raise OpportunityError(_("Your role does not allow this."))
