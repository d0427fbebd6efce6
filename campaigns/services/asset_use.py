"""What a partner's people do in the library: visits, looking at and downloading material, terms that they accept."""

import datetime as dt

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import (
    Asset,
    AssetTerms,
    AssetUse,
    AssetVersion,
    LibraryVisit,
    PartnerShelf,
    ShareLink,
    TermsAcceptance,
    UseKind,
)
from campaigns.selectors.assets import audiences_with, visit_of
from partners.agreement_text import sha256_of
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import current_scope, house_scope
from tenancy.translation import translated

SAME_VISIT = dt.timedelta(minutes=45)
SAME_LOOK = dt.timedelta(minutes=15)


class TermsError(DomainError):
    """Terms that cannot be accepted as asked."""


def refresh_shelf(partner_id: int) -> list[int]:
    """Find out anew which audiences with material a partner is in, so that the database shows what is for them.

    While somebody only looks as another person nothing is written: what was found holds for this page.
    """
    with house_scope():
        found = audiences_with(partner_id)
        if current_scope().read_only:
            with connection.cursor() as cursor:
                shelves = ",".join(map(str, found))
                cursor.execute("SELECT set_config('app.shelves', %s, true)", [f"{partner_id}:{{{shelves}}}"])
            return found
        kept = PartnerShelf.objects.filter(partner=partner_id).values_list("audiences", flat=True).first()
        if found != (kept if kept is not None else []):
            PartnerShelf.objects.update_or_create(partner_id=partner_id, defaults={"audiences": found})
    return found


def note_visit(member: Membership) -> LibraryVisit | None:
    """Somebody is in the library now; after a break this is a new visit, and what came since the last one is new."""
    visit, now = visit_of(member), timezone.now()
    if current_scope().read_only or member.partner_id is None:
        return visit
    if visit is None:
        try:
            with transaction.atomic():
                return LibraryVisit.objects.create(partner_id=member.partner_id, member=member, seen_at=now)
        except IntegrityError:
            return visit_of(member)
    if now - visit.seen_at > SAME_VISIT:
        visit.before_at, visit.seen_at = visit.seen_at, now
        visit.save(update_fields=["before_at", "seen_at"])
    elif now - visit.seen_at > SAME_VISIT / 9:
        visit.seen_at = now
        visit.save(update_fields=["seen_at"])
    return visit


def note_use(
    version: AssetVersion, kind: UseKind, *, member: Membership | None = None, link: ShareLink | None = None
) -> AssetUse | None:
    """Write down that somebody of a partner, or a customer by a link, used a version. Staff's own looks are not counted.

    Looking again within a quarter of an hour is the same look.
    """
    partner_id = link.partner_id if link is not None else member.partner_id if member is not None else None
    if partner_id is None or current_scope().read_only:
        return None
    now = timezone.now()
    if kind == UseKind.VIEW and member is not None:
        same = AssetUse.objects.filter(
            version=version, partner=partner_id, member=member, kind=kind, at__gt=now - SAME_LOOK
        )
        if same.exists():
            return None
    return AssetUse.objects.create(
        asset_id=version.asset_id, version=version, kind=kind, partner_id=partner_id, member=member, link=link, at=now
    )


@transaction.atomic
def accept_terms(asset: Asset, *, edition: int, by: Membership, address: str | None = None) -> TermsAcceptance:
    """Somebody of a partner accepts the terms as they read now; the same again is the same.

    edition: which one was on the page. Another one since then is shown first.
    """
    assert by.partner_id is not None
    assert asset.terms_id is not None
    terms = AssetTerms.objects.get(pk=asset.terms_id)
    if terms.edition != edition:
        raise TermsError(_("The terms have changed meanwhile. Read them again, and accept them then."))
    text = translated(terms.texts)
    accepted, _is_new = TermsAcceptance.objects.get_or_create(
        member=by,
        terms=terms,
        edition=terms.edition,
        defaults={
            "partner_id": by.partner_id,
            "text_sha256": sha256_of(text),
            "address": address,
        },
    )
    return accepted
