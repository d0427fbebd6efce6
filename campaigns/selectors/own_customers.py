"""What a partner reads of its own customers and campaigns; in any other scope these tables are closed."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q, QuerySet

from campaigns.models import (
    OPEN_MESSAGES,
    MessageState,
    OwnCustomer,
    OwnMessage,
    OwnState,
    OwnSuppression,
    PartnerCampaign,
    PartnerTemplate,
)
from tenancy.rls import house_scope

SHOWN = 100
UNDELIVERED = (MessageState.REFUSED, MessageState.FAILED, MessageState.BOUNCED)
NOT_SENT_FOR = ("stopped", "withdrawn", "suppressed", "no_text", "removed")
"""What stands with a mail that was not sent; anything else is what a mail server said."""


def count() -> int:
    """How many are on the list."""
    return OwnCustomer.objects.count()


def groups() -> list[str]:
    """The groups that there are."""
    found = OwnCustomer.objects.exclude(group="").order_by("group")
    return list(found.values_list("group", flat=True).distinct())


def known(emails: Collection[str]) -> int:
    """How many of these are on the list."""
    return OwnCustomer.objects.filter(email__in=emails).count()


def that_fit(sought: str) -> QuerySet[OwnCustomer]:
    """The customers in whose name, address or group this stands; without it all."""
    rows = OwnCustomer.objects.all()
    if sought:
        rows = rows.filter(Q(name__icontains=sought) | Q(email__icontains=sought) | Q(group__icontains=sought))
    return rows


def page_of(sought: str) -> tuple[list[Any], int]:
    """The first customers that fit, with whether they are written to no more, and how many fit."""
    rows = that_fit(sought)
    shown = list(rows.order_by("-created_at", "-pk")[:SHOWN])
    gone = dict(OwnSuppression.objects.filter(email__in=[row.email for row in shown]).values_list("email", "reason"))
    return [
        (row, OwnSuppression.Reason(gone[row.email]).label if row.email in gone else "") for row in shown
    ], rows.count()


def campaigns_of_partner() -> list[tuple[PartnerCampaign, PartnerTemplate]]:
    """The partner's campaigns, the latest first, with their templates."""
    campaigns = list(PartnerCampaign.objects.order_by("-created_at", "-pk")[:SHOWN])
    with house_scope():
        templates = PartnerTemplate.objects.in_bulk({campaign.template_id for campaign in campaigns})
    return [(campaign, templates[campaign.template_id]) for campaign in campaigns]


def answers_to(campaign: PartnerCampaign) -> list[OwnMessage]:
    """Who answered, the latest first."""
    found = OwnMessage.objects.filter(campaign=campaign, answered_at__isnull=False)
    return list(found.order_by("-answered_at")[:SHOWN])


def not_delivered(campaign: PartnerCampaign) -> dict[str, int]:
    """How many mails of it came to nobody, by why: what stands with them, or else their state."""
    out: Counter[str] = Counter()
    rows = OwnMessage.objects.filter(campaign=campaign, state__in=UNDELIVERED).order_by()
    for state, error, count in rows.values_list("state", "error").annotate(count=Count("pk")):
        out[error if error in NOT_SENT_FOR else state] += count
    return dict(out.most_common())


def unsent(campaign: PartnerCampaign) -> int:
    """How many of its mails have not gone yet."""
    if campaign.state != OwnState.SENDING:
        return 0
    return OwnMessage.objects.filter(campaign=campaign, state__in=OPEN_MESSAGES).count()
