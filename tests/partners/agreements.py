"""Agreements and papers that tests need, made as the pages make them."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from partners.models import Agreement, AgreementTemplate, AgreementType, Paper, PaperType
from partners.services import accept_agreement, create_agreement, hand_in_paper
from partners.services.agreement_templates import publish_template
from tenancy.models import Membership
from tenancy.rls import partner_scope

TEXTS = {
    "en": "# Dealer agreement\n\nBetween {manufacturer_name} and {partner_name}, from {start} until {end}.",
    "ko": "# 대리점 계약서\n\n{manufacturer_name}와 {partner_name}은 {start}부터 {end}까지 계약한다.",
    "ja": "# 販売店契約書\n\n{manufacturer_name}と{partner_name}は{start}から{end}まで契約する。",
}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n"


def agreement_type(code: str = "dealer", *, texts: dict[str, str] | None = None, **fields: Any) -> AgreementType:
    """A kind of agreement with a published text."""
    kind = AgreementType.objects.create(code=code, names={"en": f"{code.title()} agreement"}, **fields)
    template = AgreementTemplate.objects.create(type=kind, texts=texts or TEXTS)
    publish_template(template, by=None)
    return kind


def sent(partner: Any, kind: AgreementType, starts_on: dt.date, **options: Any) -> Agreement:
    """An agreement that waits for the partner."""
    return create_agreement(partner, kind, starts_on=starts_on, send=True, **options)


def accept(agreement: Agreement, by: Membership) -> bool:
    """The partner's answer, in its own scope."""
    with partner_scope(agreement.manufacturer_id, agreement.partner_id):
        return accept_agreement(
            agreement, by=by, name="Kim Min-su", role="CEO", address="203.0.113.9", sha256=agreement.text_sha256
        )


def running(partner: Any, kind: AgreementType, by: Membership, starts_on: dt.date, **options: Any) -> Agreement:
    """An agreement that was accepted."""
    agreement = sent(partner, kind, starts_on, **options)
    accept(agreement, by)
    agreement.refresh_from_db()
    return agreement


def paper_type(code: str = "licence", **fields: Any) -> PaperType:
    """A paper that is asked for."""
    return PaperType.objects.create(code=code, names={"en": code.title()}, **fields)


def upload(content: bytes = PDF, name: str = "licence.pdf") -> SimpleUploadedFile:
    """A file as a browser would send it."""
    return SimpleUploadedFile(name, content)


def paper(partner: Any, kind: PaperType, by: Membership, content: bytes = PDF, **fields: Any) -> Paper:
    """A paper handed in by `by`."""
    return hand_in_paper(partner, kind, upload=upload(content), by=by, **fields)
