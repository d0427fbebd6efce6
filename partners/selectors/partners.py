"""Everything read about partners."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat, StrIndex

from jobs.columns import fold
from partners.models import Partner, PartnerKind, PartnerSummary, Specialisation, shown_name
from tenancy.models import DataKind, Membership, Sharing
from tenancy.rights import Right, Role

FOUND_AT_MOST = 1000
"""A search that finds more walks the list instead: among so many, the first page is full soon."""

MOST_REGIONS = 300


def partners_for(member: Membership) -> QuerySet[Partner]:
    """The partners this member may see: staff all, or only those assigned to them; a partner itself.

    Records that were merged into another are none any more.

    For a partner's people the database decides: their own company, and sub-partners that share their profile.
    """
    partners = Partner.objects.filter(merged_into=None)
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        return partners.filter(channel_manager=member)
    return partners


LISTED = (
    "name",
    "local_name",
    "code",
    "external_code",
    "stage",
    "city",
    "region",
    "country",
    "phone",
    "email",
    "confirmed_at",
    "kind__code",
    "kind__names",
    "channel_manager__name",
    "summary__tier_code",
    "summary__tier_colour",
    "summary__tier_names",
    "summary__tier_rank",
    "summary__score",
    "summary__score_order",
    "summary__revenue",
    "summary__revenue_order",
    "summary__previous_revenue",
    "summary__growth_order",
    "summary__trend",
    "summary__last_sale_on",
    "summary__monthly",
    "summary__as_of",
)
"""What a list of partners shows or sorts by: the whole rows are three times as wide."""


def partner_rows(member: Membership) -> QuerySet[Partner]:
    """Partners with what a list shows of them: kind, channel manager, grade and figures."""
    # Every partner has a summary, so the join is an inner one, and the list can be sorted by the summary's indexes.
    return (
        partners_for(member)
        .filter(summary__isnull=False)
        .select_related("summary", "kind", "channel_manager")
        .only(*LISTED)
    )


def summaries_for(member: Membership) -> QuerySet[PartnerSummary]:
    """The figures of the partners this member may see."""
    summaries = PartnerSummary.objects.all()
    if member.is_staff and not member.can(Right.PARTNERS_VIEW_ALL):
        return summaries.filter(partner__channel_manager=member)
    return summaries


def search_words(text: str) -> list[str]:
    """What is looked for, in the form in which it is stored. One letter alone stands for the start of a word."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return [word if len(word) > 1 else f" {word}" for word in folded.split()]


def matching(partners: QuerySet[Partner], text: str) -> QuerySet[Partner]:
    """Those of `partners` whose name, local name, codes or city hold every word of `text`. One query of its own."""
    words = search_words(text)
    if not words:
        return partners
    with connection.cursor() as cursor:
        cursor.execute("SELECT partners_search(%s, %s)", [words, FOUND_AT_MOST + 1])
        found = cursor.fetchone()[0]
    if len(found) <= FOUND_AT_MOST:
        return partners.filter(pk__in=found)
    for word in words:
        partners = partners.alias(place=StrIndex(Concat(Value(" "), "search_text"), Value(word))).filter(place__gt=0)
    return partners


def all_kinds() -> QuerySet[PartnerKind]:
    """The manufacturer's kinds of partner, in their order."""
    return PartnerKind.objects.all()


def kinds_for(partner: Partner) -> QuerySet[PartnerKind]:
    """The kinds that a partner can be of: those in use, and retired ones that it is of already."""
    own = Q(pk=partner.kind_id) | Q(pk__in=partner.other_kinds.values("pk")) if partner.pk else Q()
    return PartnerKind.objects.filter(Q(is_retired=False) | own)


def specialisations_for(partner: Partner) -> QuerySet[Specialisation]:
    """The specialisations to choose from: those in use, and retired ones that the partner has already."""
    own = Q(pk__in=partner.specialisations.values("pk")) if partner.pk else Q()
    return Specialisation.objects.filter(Q(is_retired=False) | own)


def channel_managers(*, with_left: bool = False) -> QuerySet[Membership]:
    """Staff who can look after partners, by name; also those who have left and still do, if asked."""
    chosen = Q(is_active=True, role__in=[Role.OWNER, Role.MANAGER, Role.SERVICE])
    if with_left:
        chosen |= Q(Exists(Partner.objects.filter(channel_manager=OuterRef("pk"))), is_active=False)
    return Membership.objects.filter(chosen, partner=None).order_by("name", "pk")


def managers_who_left() -> QuerySet[Any]:
    """Those who have no access any more and still look after partners, by name; `looked_after` counts the partners."""
    return (
        Membership.objects.filter(partner=None, is_active=False)
        .annotate(looked_after=Count("assigned_partners"))
        .filter(looked_after__gt=0)
        .order_by("name", "pk")
    )


