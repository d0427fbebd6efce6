"""By what two records are seen to be the same company: name, number, phone and mail domain in a plain form."""

import re
import unicodedata
from typing import Any

from partners.matching import normalise_company
from partners.models import Prospect
from tenancy.mail_domains import domain_of, is_free_mail

FIELDS = ("name_key", "number_key", "phone_key", "mail_domain")
PHONE_DIGITS = 8
"""The last digits of a phone number: country and area codes are written in too many ways."""


def fill(prospect: Prospect) -> None:
    """Write a prospect's keys from what it says."""
    for name, value in keys_of(prospect).items():
        setattr(prospect, name, value)


def keys_of(prospect: Prospect) -> dict[str, Any]:
    """The keys of a prospect by the names of their fields."""
    return {
        "name_key": name_key(prospect.company),
        "number_key": number_key(prospect.business_number),
        "phone_key": phone_key(prospect.phone),
        "mail_domain": mail_key(prospect.email),
    }


def name_key(name: str) -> str:
    """A company's name without its legal form, signs, spaces and differences of script width or case."""
    return re.sub(r"[\W_]+", "", normalise_company(name))[:200]


def number_key(number: str) -> str:
    """A business number's letters and digits alone."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", number).upper())


def phone_key(phone: str) -> str:
    """The last digits of a phone number; nothing for one too short to tell anything."""
    digits = re.sub(r"\D+", "", unicodedata.normalize("NFKC", phone))
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else ""


def mail_key(email: str) -> str:
    """The domain of an address, unless anybody can have one there."""
    domain = domain_of(email)
    return "" if is_free_mail(domain) else domain
