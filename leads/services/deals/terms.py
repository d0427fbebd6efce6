"""The manufacturer's terms of deal registration."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from leads.models import DealSettings, ProtectionTerm
from leads.selectors.deals import MOST_REQUIRED, required_fields
from leads.services.deals.common import DealError


@transaction.atomic
def save_terms(settings: DealSettings, days: Mapping[int, int]) -> DealSettings:
    """Keep the terms, with the days of the categories that have their own. What is protected stays as it is."""
    if len(required_fields(settings)) > MOST_REQUIRED or len(settings.required) > MOST_REQUIRED - 4:
        raise DealError(_("At most %(count)s fields may be asked for.") % {"count": MOST_REQUIRED})
    settings.reminder_days = sorted(set(settings.reminder_days), reverse=True)
    settings.save()
    ProtectionTerm.objects.exclude(category__in=days).delete()
    ProtectionTerm.objects.bulk_create(
        [ProtectionTerm(category_id=category, days=number) for category, number in days.items()],
        update_conflicts=True,
        unique_fields=["manufacturer", "category"],
        update_fields=["days"],
    )
    return settings
