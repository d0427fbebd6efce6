"""The PDF of an accepted agreement: made once, kept, and from then on always the same file."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pages import formats
from pages.pdf import render_pdf
from partners.agreement_text import as_blocks
from partners.models import Agreement
from partners.services.house import house_scope
from tenancy.files import stored_name
from tenancy.models import Manufacturer

TEMPLATE = "agreement.typ"


def keep_pdf(agreement: Agreement) -> bool:
    """Write the PDF of an accepted agreement unless it is there; whether it is there then."""
    if agreement.accepted_at is None:
        return False
    if agreement.pdf:
        return True
    with house_scope(), transaction.atomic():
        current = (
            Agreement.objects.select_for_update(no_key=True, of=("self",))
            .select_related("partner")
            .get(pk=agreement.pk)
        )
        if not current.pdf:
            name = stored_name(current.manufacturer_id, "agreements", f"{current.title}.pdf")
            current.pdf.save(name, ContentFile(agreement_pdf(current)), save=False)
            current.save(update_fields=["pdf"])
    agreement.pdf = current.pdf
    return True


def agreement_pdf(agreement: Agreement) -> bytes:
    """An agreement as a PDF in its own language: the exact text and, once accepted, who accepted it and its hash."""
    manufacturer = Manufacturer.objects.get(pk=agreement.manufacturer_id)
    language = agreement.language
    with translation.override(language):
        facts = []
        if agreement.accepted_at is not None:
            moment = formats.date_time(agreement.accepted_at, language, timezone.get_current_timezone())
            facts = [
                [str(_("Accepted for")), agreement.partner.name],
                [str(_("Accepted by")), f"{agreement.accepted_name}, {agreement.accepted_role}"],
                [str(_("At")), f"{moment} ({timezone.get_current_timezone_name()})"],
                [str(_("Network address")), agreement.accepted_address or "–"],
                [str(_("SHA-256 of the text")), agreement.text_sha256],
            ]
        return render_pdf(
            TEMPLATE,
            {
                "title": agreement.title,
                "language": language,
                "parties": f"{manufacturer.names.get(language) or manufacturer.name} · {agreement.partner.name}",
                "blocks": as_blocks(agreement.text),
                "acceptance": str(_("Accepted electronically")),
                "facts": facts,
                "page": str(_("Page")),
            },
        )
