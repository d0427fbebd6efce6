"""How far the mailings of a campaign are."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from campaigns.models import MAILINGS_UNDER_WAY, Campaign, Mailing, MailingState, Message, MessageState
from campaigns.refusals import sentence_of

MOST_REASONS = 8


@dataclass(frozen=True)
class Progress:
    """A mailing with what became of its messages."""

    mailing: Mailing
    counts: dict[str, int]
    reasons: list[tuple[str, int]]
    """Why some were not sent: sentence and number, most first."""
    delivered: int
    by_sms: int
    cost: Decimal | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return self.total - self.waiting

    @property
    def sent(self) -> int:
        """With those that came back: they were sent, too."""
        return self.counts.get(MessageState.SENT, 0) + self.counts.get(MessageState.BOUNCED, 0)

    @property
    def waiting(self) -> int:
        return self.counts.get(MessageState.WAITING, 0) + self.counts.get(MessageState.SENDING, 0)

    @property
    def is_under_way(self) -> bool:
        return self.mailing.state in MAILINGS_UNDER_WAY

    @property
    def is_paused(self) -> bool:
        return self.mailing.state == MailingState.PAUSED


def progress_of(campaign: Campaign) -> list[Progress]:
    """Each mailing of a campaign, the latest first. Three queries, however many messages there are."""
    mailings = list(Mailing.objects.filter(campaign=campaign).select_related("started_by").order_by("-pk"))
    messages = Message.objects.filter(mailing__in=mailings).order_by()
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for mailing, state, count in messages.values_list("mailing", "state").annotate(n=Count("recipient")):
        counts[mailing][state] = count
    reasons: dict[int, list[tuple[str, int]]] = defaultdict(list)
    told = messages.filter(
        Q(state__in=[MessageState.REFUSED, MessageState.FAILED, MessageState.BOUNCED]) | Q(error="in_doubt")
    )
    for mailing, error, count in told.values_list("mailing", "error").annotate(n=Count("recipient")).order_by("-n"):
        if len(reasons[mailing]) < MOST_REASONS:
            reasons[mailing].append((sentence_of(error), count))
    gateway: dict[int, Any] = {
        row["mailing"]: row
        for row in messages.exclude(gateway_key="")
        .values("mailing")
        .annotate(
            delivered=Count("recipient", filter=Q(delivered_at__isnull=False)),
            by_sms=Count("recipient", filter=Q(via="sms")),
            cost=Sum("cost"),
        )
    }
    return [
        Progress(
            mailing,
            counts[mailing.pk],
            reasons[mailing.pk],
            gateway.get(mailing.pk, {}).get("delivered", 0),
            gateway.get(mailing.pk, {}).get("by_sms", 0),
            gateway.get(mailing.pk, {}).get("cost"),
        )
        for mailing in mailings
    ]
