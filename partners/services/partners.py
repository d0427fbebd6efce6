"""Everything that changes partners."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from partners.models import Partner, PartnerKind, Specialisation, Stage
from partners.selectors.duplicates import COMPARED
from tenancy.errors import DomainError
from tenancy.models import DataKind, Membership, Sharing
from tenancy.provenance import confirming
from tenancy.rights import Right

MOST_LEVELS = 10
"""How deep partners may stand below partners."""


class PartnerError(DomainError):
    """A step that a partner cannot take now."""


@transaction.atomic
def create_partner(
    partner: Partner,
    *,
    by: Membership,
    other_kinds: Iterable[PartnerKind] = (),
    specialisations: Iterable[Specialisation] = (),
) -> Partner:
    """Register a partner. Who sees only assigned partners becomes its channel manager.

    Those that look like the same company are noted.
    """
    from partners.services.duplicates import check_partners

    if not by.can(Right.PARTNERS_VIEW_ALL):
        partner.channel_manager = by
    check_parent(partner)
    partner.save(force_insert=True)
    partner.other_kinds.set(other_kinds)
    partner.specialisations.set(specialisations)
    check_partners([partner.pk])
    return partner


@transaction.atomic
def update_partner(
    partner: Partner,
    *,
    fields: Iterable[str],
    other_kinds: Iterable[PartnerKind] | None = None,
    specialisations: Iterable[Specialisation] | None = None,
) -> Partner:
    """Save the named fields of a partner; kinds and specialisations where they are given.

    Steps of its journey that this completes are ticked, and those that look like the same company are noted.
    """
    from partners.services.duplicates import check_partners
    from partners.services.onboarding import check_partner

    names = set(fields)
    if "parent" in names:
        check_parent(partner)
    partner.save(update_fields=[*sorted(names), "updated_at"])
    if other_kinds is not None:
        partner.other_kinds.set(other_kinds)
    if specialisations is not None:
        partner.specialisations.set(specialisations)
    check_partner(partner)
    if names & set(COMPARED):
        check_partners([partner.pk])
    return partner


def check_parent(partner: Partner) -> None:
    """Refuse a partner that would stand below itself, or too deep."""
    above, levels = partner.parent, 1
    while above is not None:
        if above.pk == partner.pk:
            raise PartnerError(_("%(name)s stands below this partner already.") % {"name": partner.parent})
        if levels == MOST_LEVELS:
            raise PartnerError(_("Partners can stand at most %(count)s levels deep.") % {"count": MOST_LEVELS})
        above, levels = above.parent, levels + 1


@transaction.atomic
def confirm_profile(partner: Partner, fields: Sequence[str] | None = None) -> Partner:
    """Somebody who knows says that the profile is right as it stands: all of it, or the named fields alone."""
    partner.confirmed_at = timezone.now()
    with confirming(fields):
        partner.save(update_fields=["confirmed_at", "updated_at"])
    return partner


def share(partner: Partner, data_kind: str, *, by: Membership) -> Sharing:
    """Show one kind of the partner's data to the partner above it, until withdrawn. Again changes nothing."""
    if partner.parent_id is None:
        raise PartnerError(_("There is no partner above yours to share with."))
    sharing, _created = Sharing.objects.get_or_create(
        partner=partner,
        above_id=partner.parent_id,
        data_kind=DataKind(data_kind),
        withdrawn_at=None,
        defaults={"agreed_by": by},
    )
    return sharing


def withdraw_sharing(partner: Partner, data_kind: str) -> int:
    """Stop showing one kind of data, at once; returns how many agreements ended."""
    return Sharing.objects.filter(partner=partner, data_kind=DataKind(data_kind), withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )


def create_drafts(codes: Sequence[str]) -> None:
    """Partners of which only the code is known, to be completed by somebody; those that exist stay as they are."""
    kind = default_kind()
    Partner.objects.bulk_create(
        [Partner(code=code, name=code, kind=kind, stage=Stage.DRAFT) for code in codes],
        ignore_conflicts=True,
        batch_size=10_000,
    )


def default_kind() -> PartnerKind:
    """The kind of partners of which none is told: the manufacturer's first, made if it has none."""
    kind = PartnerKind.objects.filter(is_retired=False).first()
    if kind is None:
        names = {"en": "Partner", "ko": "파트너", "ja": "パートナー"}
        kind, _created = PartnerKind.objects.get_or_create(code="partner", defaults={"names": names})
    return kind


def create_kinds(names: Sequence[str]) -> None:
    """Kinds of partner of which only the name is known."""
    taken = set(PartnerKind.objects.values_list("code", flat=True))
    for name in names:
        code = slugify(name)[:40] or f"kind-{len(taken) + 1}"
        if code in taken:
            code = f"{code[:30]}-{len(taken) + 1}"
        PartnerKind.objects.create(code=code, names={"en": name}, order=len(taken))
        taken.add(code)
