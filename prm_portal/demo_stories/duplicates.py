"""Records that were made twice: by another office, from an old list, in another spelling.

The number of partners stays what it is: small partners become second records of larger ones.
"""

import datetime as dt
from collections.abc import Callable

from partners.models import DuplicatePair, Partner, Stage
from partners.services.duplicates import find_all
from tenancy.models import Manufacturer

Spelling = Callable[[str], str]
SPELLINGS: dict[str, list[Spelling]] = {
    "ko": [
        lambda name: f"주식회사 {name}",
        lambda name: f"㈜{name}",
        lambda name: f"{name}(주)",
        lambda name: f"{name} 대리점",
        lambda name: f"(주) {name}",
        lambda name: name.replace(" ", ""),
        lambda name: f"{name} 주식회사",
        lambda name: f"（주）{name}",
    ],
    "ja": [
        lambda name: f"{name} Ltd.",
        lambda name: name.upper(),
        lambda name: f"The {name} Company",
    ],
}
SKIPPED = 12
"""The largest partners are left alone: their figures are what the demo's other pages show."""


def tell_duplicates(manufacturer: Manufacturer, day: dt.date) -> None:
    """A handful of partners stand in the list twice; somebody has to look at them."""
    if DuplicatePair.objects.exists():
        return
    spellings = SPELLINGS["ko" if manufacturer.languages[0] == "ko" else "ja"]
    living = Partner.objects.exclude(stage=Stage.ENDED).filter(summary__isnull=False)
    known = list(living.exclude(phone="").order_by("-summary__revenue", "pk")[SKIPPED : SKIPPED + len(spellings)])
    small = living.filter(children=None, members=None, parent=None).exclude(pk__in=[each.pk for each in known])
    for number, (partner, record, spell) in enumerate(
        zip(known, small.order_by("summary__revenue", "-pk")[: len(spellings)], spellings, strict=False)
    ):
        record.name = spell(partner.name) if not partner.local_name else partner.name
        record.local_name = spell(partner.local_name) if partner.local_name else ""
        record.phone = partner.phone if number % 3 else partner.phone.replace("-", " ")
        record.email = ""
        record.business_number = partner.business_number if number % 2 else ""
        record.country, record.city, record.region = partner.country, partner.city, partner.region
        record.address = partner.address if number % 4 else ""
        record.postal_code = partner.postal_code if number % 4 else ""
        record.save()
    find_all()
