"""Agencies and their shops: who belongs to whom, what shops show, what was done in their place, what still waits."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from partners.models import OnBehalf, Partner, Relation, RelationSide, RelationState, Stage
from partners.services.tiers_notices import tell_declared
from tenancy.models import DataKind, Manufacturer, Membership, Sharing
from tenancy.rights import Role

AGENCIES = {"hanbit": "admin@seoul-agency.example", "tokai": "buyer@oslo-sykkel.example"}
SHOPS = 6
SHOWN: tuple[tuple[str, ...], ...] = (
    ("profile", "sales", "papers", "tasks", "service"),
    ("profile", "sales", "tasks"),
    ("sales",),
    ("profile", "sales", "papers", "agreements"),
    (),
    ("profile", "sales", "service"),
)
"""What the agency's shops show it, one after the other."""
NOTES = {
    "hanbit": (
        "2019년부터 저희 대리점을 통해 거래하고 있습니다.",
        "상호가 바뀌었지만 같은 매장입니다.",
        "다른 대리점의 지점입니다.",
    ),
    "tokai": (
        "We have supplied them since 2021.",
        "The shop has a new name; it is the same one.",
        "They buy directly from us.",
    ),
}


def tell_tiers(manufacturer: Manufacturer, today: dt.date) -> None:
    """One agency with six shops; beside it one declaration from each side that waits, and one that was refused."""
    if Relation.objects.exists():
        return
    agency = _agency(manufacturer)
    if agency is None:
        return
    free = list(
        Partner.objects.filter(stage=Stage.ACTIVE, parent=None)
        .exclude(pk=agency.pk)
        .exclude(children__isnull=False)
        .exclude(pk__in=Membership.objects.filter(partner__isnull=False, email__contains="multi@").values("partner"))
        .annotate(is_near=Q(country=agency.country))
        .order_by("-is_near", "-summary__revenue", "pk")[: SHOPS + 3]
    )
    shops = list(agency.children.order_by("pk")[:SHOPS])
    shops += free[: max(0, SHOPS - len(shops))]
    others = [partner for partner in free if partner not in shops]
    by = Membership.objects.filter(partner=agency, role=Role.PARTNER_ADMIN).order_by("pk").first()
    for number, shop in enumerate(shops):
        _belongs(shop, agency, SHOWN[number % len(SHOWN)], by, today - dt.timedelta(days=400 - 30 * number))
    notes = NOTES[manufacturer.slug]
    for shop, side, note in zip(others, (RelationSide.ABOVE, RelationSide.BELOW), notes, strict=False):
        relation = Relation.objects.create(
            above=agency, below=shop, declared_by=side, given=shop.code if side == "above" else agency.code, note=note
        )
        tell_declared(relation)
    if len(others) > 2:
        Relation.objects.create(
            above=agency, below=others[2], declared_by=RelationSide.ABOVE, given=others[2].code,
            state=RelationState.REFUSED, answered_by=RelationSide.STAFF, answered_at=timezone.now(), reason=notes[2],
        )  # fmt: skip
    if by is not None and shops:
        OnBehalf.objects.create(
            partner=shops[0], acting=agency, by=by, by_name=by.name, what=OnBehalf.What.PROFILE,
            detail=f"{Partner._meta.get_field('phone').verbose_name}",
        )  # fmt: skip


def _agency(manufacturer: Manufacturer) -> Partner | None:
    email = AGENCIES.get(manufacturer.slug, "")
    member = Membership.objects.filter(email=email, partner__isnull=False).select_related("partner").first()
    return member.partner if member else None


def _belongs(shop: Partner, agency: Partner, kinds: tuple[str, ...], by: Membership | None, day: dt.date) -> None:
    if shop.parent_id != agency.pk:
        Partner.objects.filter(pk=shop.pk).update(parent=agency)
    moment = dt.datetime.combine(day, dt.time(10), tzinfo=timezone.get_current_timezone())
    relation = Relation.objects.create(
        above=agency, below=shop, declared_by=RelationSide.ABOVE, declared_member=by, given=shop.code,
        state=RelationState.CONFIRMED, answered_by=RelationSide.BELOW, answered_at=moment,
    )  # fmt: skip
    Relation.objects.filter(pk=relation.pk).update(declared_at=moment - dt.timedelta(days=2))
    known = set(Sharing.objects.filter(partner=shop, withdrawn_at=None).values_list("data_kind", flat=True))
    Sharing.objects.bulk_create(
        Sharing(partner=shop, above=agency, data_kind=DataKind(kind)) for kind in kinds if kind not in known
    )
