"""Steps of journeys that purchases complete."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from commerce.models import SalesDay
from partners.journey_checks import StepType, register_step_type


def with_orders(partner_ids: Sequence[int], subject: str) -> set[int]:
    """Those that have bought anything at all."""
    return set(
        SalesDay.objects.filter(partner_id__in=partner_ids, orders__gt=0)
        .values_list("partner_id", flat=True)
        .distinct()
    )


register_step_type(
    StepType("first_order", _("First order"), _("Done once something was bought."), done=with_orders, order=60)
)
