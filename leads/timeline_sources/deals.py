"""A partner's deals on its timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import DealRegistration
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def deals(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What it registered, each with where it stands. Drafts are its own."""
    rows = DealRegistration.objects.filter(partner=partner_id)
    return [
        Entry(
            at=deal.created_at,
            key=deal.pk,
            title=_("Deal %(reference)s: %(customer)s") % {"reference": deal.reference, "customer": deal.customer_name}
            if deal.submitted_at
            else "",
            text=f"{deal.get_state_display()} {deal.reason}".strip(),
            url_name="leads:deal",
            url_kwargs={"pk": deal.pk},
        )
        for deal in newest(rows, before, limit, at="created_at")
    ]


register_timeline(
    TimelineSource(
        "deals", gettext_lazy("Deals"), "check", Right.DEALS_VIEW, deals, function="deals", of=DealRegistration
    )
)
