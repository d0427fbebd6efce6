"""Which requests for funds are to be looked at: claims with something against them, and answers that are overdue."""

from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from campaigns.models import FundRequest, FundState
from campaigns.models.funds import WAITING_STATES
from campaigns.selectors.funds import LIKE_BITS

IN_CHECK = (FundState.CLAIMED, FundState.RETURNED)
FLAGGED = """
    SELECT r.id FROM campaigns_fundrequest r
    WHERE r.state IN ('claimed', 'returned') AND (
        EXISTS (
            SELECT FROM campaigns_claimline c JOIN campaigns_claimline o ON o.id <> c.id
            LEFT JOIN campaigns_fundfile f ON f.id = c.file_id LEFT JOIN campaigns_fundfile g ON g.id = o.file_id
            WHERE c.request_id = r.id AND (
                c.number_key <> '' AND o.number_key = c.number_key
                OR o.invoice_on = c.invoice_on AND o.amount = c.amount AND o.currency = c.currency
                OR f.sha256 = g.sha256 AND (f.id <> g.id OR o.request_id = c.request_id)
                OR bit_count((f.look # g.look)::bit(64)) <= %s AND f.id <> g.id
            )
        )
        OR EXISTS (
            SELECT FROM campaigns_claimline c
            WHERE c.request_id = r.id AND NOT c.invoice_on BETWEEN r.starts_on - 90 AND r.ends_on + 60
        )
        OR EXISTS (
            SELECT FROM campaigns_claimline c JOIN campaigns_fundline l ON l.id = c.line_id
            WHERE c.request_id = r.id GROUP BY l.id, l.planned HAVING sum(c.amount * c.rate) / r.rate > l.planned
        )
    )
"""
"""As `campaigns.selectors.funds.flags_of` says it of each line, of claims that are not settled yet."""


def flagged_requests(rows: QuerySet[FundRequest]) -> QuerySet[FundRequest]:
    """Those of these whose claims have something to be looked at. For staff alone."""
    return rows.filter(state__in=IN_CHECK, pk__in=RawSQL(FLAGGED, [LIKE_BITS]))  # noqa: S611


def late_requests(rows: QuerySet[FundRequest]) -> QuerySet[FundRequest]:
    """Those of these that staff should have answered by now."""
    since: Any = Coalesce(TruncDate("claimed_at"), TruncDate("asked_at"))
    until = ExpressionWrapper(since + F("fund__answer_days"), output_field=DateField())
    return rows.alias(until=until).filter(Q(state__in=WAITING_STATES), until__lt=timezone.localdate())
