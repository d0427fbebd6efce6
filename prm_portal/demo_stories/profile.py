"""What partners put right in their profiles, and what a register of companies knew better."""

import datetime as dt

from django.db.models import F, Func, Value
from django.db.models.functions import Concat

from partners.models import FieldCorrection, Partner, Stage
from tenancy.models import Manufacturer
from tenancy.provenance import writing_as

PHONES, ADDRESSES, REGISTERED = 26, 14, 12
FLOOR = {"KR": " 2층", "JP": " 2F"}


def tell_profile(manufacturer: Manufacturer, day: dt.date) -> None:
    """Some partners told their phone and address anew, and some names of cities came from a register."""
    if FieldCorrection.objects.filter(corrected_by__in=["partner", "register"]).exists():
        return
    active = Partner.objects.filter(stage=Stage.ACTIVE, merged_into=None).exclude(phone="").exclude(address="")
    keys = list(active.order_by("pk").values_list("pk", flat=True))
    with writing_as("partner"):
        shorter = Func(F("phone"), Value("-"), Value(" "), function="replace")
        Partner.objects.filter(pk__in=keys[2 : 2 + 3 * PHONES : 3]).update(phone=shorter)
        for country, floor in FLOOR.items():
            chosen = Partner.objects.filter(pk__in=keys[4 : 4 + 5 * ADDRESSES : 5], country=country)
            chosen.update(address=Concat("address", Value(floor)))
    with writing_as("register"):
        known = Partner.objects.filter(pk__in=keys[1 : 1 + 7 * REGISTERED : 7]).exclude(business_number="")
        known.update(business_number=Func(F("business_number"), Value("-"), Value(""), function="replace"))
