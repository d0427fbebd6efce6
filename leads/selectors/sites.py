"""Everything read of sites."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex

from leads.models import (
    OPEN_SITE_STAGES,
    Opportunity,
    PartyRole,
    Site,
    SiteAccess,
    SiteFile,
    SiteFileKind,
    SiteKey,
    SiteParty,
    SiteProduct,
    SiteStage,
)
from leads.selectors.deals import deals_for
from leads.selectors.leads import leads_for
from leads.site_matching import WARN_FROM, Place, compare_places, keys_of, ready
from pages.boards import CARDS, Column, pages_of
from pages.paging import keys_of_parts
from partners.blocking import MOST_IN_BLOCK
from partners.matching import Match
from partners.models import Partner
from partners.selectors.duplicates import shown_percent
from partners.selectors.partners import search_words
from tenancy.models import Membership
from tenancy.rights import Right

MOST_DOTS = 2_000
MOST_HANGING = 50
COMPARED = ("name", "local_name", "address", "city", "postal_code", "country", "latitude", "longitude")


def sites_for(member: Membership) -> QuerySet[Site]:
    """The sites this member may see: staff all, or only those of their partners and their own; a partner its own.

    For a partner's people the database decides; naming their sites here lets it find them by index.
    """
    sites = Site.objects.filter(merged_into=None)
    if not member.is_staff:
        return sites.filter(pk__in=SiteAccess.objects.filter(partner=member.partner_id).values("site"))
    if member.can(Right.PARTNERS_VIEW_ALL):
        return sites
    own = Partner.objects.filter(channel_manager=member).values("pk")
    return sites.filter(
        Q(pk__in=SiteAccess.objects.filter(partner__in=own).values("site")) | Q(owner=member) | Q(created_by=member)
    )


def site_rows(member: Membership) -> QuerySet[Site]:
    """Sites with what a list shows of them."""
    return sites_for(member).select_related("client", "registered_by", "owner")


MOST_CHOICES = 200


def sites_open_to(partner_id: int, *, now: int | None = None) -> QuerySet[Site]:
    """The open sites that a partner reads, by name, for a choice; with `now`, the one that is chosen, whatever its stage."""
    kept = Q(stage__in=OPEN_SITE_STAGES) | Q(pk=now) if now is not None else Q(stage__in=OPEN_SITE_STAGES)
    own = SiteAccess.objects.filter(partner=partner_id).values("site")
    return Site.objects.filter(kept, merged_into=None, pk__in=own).order_by("name", "pk")


def matching_sites(sites: QuerySet[Site], text: str) -> QuerySet[Site]:
    """Those of `sites` whose name, address, city or reference hold every word of `text`."""
    searched = Concat(Value(" "), F("search_text"), output_field=TextField())
    for number, word in enumerate(search_words(text)):
        sites = sites.alias(**{f"at_{number}": StrIndex(searched, Value(word))}).filter(**{f"at_{number}__gt": 0})
    return sites


# --- The board --------------------------------------------------------------------------------------------------------


def site_board(sites: QuerySet[Site], pages: Mapping[str, int]) -> list[Column[Site]]:
    """A column for each stage, and of each the asked page, the newest there first. Three queries, however many there are."""
    counts = dict(sites.order_by().values_list("stage").annotate(count=Count("pk")))
    asked = pages_of(SiteStage, counts, pages)
    keys = keys_of_parts(
        [
            sites.filter(stage=stage).order_by("-stage_since", "-pk")[(page - 1) * CARDS : page * CARDS]
            for stage, page in asked.items()
        ]
    )
    known = sites.in_bulk([key for part in keys for key in part])
    return [
        Column(stage, counts.get(stage, 0), page, [known[key] for key in part if key in known])
        for (stage, page), part in zip(asked.items(), keys, strict=True)
    ]


# --- The map ----------------------------------------------------------------------------------------------------------


def sites_on_map(sites: QuerySet[Site]) -> QuerySet[Site]:
    """The newest sites that have a place on the map, as many as a map can show."""
    return sites.filter(latitude__isnull=False, longitude__isnull=False).order_by("-created_at", "-pk")[:MOST_DOTS]


# --- Likeness ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AlikeSite:
    """A site that looks like the one asked for, and why."""

    site: Site
    match: Match

    @property
    def percent(self) -> int:
        """How sure, in whole per cent; never 100, since nobody has looked yet."""
        return shown_percent(self.match.score)


def place_of(site: Site, client: str = "") -> Place:
    """What of a site is compared."""
    return Place(
        **{name: getattr(site, name) or "" for name in COMPARED if name not in ("latitude", "longitude")},
        latitude=float(site.latitude) if site.latitude is not None else None,
        longitude=float(site.longitude) if site.longitude is not None else None,
        client=client or (site.client.name if site.client_id and site.client else ""),
    )


def sites_like(
    place: Place, *, least: float = WARN_FROM, limit: int = 5, apart_from: int | None = None
) -> list[AlikeSite]:
    """The sites that look like `place`, the surest first. Two queries, also among very many; in the staff scope."""
    wanted = ready(place)
    if not wanted.company.names and not wanted.company.address:
        return []
    keys = list(keys_of(wanted, around=True))
    shared: dict[int, set[int]] = {}
    for key, pk in SiteKey.objects.filter(key__in=keys).values_list("key", "site_id")[: MOST_IN_BLOCK * len(keys)]:
        shared.setdefault(key, set()).add(pk)
    near = {pk for members in shared.values() if len(members) <= MOST_IN_BLOCK for pk in members} - {apart_from}
    rows = Site.objects.filter(pk__in=near, merged_into=None).select_related("client", "registered_by")
    found = [
        AlikeSite(site, match)
        for site in rows
        if (match := compare_places(wanted, ready(place_of(site)))).score >= least
    ]
    return sorted(found, key=lambda each: (-each.match.score, each.site.pk))[:limit]


# --- One site ---------------------------------------------------------------------------------------------------------


def parties_of(site: Site) -> list[SiteParty]:
    """Who takes part, in the order of the roles; for a partner's people without the other partners."""
    order = {role: place for place, role in enumerate(PartyRole.values)}
    parties = SiteParty.objects.filter(site=site).select_related("partner", "customer")
    return sorted(parties, key=lambda party: (order[party.role], party.pk))


