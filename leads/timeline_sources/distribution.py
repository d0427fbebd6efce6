"""The leads a partner was offered, on its timeline: by their references, never by who is behind them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.functions import LEADS
from leads.models import Offer
from leads.offer_wording import title_of_offer
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def offers(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What was offered, and what became of it."""
    rows = Offer.objects.filter(partner_id=partner_id).select_related("answered_by", "reason")
    return [
        Entry(
            at=offer.offered_at,
            key=offer.pk,
            title=_("Offered: %(title)s") % {"title": title_of_offer(offer)},
            text=" · ".join(
                part
                for part in (
                    offer.facts.get("reference", ""),
                    str(offer.get_state_display()),
                    str(offer.reason) if offer.reason else "",
                )
                if part
            ),
            who=offer.answered_by.name if offer.answered_by else "",
            url_name="leads:candidates",
            url_kwargs={"pk": offer.lead_id},
        )
        for offer in newest(rows, before, limit, at="offered_at")
    ]


register_timeline(
    TimelineSource(
        "lead_offers", gettext_lazy("Offers of leads"), "target", Right.LEADS_VIEW, offers, function=LEADS.key, of=Offer
    )
)
