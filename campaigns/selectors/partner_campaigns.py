"""Campaigns of partners: what partners may use, what became of it, and what the manufacturer may know of that."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from campaigns.models import OwnState, PartnerCampaign, PartnerTemplate, ReleaseState
from partners.audiences.fields import Catalogue
from partners.models import Partner
from partners.selectors import partners_for
from partners.selectors.audiences import ReadAudience
from tenancy.models import Membership
from tenancy.rls import house_scope

FEWEST = 5
"""Fewer people than that are not told the manufacturer: from such a number somebody could be guessed."""
FIGURES = ("sent", "opened", "clicked", "answered", "unsubscribed")


def templates_out() -> QuerySet[PartnerTemplate]:
    """The templates that partners may use today, each for its audience."""
    today = timezone.localdate()
    return PartnerTemplate.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=today),
        Q(ends_on=None) | Q(ends_on__gte=today),
        state=ReleaseState.RELEASED,
    )


def templates_for_partner(partner: int) -> list[PartnerTemplate]:
    """The templates that a partner may use today, the newest first. Two queries, and one for each audience that is used."""
    with house_scope():
        found = templates_out().select_related("audience__owner__manufacturer").prefetch_related("texts")
        inside: dict[int, bool] = {}
        fitting = []
        for template in found.order_by("-released_at", "-pk"):
            audience = template.audience
            if audience is not None and audience.pk not in inside:
                inside[audience.pk] = _is_in(audience, partner)
            if audience is None or inside[audience.pk]:
                fitting.append(template)
        return fitting


def is_for_partner(template: int, partner: int) -> bool:
    """Whether a partner may use a template today."""
    with house_scope():
        found = templates_out().filter(pk=template).select_related("audience__owner__manufacturer").first()
        return found is not None and (found.audience is None or _is_in(found.audience, partner))


def _is_in(audience: Any, partner: int) -> bool:
    """Nobody is in an audience whose conditions cannot be read any more."""
    asked = ReadAudience(audience.definition, Catalogue(audience.owner))
    return not asked.problems and asked.narrowed(Partner.objects.filter(pk=partner)).exists()


@dataclass(frozen=True)
class Totals:
    """How many people, as far as it may be told: None stands for fewer than five, in a sum for nothing that is told."""

    partner: Partner | None
    campaigns: int
    last: Any
    sent: int | None
    opened: int | None
    clicked: int | None
    answered: int | None
    unsubscribed: int | None


def veiled(count: int) -> int | None:
    """A number of people as the manufacturer may see it."""
    return None if 0 < count < FEWEST else count


def template_rows(member: Membership) -> list[dict[str, Any]]:
    """All templates with what partners did with them. Of those that each partner's cell tells, the sum."""
    templates = list(PartnerTemplate.objects.select_related("audience").order_by("-updated_at", "-pk"))
    by_template: dict[int, list[Totals]] = {}
    for template, row in _rows(member):
        by_template.setdefault(template, []).append(row)
    return [{"template": each, "totals": _sum(by_template.get(each.pk, []))} for each in templates]


def totals_by_partner(template: PartnerTemplate, member: Membership) -> list[Totals]:
    """What each partner did with a template, who sent last first."""
    rows = [row for _template, row in _rows(member, template)]
    return sorted(rows, key=lambda row: row.last, reverse=True)


def _rows(member: Membership, template: PartnerTemplate | None = None) -> list[tuple[int, Totals]]:
    campaigns = PartnerCampaign.objects.exclude(state=OwnState.DRAFT).filter(partner__in=partners_for(member))
    if template is not None:
        campaigns = campaigns.filter(template=template)
    rows: Any = list(
        campaigns.order_by()
        .values("template", "partner")
        .annotate(campaigns=Count("pk"), last=Max("started_at"), **{name: Sum(name) for name in FIGURES})
    )
    partners = Partner.objects.in_bulk({row["partner"] for row in rows})
    found = []
    for row in rows:
        told = {name: veiled(row[name]) for name in FIGURES}
        if told["sent"] is None:
            told = dict.fromkeys(FIGURES)
        found.append((row["template"], Totals(partners[row["partner"]], row["campaigns"], row["last"], **told)))
    return found


def _sum(rows: list[Totals]) -> Totals:
    """Only what is told of each is added up: from a whole sum one could find what a cell hides. Of what is hidden of all, there
    is no sum."""
    told: dict[str, int | None] = {}
    for name in FIGURES:
        parts = [getattr(row, name) for row in rows]
        told[name] = sum(part or 0 for part in parts) if any(parts) or None not in parts else None
    return Totals(
        partner=None,
        campaigns=sum(row.campaigns for row in rows),
        last=max((row.last for row in rows), default=None),
        **told,
    )
