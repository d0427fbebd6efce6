"""Everything read about opportunities."""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex
from django.utils import timezone

from commerce.models import EndCustomer
from leads.models import LeadReason, Opportunity, PipelineStage, ReasonUse, StageOutcome
from pages.boards import CARDS
from pages.paging import Page, Sort, first_pages
from partners.selectors.partners import FOUND_AT_MOST, search_words
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

COUNTED = 1000
"""A column says how many cards it has, and what they are worth, as long as they are no more."""
CLOSED_DAYS = 90
"""What was won and lost stands on the board for so long."""
LISTED = (
    "name", "stage", "stage_since", "amount", "currency", "amount_base", "amount_order", "expected_close", "next_step",
    "next_step_on", "due_on", "closed_at", "won_amount", "won_amount_base", "last_activity_at", "stalled_at",
    "created_at", "lead", "partner__name", "partner__local_name", "partner__code", "rep__name", "customer__name",
    "customer__local_name", "category__code", "category__names", "reason__code", "reason__names",
)  # fmt: skip
"""What a list or a card shows."""
OF_SHOPS = (
    "name", "partner", "stage", "amount_base", "amount_order", "expected_close", "closed_at", "won_amount_base",
    "last_activity_at", "stalled_at", "created_at", "category__code", "category__names",
)  # fmt: skip
"""What the partner above sees of a shop's opportunities."""


def opportunities_for(member: Membership) -> QuerySet[Opportunity]:
    """The opportunities this member may see: staff all, or those of their partners; a partner's people their own.

    What shops show to the partner above them is in `shops_opportunities`.
    """
    if not member.is_staff:
        return Opportunity.objects.filter(partner=member.partner_id)
    if not member.can(Right.PARTNERS_VIEW_ALL):
        return Opportunity.objects.filter(partner__channel_manager=member)
    return Opportunity.objects.all()


def shops_opportunities(member: Membership) -> QuerySet[Opportunity]:
    """In a partner's scope: what its shops have agreed to show. Neither their customers nor their people are."""
    return Opportunity.objects.exclude(partner=member.partner_id).select_related("category").only(*OF_SHOPS)


def opportunity_rows(member: Membership) -> QuerySet[Opportunity]:
    """Opportunities with what a list shows of them. Stages are few: they are read by themselves."""
    return opportunities_for(member).select_related("partner", "rep", "customer", "category", "reason").only(*LISTED)


def stages() -> list[PipelineStage]:
    """The stages in use, in their order."""
    return list(PipelineStage.objects.filter(is_retired=False).order_by("order", "code"))


def reps_of(partner_id: int) -> QuerySet[Membership]:
    """Who of a partner works on opportunities, by name."""
    return members_with(Right.PORTAL_LEADS_WORK).filter(partner=partner_id).order_by("name", "pk")


def lost_reasons() -> QuerySet[LeadReason]:
    """The reasons for losing to choose from."""
    return LeadReason.objects.filter(use=ReasonUse.LOST, is_retired=False)


def customers_of(partner_id: int) -> QuerySet[EndCustomer]:
    """The end customers that a partner serves, by name."""
    return EndCustomer.objects.filter(served_by=partner_id, merged_into=None).order_by("name", "pk")


def matching_opportunities(rows: QuerySet[Opportunity], text: str, *, member: Membership) -> QuerySet[Opportunity]:
    """Those whose name holds every word of `text`. For staff one query of its own finds them by an index."""
    words = search_words(text)
    if not words:
        return rows
    if member.is_staff:
        with connection.cursor() as cursor:
            cursor.execute("SELECT leads_search_opportunities(%s, %s)", [words, FOUND_AT_MOST + 1])
            found = cursor.fetchone()[0]
        if len(found) <= FOUND_AT_MOST:
            return rows.filter(pk__in=found)
    for word in words:
        place = StrIndex(Concat(Value(" "), "search_text", output_field=TextField()), Value(word))
        rows = rows.alias(place=place).filter(place__gt=0)
    return rows


# --- The board --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One stage on the board, with one page of its cards: what is due first on top, of what is closed the latest."""

    stage: PipelineStage
    page: Page[Opportunity]
    count: int
    amount: Decimal

    @property
    def has_more(self) -> bool:
        """Whether there are more than are counted."""
        return self.count > COUNTED

    @property
    def weighted(self) -> Decimal:
        return self.amount * self.stage.probability / 100


def board(
    rows: QuerySet[Opportunity], after: Mapping[str, str], *, found: Sequence[PipelineStage] | None = None
) -> list[Column]:
    """The columns of the board: two queries for the cards of all of them, and one for all counts. Each is paged by key.

    after: stage code -> where its page begins.
    """
    found = stages() if found is None else found
    since = timezone.now() - dt.timedelta(days=CLOSED_DAYS)
    shown = {stage.pk: _of_stage(rows, stage, since) for stage in found}
    totals = _totals(shown)
    parts = []
    for stage in found:
        field = "due_on" if stage.outcome == StageOutcome.OPEN else "closed_at"
        sort = Sort(field, descending=field == "closed_at", nullable=False)
        parts.append((shown[stage.pk], sort, after.get(stage.code, "")))
    columns = []
    for stage, page in zip(found, first_pages(rows, parts, size=CARDS), strict=True):
        for card in page.rows:
            card.stage = stage
        count, amount = totals[stage.pk]
        columns.append(Column(stage, page, count, amount))
    return columns


def _of_stage(rows: QuerySet[Opportunity], stage: PipelineStage, since: dt.datetime) -> QuerySet[Opportunity]:
    own = rows.filter(stage=stage)
    return own if stage.outcome == StageOutcome.OPEN else own.filter(closed_at__gte=since)


def _totals(shown: Mapping[int, QuerySet[Opportunity]]) -> dict[int, tuple[int, Decimal]]:
    """How many stand at each stage and what they are worth, looking at no more of each than are counted. One query."""
    parts: list[str] = []
    params: list[Any] = []
    for rows in shown.values():
        counted = rows.select_related(None).order_by().values("stage_id", "amount_base", "won_amount_base")
        with suppress(EmptyResultSet):  # a search that found nothing
            sql, values = counted[: COUNTED + 1].query.sql_with_params()
            parts.append(f"({sql})")
            params += values
    if not parts:
        return dict.fromkeys(shown, (0, Decimal(0)))
    union = " UNION ALL ".join(parts)
    columns = "cards (stage_id, amount_base, won_amount_base)"
    worth = "coalesce(sum(coalesce(won_amount_base, amount_base)), 0)"
    statement = f"SELECT stage_id, count(*), {worth} FROM ({union}) {columns} GROUP BY 1"  # noqa: S608 - Django's own SQL
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        known = {pk: (count, amount) for pk, count, amount in cursor.fetchall()}
    return {pk: known.get(pk, (0, Decimal(0))) for pk in shown}
