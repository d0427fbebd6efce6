"""Mails of campaigns to a partner's people, on its timeline, each with what came back."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from campaigns.functions import CAMPAIGNS
from campaigns.models import Recipient
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def mails(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What its people were sent; what its end customers were sent is their own."""
    rows = Recipient.objects.filter(partner=partner_id, customer=None, sent_at__isnull=False).select_related("campaign")
    return [
        Entry(
            at=row.sent_at,  # type: ignore[arg-type]  # asked for above
            key=row.pk,
            title=_("Campaign “%(campaign)s” to %(person)s") % {"campaign": row.campaign.title, "person": row.name},
            text=came_back(row),
            url_name="campaigns:detail",
            url_kwargs={"pk": row.campaign_id},
        )
        for row in newest(rows, before, limit, at="sent_at")
    ]


def came_back(row: Recipient) -> str:
    """The furthest that a reader came."""
    for at, words in (
        (row.unsubscribed_at, _("Unsubscribed")),
        (row.replied_at, _("Answered")),
        (row.clicked_at, _("Clicked")),
        (row.opened_at, pgettext("mail", "Opened")),
        (row.bounced_at, _("Came back")),
    ):
        if at is not None:
            return words
    return ""


register_timeline(
    TimelineSource(
        "campaigns",
        gettext_lazy("Campaigns"),
        "message",
        Right.CAMPAIGNS_VIEW,
        mails,
        function=CAMPAIGNS.key,
        of=Recipient,
    )
)
