"""What tests of recruiting share."""

import re
from typing import Any

from django.test import Client

from partners.models import (
    Prospect,
)
from partners.services import recruiting
from tenancy.rls import staff_scope

PDF = b"%PDF-1.4\nlicence\n"


def prospect(manufacturer, **fields) -> Prospect:
    with staff_scope(manufacturer.pk):
        fields.setdefault("company", "Hanok Interior")
        return recruiting.create_prospect(Prospect(**fields), by=None)


def fresh(row: Prospect) -> Prospect:
    with staff_scope(row.manufacturer_id):
        return Prospect.objects.select_related("partner", "invitation").get(pk=row.pk)


def filled(client: Client, **changes: Any) -> dict[str, Any]:
    """What a visitor sends: the page's ticket with all that must be filled in."""
    page = client.get("/hanbit/public/apply/").content.decode()
    ticket = re.search(r'name="ticket"[^>]*value="([^"]+)"', page) or re.search(
        r'value="([^"]+)"[^>]*name="ticket"', page
    )
    assert ticket
    return {
        "ticket": ticket[1],
        "company": "Mirae Interior",
        "country": "KR",
        "contact_name": "Kim Mina",
        "email": "Mina@mirae.example",
        "phone": "02-555-0101",
        "q-years": "12",
        "q-shop": "yes",
        "q-trade": "retail",
        "consent": "on",
    } | changes


def applications(manufacturer) -> list[Prospect]:
    with staff_scope(manufacturer.pk):
        return list(Prospect.objects.order_by("pk"))