def quantities_of(site: Site) -> QuerySet[SiteProduct]:
    """What goes in; for a partner's people their own figures and those that are shown to them."""
    return (
        SiteProduct.objects.filter(site=site)
        .select_related("product", "category", "partner")
        .order_by("product__code", "category__code", "pk")
    )


def files_of(site: Site) -> QuerySet[SiteFile]:
    """Photos and papers, the newest first."""
    return SiteFile.objects.filter(site=site).select_related("partner").order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Hanging:
    """A lead, an opportunity or a registered deal of a site."""

    kind: str
    title: str
    detail: str
    state: str
    pk: int
    amount: Decimal | None


def hanging_on(site: Site, member: Membership) -> list[Hanging]:
    """What hangs on a site, as far as the member may see it: leads, opportunities, deals. Three queries."""
    leads = leads_for(member).filter(site=site).select_related("partner", "category").order_by("-received_at")
    opportunities = Opportunity.objects.filter(site=site).select_related("partner", "stage").order_by("-pk")
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        opportunities = opportunities.filter(partner__channel_manager=member)
    deals = deals_for(member).filter(site=site).select_related("category").order_by("-pk")
    own = not member.is_staff
    return [
        *(
            Hanging(
                "lead", lead.subject or lead.reference, "" if own else str(lead.partner or ""),
                str(lead.get_state_display()), lead.pk, lead.amount_base,
            )
            for lead in leads[:MOST_HANGING]
        ),
        *(
            Hanging(
                "opportunity", str(each), "" if own else str(each.partner), str(each.stage), each.pk,
                each.amount_base,
            )
            for each in opportunities[:MOST_HANGING]
        ),
        *(
            Hanging(
                "deal", deal.title or deal.reference, "" if own else deal.shown_partner,
                str(deal.get_state_display()), deal.pk, deal.amount_base,
            )
            for deal in deals[:MOST_HANGING]
        ),
    ]  # fmt: skip


def other_sites_of(client_id: int, *, apart_from: int) -> list[Site]:
    """The other sites of a client: one may have many."""
    return list(Site.objects.filter(client=client_id, merged_into=None).exclude(pk=apart_from).order_by("name")[:30])


def photos_and_papers(site: Site) -> tuple[list[SiteFile], list[SiteFile]]:
    """Photos and papers apart."""
    rows = list(files_of(site))
    return [row for row in rows if row.kind == SiteFileKind.PHOTO], [
        row for row in rows if row.kind != SiteFileKind.PHOTO
    ]
