"""The card about qualifications on the staff's page of a partner."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.functions import QUALIFICATIONS
from partners.models import Partner
from partners.panels import Panel, register_panel
from partners.selectors.qualifications import standings
from tenancy.models import Membership
from tenancy.rights import Right


def qualifications(member: Membership, partner: Partner) -> dict[str, Any]:
    return {
        "partner": partner,
        "standings": standings(partner, member, day=timezone.localdate()),
        "can_record": member.can(Right.TRAINING_ASSIGN),
    }


register_panel(
    Panel(
        "qualifications",
        _("Qualifications"),
        "partners/staff/panels/qualifications.html",
        qualifications,
        Right.PARTNERS_VIEW,
        function=QUALIFICATIONS.key,
        order=30,
        tab="people",
    )
)
