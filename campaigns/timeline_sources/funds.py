"""A partner's requests for funds on its timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.functions import FUNDS
from campaigns.models import FundRequest
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def requests(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What it asked for, each with where it stands."""
    found = newest(FundRequest.objects.filter(partner=partner_id), before, limit, at="asked_at")
    return [
        Entry(
            at=row.asked_at,
            key=row.pk,
            title=_("Funds %(reference)s: %(title)s") % {"reference": row.reference, "title": row.title},
            text=f"{row.get_state_display()} {row.reason}".strip(),
            who=row.asked_by_name,
            url_name="campaigns:fund_request",
            url_kwargs={"pk": row.pk},
        )
        for row in found
    ]


register_timeline(
    TimelineSource(
        "funds", gettext_lazy("Funds"), "check", Right.FUNDS_VIEW, requests, function=FUNDS.key, of=FundRequest
    )
)
