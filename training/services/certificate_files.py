"""The PDF of a certificate, drawn whenever somebody asks for it: in their language, and as it stands that day."""

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pages import formats
from pages.brand import light_accent
from pages.pdf import render_pdf, render_picture
from partners.services.qualifications import house_day
from tenancy.models import Manufacturer
from tenancy.translation import translated
from training.certificate_names import qr_svg
from training.models import Certificate, CertificateState, CertificateTemplate

logger = logging.getLogger(__name__)

TEMPLATE = "certificate.typ"
MARKED = (CertificateState.WITHDRAWN, CertificateState.EXPIRED)


def check_url(manufacturer: Manufacturer, number: str) -> str:
    """Where anybody sees whether a certificate is valid."""
    path = reverse("training_public:certificate", kwargs={"manufacturer": manufacturer.slug, "number": number})
    return settings.PUBLIC_URL + path


def certificate_pdf(certificate: Certificate, template: CertificateTemplate, *, language: str) -> bytes:
    """A certificate in a language; one that is not valid any more says so across the page."""
    manufacturer = Manufacturer.objects.get(pk=certificate.manufacturer_id)
    with translation.override(language):
        data, files = _shown(certificate, template, manufacturer, house_day(), language)
        return render_pdf(TEMPLATE, data, files=files)


def preview(template: CertificateTemplate, manufacturer: Manufacturer, *, language: str, day: dt.date) -> bytes:
    """How certificates look now, as a PNG picture of one that nobody holds."""
    with translation.override(language):
        sample = Certificate(
            number="K7QM-2WXR-9TBD-4HFC",
            holder=_("Mina Park"),
            company=_("Example Partner Ltd."),
            titles={language: _("Installation basics")},
            issued_on=day,
            valid_until=day + dt.timedelta(days=364),
            score=None,
        )
        data, files = _shown(sample, template, manufacturer, day, language)
        return render_picture(TEMPLATE, data, files=files)


def _shown(
    certificate: Certificate, template: CertificateTemplate, manufacturer: Manufacturer, day: dt.date, language: str
) -> tuple[dict[str, Any], dict[str, bytes]]:
    url = check_url(manufacturer, certificate.number)
    files = {"qr.svg": qr_svg(url)}
    logo = _picture(template.logo) or _picture(manufacturer.logo)
    signature = _picture(template.signature)
    if logo:
        files["logo.png"] = logo
    if signature:
        files["signature.png"] = signature
    state = certificate.state_on(day)
    facts = [
        [str(pgettext("certificate", "Number")), certificate.number],
        [str(_("Issued")), formats.date(certificate.issued_on, language)],
        [
            str(_("Valid until")),
            formats.date(certificate.valid_until, language) if certificate.valid_until else str(_("for good")),
        ],
    ]
    if certificate.score is not None:
        facts.append([str(pgettext("of learning", "Score")), formats.percent(certificate.score, 0)])
    issuer = manufacturer.names.get(language) or manufacturer.name
    data = {
        "language": language,
        "colour": template.colour or light_accent(manufacturer.brand_colour).colour,
        "issuer": issuer,
        "heading": translated(template.headings, str(pgettext("certificate", "Certificate"))),
        "holder": certificate.holder,
        "company": certificate.company,
        "text": translated(template.texts, str(_("has passed the course and the test that belongs to it:"))),
        "course": translated(certificate.titles, "–"),
        "facts": facts,
        "signatory": template.signatory,
        "role": translated(template.roles, ""),
        "logo": "logo.png" if logo else "",
        "signature": "signature.png" if signature else "",
        "check": str(_("Scan to see whether it is valid")),
        "mark": str(state.label) if state in MARKED else "",
    }
    return data, files


def _picture(file: Any) -> bytes:
    """A kept picture's content; nothing where there is none, or it is gone."""
    if not file or not file.name.endswith(".png"):
        return b""
    try:
        with file.open("rb") as opened:
            return bytes(opened.read())
    except FileNotFoundError:
        logger.warning("The picture %s of certificates is gone.", file.name)
        return b""
