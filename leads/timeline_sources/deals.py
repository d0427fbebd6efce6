"""A partner's deals on its timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import DealRegistration
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def deals(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What it registered or is named in, each with where it stands and with whom. Drafts are their partner's own."""
    found = [
        *newest(DealRegistration.objects.filter(partner=partner_id), before, limit, at="created_at"),
        *newest(DealRegistration.objects.filter(second_partner=partner_id), before, limit, at="created_at"),
    ]
    found.sort(key=lambda deal: (deal.created_at, deal.pk), reverse=True)
    return [
        Entry(
            at=deal.created_at,
            key=deal.pk,
            title=_("Deal %(reference)s: %(customer)s") % {"reference": deal.reference, "customer": deal.customer_name}
            if deal.submitted_at
            else "",
            text=" · ".join(part for part in (with_whom(deal, partner_id), stands(deal)) if part),
            url_name="leads:deal",
            url_kwargs={"pk": deal.pk},
        )
        for deal in found[:limit]
    ]


def with_whom(deal: DealRegistration, partner_id: int) -> str:
    """The other of the two partners of a registration, and what it is in it; nothing where there is one alone."""
    if deal.second_partner_id is None:
        return ""
    if partner_id == deal.second_partner_id:
        return _("Registered by %(partner)s") % {"partner": deal.shown_partner}
    return f"{deal.get_second_is_display()}: {deal.shown_second}"


def stands(deal: DealRegistration) -> str:
    """Where it stands, with the reason."""
    return f"{deal.get_state_display()} {deal.reason}".strip()


register_timeline(
    TimelineSource(
        "deals",
        gettext_lazy("Deals"),
        "check",
        Right.DEALS_VIEW,
        deals,
        function="deals",
        of=DealRegistration,
        columns=("partner_id", "second_partner_id"),
    )
)
