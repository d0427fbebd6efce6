"""A campaign's readers with what came back, in the columns in which past campaigns are brought in (`campaigns.imports.past`)."""

import zoneinfo
from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from campaigns.answers import ANSWERS, REPLIED
from campaigns.models import Campaign, Recipient, Response, ResponseKind

COLUMNS = [
    "campaign", "date", "partner_code", "name", "email", "channel", "variant", "language", "country", "sent_on",
    "opened_on", "clicked_on", "replied_on", "answer", "ordered_on", "order_amount", "known",
]  # fmt: skip
MOMENTS = ("sent_at", "opened_at", "clicked_at", "replied_at")


def past_rows(campaign: Campaign, readers: QuerySet[Recipient]) -> Iterator[list[Any]]:
    """A row for each of these readers. One query, read in parts."""
    zone = zoneinfo.ZoneInfo(campaign.manufacturer.timezone)
    kinds = [ResponseKind.ANSWER, ResponseKind.REPLY, ResponseKind.TYPED]
    answers = Response.objects.filter(recipient=OuterRef("pk"), kind__in=kinds, is_machine=False).order_by("at", "kind")
    rows = readers.order_by("pk").annotate(
        answer=Subquery(answers.values("detail")[:1]), how=Subquery(answers.values("kind")[:1])
    )
    found = rows.values_list(
        "partner__code", "name", "address", "variant__label", "language", "country", *MOMENTS, "answer", "how",
        "ordered_on", "order_amount", "known",
    )  # fmt: skip
    for (
        code,
        name,
        address,
        variant,
        language,
        country,
        *moments,
        answer,
        how,
        ordered_on,
        amount,
        known,
    ) in found.iterator():
        if how == ResponseKind.TYPED:
            answer = entered(answer)
        days = [moment.astimezone(zone).date() if moment else None for moment in moments]
        yield [
            campaign.name, campaign.starts_on, code or "", name, address if "@" in address else "", campaign.channel,
            variant or "", language, country, *days, answer or "", ordered_on, amount or None, written(known),
        ]  # fmt: skip


def entered(detail: str) -> str:
    """What staff entered of an answer, as its code where it has one, else in its words."""
    code, _space, words = detail.partition(" ")
    return code if code in ANSWERS else words if code == REPLIED else detail


def written(known: dict[str, Any]) -> str:
    """`segment: builder; years: 4`"""
    return "; ".join(f"{name}: {value}" for name, value in known.items())
