"""Partners on the public page, with their hours, and a visitor's question."""

import datetime as dt

from partners import services
from partners.models import LocatorEntry, LocatorQuestion, Partner, Stage
from tenancy.models import Manufacturer

WEEK = ("mon", "tue", "wed", "thu", "fri")
ABOUT = {
    "hanbit": ["바닥재와 벽지를 직접 보고 고를 수 있는 전시장이 있습니다.", "시공 상담과 견적을 당일에 드립니다.", ""],
    "tokai": ["Showroom and workshop; fitting while you wait.", "", "Parts in stock for road and city bikes."],
}
QUESTION = {
    "hanbit": ("이하늘", "30평 아파트 거실과 방 3개 강마루 시공 견적을 받고 싶습니다."),
    "tokai": ("Ingrid Berg", "Do you have hub gears for a 26-inch city bike in stock?"),
}


def tell_locator(manufacturer: Manufacturer, today: dt.date) -> None:
    """Every second active partner with a place on the map is shown; one visitor asks."""
    known = Partner.objects.filter(stage=Stage.ACTIVE, latitude__isnull=False).order_by("pk")
    chosen = list(known.values_list("pk", flat=True))[::2]
    if not chosen or LocatorEntry.objects.exists():
        return
    services.list_partners(Partner.objects.filter(pk__in=chosen), listed=True)
    entries = list(LocatorEntry.objects.filter(partner__in=chosen).order_by("partner"))
    words = ABOUT.get(manufacturer.slug, [""])
    for number, entry in enumerate(entries):
        entry.about = words[number % len(words)]
        entry.hours = {day: ["09:00", "18:30"] for day in WEEK} | ({"sat": ["10:00", "15:00"]} if number % 3 else {})
    LocatorEntry.objects.bulk_update(entries, ["about", "hours"])
    name, message = QUESTION.get(manufacturer.slug, ("", ""))
    if name and not LocatorQuestion.objects.exists():
        services.ask_partner(
            Partner.objects.select_related("manufacturer").get(pk=chosen[0]),
            name=name,
            email="visitor@home.example",
            phone="",
            message=message,
            consent="",
            language=manufacturer.first_language,
        )
