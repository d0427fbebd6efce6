"""The cards about agreements and papers on the staff's page of a partner."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.models import Partner
from partners.panels import Panel, register_panel
from partners.selectors import agreements as reading
from tenancy.models import Membership
from tenancy.rights import Right

AGREEMENTS_SHOWN = 20


def agreements(member: Membership, partner: Partner) -> dict[str, Any]:
    return {
        "partner": partner,
        "agreements": reading.agreement_rows(member).filter(partner=partner).order_by("-pk")[:AGREEMENTS_SHOWN],
        "can_edit": member.can(Right.AGREEMENTS_EDIT),
    }


def papers(member: Membership, partner: Partner) -> dict[str, Any]:
    return {
        "partner": partner,
        "needs": reading.paper_needs(partner, day=timezone.localdate()),
        "can_edit": member.can(Right.AGREEMENTS_EDIT),
    }


def may_not(member: Membership, partner: Partner) -> dict[str, Any] | None:
    blocked = selectors.blocked_by(selectors.permissions_of(partner), member, partner.pk)
    return {"blocked": blocked} if blocked else None


register_panel(
    Panel(
        "may_not",
        _("What it may not do now"),
        "partners/staff/panels/may_not.html",
        may_not,
        Right.PARTNERS_VIEW,
        order=3,
        column="side",
    )
)
register_panel(
    Panel(
        "agreements",
        _("Agreements"),
        "partners/staff/panels/agreements.html",
        agreements,
        Right.PARTNERS_VIEW,
        function="agreements",
        order=10,
        tab="agreements",
    )
)
register_panel(
    Panel(
        "papers",
        _("Papers"),
        "partners/staff/panels/papers.html",
        papers,
        Right.PARTNERS_VIEW,
        function="agreements",
        order=20,
        tab="agreements",
        column="side",
    )
)
