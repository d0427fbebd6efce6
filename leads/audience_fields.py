"""What audiences can ask of a partner's leads, opportunities and deals."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Count, F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Case, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.functions import DEALS, LEADS
from leads.kpis import FEWEST
from leads.models import CLOSED_STATES, DealRegistration, Lead, LeadState, Opportunity
from partners.audiences.fields import AudienceField, midnight, register_field
from partners.audiences.tree import Type
from tenancy.rights import Right
from valuation.periods import window_start

GROUP = _("Leads and deals")
RECENT_DAYS = 90


def counted(rows: Callable[[], QuerySet[Any]]) -> Callable[[], Any]:
    """How many of `rows` each partner has; none is 0."""
    return lambda: summed(rows(), Count("pk"))


def summed(rows: QuerySet[Any], total: Any) -> Any:
    """A sum over the rows of each partner; none is 0."""
    own = rows.filter(partner=OuterRef("pk")).order_by().values("partner")
    found = Subquery(own.annotate(total=Cast(total, FloatField())).values("total"))
    return Coalesce(found, Value(0.0), output_field=FloatField())


def accepted() -> QuerySet[Lead]:
    """Leads accepted in the last 90 days, today among them."""
    first = timezone.localdate() - dt.timedelta(days=RECENT_DAYS - 1)
    return Lead.objects.filter(accepted_at__gte=midnight(first))


def win_rate() -> Subquery:
    """The share won of the leads closed in twelve months, as the KPI counts it; nothing below five."""
    since = midnight(window_start(timezone.localdate()))
    closed = Lead.objects.filter(partner=OuterRef("pk"), state__in=CLOSED_STATES, closed_at__gte=since)
    counts = closed.order_by().values("partner").annotate(all=Count("pk"), won=Count("pk", Q(state=LeadState.WON)))
    share = Case(When(all__gte=FEWEST, then=100.0 * F("won") / F("all")), output_field=FloatField())
    return Subquery(counts.annotate(share=share).values("share"))


def open_opportunities() -> QuerySet[Opportunity]:
    """What partners work on."""
    return Opportunity.objects.filter(closed_at=None)


def protected() -> QuerySet[DealRegistration]:
    """Registrations that are protected at this moment."""
    return DealRegistration.objects.filter(protected_until__gt=timezone.now())


register_field(
    AudienceField(
        "leads_accepted_90",
        _("Leads accepted in 90 days"),
        GROUP,
        Type.NUMBER,
        value=counted(accepted),
        right=Right.LEADS_VIEW,
        function=LEADS.key,
    ),
    AudienceField(
        "leads_win_rate",
        _("Win rate of leads, 12 months"),
        GROUP,
        Type.NUMBER,
        value=win_rate,
        unit="%",
        right=Right.LEADS_VIEW,
        function=LEADS.key,
    ),
    AudienceField(
        "opportunities_open",
        _("Open opportunities"),
        GROUP,
        Type.NUMBER,
        value=counted(open_opportunities),
        right=Right.LEADS_VIEW,
        function=LEADS.key,
    ),
    AudienceField(
        "pipeline_open",
        _("Open pipeline"),
        GROUP,
        Type.MONEY,
        value=lambda: summed(open_opportunities(), Sum("amount_base")),
        right=Right.LEADS_VIEW,
        function=LEADS.key,
    ),
    AudienceField(
        "deals_protected",
        _("Protected deals"),
        GROUP,
        Type.NUMBER,
        value=counted(protected),
        right=Right.DEALS_VIEW,
        function=DEALS.key,
    ),
)