def regions() -> list[str]:
    """The regions in which there are partners, in order: read from one value to the next, not row by row."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE found AS (
                (SELECT region FROM partners_partner WHERE region <> '' ORDER BY region LIMIT 1)
                UNION ALL
                SELECT (SELECT p.region FROM partners_partner p WHERE p.region > found.region ORDER BY p.region LIMIT 1)
                FROM found WHERE found.region IS NOT NULL
            )
            SELECT region FROM found WHERE region IS NOT NULL LIMIT %s
            """,
            [MOST_REGIONS],
        )
        return [region for (region,) in cursor.fetchall()]


def sub_partners(partner: Partner) -> QuerySet[Partner]:
    """The partners declared below this one, with grade and figures, strongest first."""
    return (
        partner.children.filter(summary__isnull=False, merged_into=None)
        .select_related("summary", "kind")
        .order_by("-summary__revenue", "name", "pk")
    )


def people_of(partner: Partner) -> QuerySet[Membership]:
    """The partner's active people, admins first."""
    return Membership.objects.filter(partner=partner, is_active=True).order_by("role", "name", "pk")


def sharings_of(partner: Partner) -> QuerySet[Sharing]:
    """What the partner shows to the one above it, and what it has withdrawn, newest first."""
    return Sharing.objects.filter(partner=partner).select_related("agreed_by").order_by("-agreed_at", "-pk")


@dataclass(frozen=True)
class SharedKind:
    """A kind of data, and whether the partner shows it to the one above it now."""

    kind: str
    label: str
    explanation: str
    sharing: Sharing | None


def shared_kinds(partner: Partner) -> list[SharedKind]:
    """Each kind of data that the partner can share, with its open agreement. One query."""
    from django.utils.translation import gettext as _

    explanations = {
        DataKind.PROFILE: _("Address, contact, opening hours and the other answers in your profile."),
        DataKind.SALES: _("What you buy by month and product, your score and your grade."),
        DataKind.PAPERS: _("Licences and certificates: which you have, and until when."),
        DataKind.AGREEMENTS: _("What you have agreed with the manufacturer, with its text."),
        DataKind.TASKS: _("What is to be done between you and the manufacturer."),
        DataKind.PIPELINE: _(
            "What you may sell: name, stage, amount and next step, without your customers' contact details."
        ),
        DataKind.SERVICE: _(
            "It may change your profile and hand in papers for you, where you show it those. Each time you are told."
        ),
    }
    opened = {
        sharing.data_kind: sharing
        for sharing in sharings_of(partner).filter(withdrawn_at=None, above=F("partner__parent"))
    }
    return [SharedKind(kind, str(kind.label), explanations[kind], opened.get(kind)) for kind in DataKind]


@dataclass(frozen=True)
class RelatedName:
    """A partner that one may know by name only."""

    id: int
    name: str
    local_name: str
    is_above: bool

    def __str__(self) -> str:
        return shown_name(self.name, self.local_name)


def related_names() -> list[RelatedName]:
    """In a partner's scope: what the partner above it and the sub-partners that share with it are called."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, local_name, is_above FROM partners_related_names()")
        return [RelatedName(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class SharingPartner:
    """A sub-partner that shares something with the partner above it."""

    name: RelatedName
    shares_profile: bool
    shares_sales: bool


def sharing_partners(partner: Partner, names: Sequence[RelatedName]) -> list[SharingPartner]:
    """In a partner's scope: those of its sub-partners that share with it, and what. The database shows no others."""
    profiles = set(Partner.objects.filter(parent=partner, merged_into=None).values_list("pk", flat=True))
    figures = set(PartnerSummary.objects.exclude(partner=partner).values_list("partner_id", flat=True))
    return [SharingPartner(name, name.id in profiles, name.id in figures) for name in names if not name.is_above]


def partner_ids(codes: Sequence[str]) -> dict[str, int]:
    """The partners with these codes, or else these external codes, by the code given; unknown ones are left out.

    The codes of a record that was merged lead to the partner that it went into.
    """
    given = list(codes)
    now = Coalesce("merged_into_id", "pk")
    by_external = Partner.objects.filter(external_code__in=given).values_list("external_code", now)
    return {str(code): pk for code, pk in by_external} | dict(
        Partner.objects.filter(code__in=given).values_list("code", now)
    )


def kind_ids(names: Sequence[str]) -> dict[str, int]:
    """The kinds with these codes, or else these names in any language, by the text given."""
    known: dict[str, int] = {}
    kinds = PartnerKind.objects.order_by("-order", "-code").values_list("pk", "code", "names")
    for pk, _code, by_language in kinds:
        known |= {fold(name): pk for name in by_language.values()}
    known |= {fold(code): pk for pk, code, _by_language in kinds}
    return {name: known[fold(name)] for name in names if fold(name) in known}
