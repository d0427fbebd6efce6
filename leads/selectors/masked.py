"""A lead as a partner may see it before it has accepted: a snapshot without anything that names anybody."""

from collections.abc import Sequence
from typing import Any

from commerce.models import Product
from leads.masking import amount_band, score_band, without_personal
from leads.models import Lead, LeadField
from tenancy.selectors import current_manufacturer

LONGEST = 200


def masked_facts(leads: Sequence[Lead]) -> dict[int, dict[str, Any]]:
    """By lead, what an offer may carry. Kind, source and category should be loaded. Three queries at most."""
    shown = list(LeadField.objects.filter(is_masked=False).order_by("order", "key"))
    currency = current_manufacturer().currency
    codes = {code for lead in leads for code in lead.products}
    products = Product.objects.filter(code__in=codes) if codes else ()
    names = {product.code: product.names or {"": product.name} for product in products}
    return {lead.pk: _facts(lead, shown, currency, names) for lead in leads}


def _facts(lead: Lead, shown: Sequence[LeadField], base: str, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    known, places = personal_words(lead), (lead.city, lead.region)
    is_base = lead.amount_base is not None
    band = amount_band(lead.amount_base if is_base else lead.amount)
    facts: dict[str, Any] = {
        "reference": lead.reference,
        "city": without_personal(lead.city),
        "region": without_personal(lead.region),
        "country": lead.country,
        "category": lead.category.names if lead.category_id and lead.category else None,
        "kind": lead.kind.names if lead.kind_id and lead.kind else None,
        "products": [
            {language: without_personal(name, known) for language, name in names.get(code, {"": code}).items()}
            for code in lead.products
        ],
        "quantity": None if lead.quantity is None else format(lead.quantity.normalize(), "f"),
        "amount": list(band) if band else None,
        "currency": (base if is_base else lead.currency or base) if band else "",
        "score": score_band(lead.score),
        "subject": without_personal(lead.subject, known, keep=places)[:LONGEST],
        "wanted_on": lead.wanted_on.isoformat() if lead.wanted_on else None,
        "language": lead.language,
        "received_at": lead.received_at.isoformat(),
        "fields": [
            {
                "labels": field.labels,
                "key": field.key,
                "value": without_personal(_text(lead.custom[field.key]), known, keep=places),
            }
            for field in shown
            if lead.custom.get(field.key) not in (None, "", [])
        ],
    }
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def personal_words(lead: Lead) -> list[str]:
    """All of a lead that names a person, a company or a door: nothing of it may be read before it is accepted."""
    return [
        lead.name,
        lead.company,
        lead.email,
        lead.email.partition("@")[0],
        lead.phone,
        lead.address,
        lead.postal_code,
        lead.business_number,
        lead.website,
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)[:LONGEST]
