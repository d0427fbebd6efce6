"""Everything that changes sites. A partner's steps go through the house, after asking whether the site is its own."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import pghistory.models
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import (
    LIVE_STATES,
    DealRegistration,
    Lead,
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
    SiteStageMove,
)
from leads.models.sites import FILE_FOLDER
from leads.notice_kinds.sites import SITE_ALIKE
from leads.selectors.sites import AlikeSite, place_of, sites_for, sites_like
from leads.site_matching import SAME_FROM, Place, keys_of, ready
from notices.services import tell
from partners.services.house import house_scope
from tenancy.errors import DomainError
from tenancy.files import DOCUMENTS, clean_name, digest, stored_name
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

FILE_KINDS = (*DOCUMENTS, "docx", "xlsx", "pptx", "hwp", "hwpx", "zip")
MOST_FILES = 200
"""So many photos and papers one site may have."""
TAKEN = (
    "local_name", "address", "city", "region", "postal_code", "country", "latitude", "longitude", "client_id", "area",
    "tender_on", "starts_on", "finishes_on", "registered_by_id", "owner_id", "external_code",
)  # fmt: skip
"""What the site that stays takes over where it says nothing."""
KEPT_APART = {"SiteAccess", "SiteFile", "SiteKey"}


class SiteError(DomainError):
    """A step that a site cannot take now."""


def alike_for(place: Place, *, by: Membership, apart_from: int | None = None) -> tuple[list[AlikeSite], int]:
    """The sites like this that the member may see, and how many more there are that it may not."""
    with house_scope():
        found = sites_like(place, apart_from=apart_from)
    seen = set(sites_for(by).filter(pk__in=[each.site.pk for each in found]).values_list("pk", flat=True))
    hidden = [each for each in found if each.site.pk not in seen and each.match.score >= SAME_FROM]
    return [each for each in found if each.site.pk in seen], len(hidden)


def create_site(site: Site, *, by: Membership | None, client: str = "") -> Site:
    """Keep a new site. A partner that registers it reads it from now on; staff are told where it looks like another.

    client: the client's name, where it is no end customer yet.
    """
    with house_scope(), transaction.atomic():
        site.reference = f"S{secrets.token_hex(4).upper()}"
        site.created_by = by
        if by is not None and by.partner_id:
            site.registered_by_id = by.partner_id
        site.stage_since = timezone.now()
        site.save(force_insert=True)
        SiteStageMove.objects.create(site=site, to_stage=site.stage, at=site.stage_since, by=by)
        if site.registered_by_id:
            give_access(site, site.registered_by_id)
        _put_client(site, client, by)
        write_site_keys([site])
        if by is not None and by.partner_id:
            _tell_alike(site)
    return site


WRITTEN = (
    "name", "local_name", "country", "region", "city", "postal_code", "address", "latitude", "longitude", "area",
    "tender_on", "starts_on", "finishes_on", "note",
)  # fmt: skip


def save_site(site: Site, *, by: Membership, client: str = "") -> Site:
    """Keep what is changed about a site: what is `WRITTEN` alone, and by staff who registered it. What came to it since it was
    read, such as another stage or what a merge brought, stays."""
    with house_scope(), transaction.atomic():
        held = _locked(site.pk, by)
        before = held.registered_by_id
        written = WRITTEN if by.partner_id else (*WRITTEN, "registered_by_id")
        for name in written:
            setattr(held, name, getattr(site, name))
        held.save(update_fields=[*written, "updated_at"])
        if held.registered_by_id:
            give_access(held, held.registered_by_id)
        if before != held.registered_by_id:
            take_access(held, before)
        _put_client(held, client, by)
        write_site_keys([held])
    return held


def move_sites(sites: Iterable[int], stage: str, *, by: Membership, note: str = "") -> int:
    """Bring sites to a stage, back as well; returns how many moved. Those that stand there already stay."""
    to = SiteStage(stage)
    with house_scope(), transaction.atomic():
        rows = list(
            Site.objects.select_for_update(no_key=True)
            .filter(pk__in=list(sites), merged_into=None)
            .exclude(stage=to)
            .order_by("pk")
        )
        now = timezone.now()
        SiteStageMove.objects.bulk_create(
            SiteStageMove(site=row, from_stage=row.stage, to_stage=to, at=now, by=by, note=note.strip()[:500])
            for row in rows
        )
        Site.objects.filter(pk__in=[row.pk for row in rows]).update(stage=to, stage_since=now, updated_at=now)
    return len(rows)


def add_party(party: SiteParty, *, by: Membership) -> SiteParty:
    """A company takes part in a site. One of our partners reads the site from now on. The same again is the same."""
    with house_scope(), transaction.atomic():
        site = _locked(party.site_id, by)
        party.site = site
        party.entered_by_id = by.partner_id
        if party.partner_id and party.partner:
            party.company = str(party.partner)
        elif party.customer_id and party.customer:
            party.company = str(party.customer)
        if not party.company.strip():
            raise SiteError(_("Say which company it is."))
        same = SiteParty.objects.filter(
            site=site, role=party.role, partner=party.partner_id, customer=party.customer_id, company=party.company
        ).first()
        if same is not None:
            for name in ("contact", "phone", "email"):
                setattr(same, name, getattr(party, name) or getattr(same, name))
            if same.entered_by_id == by.partner_id:
                same.save(update_fields=["contact", "phone", "email"])
            return same
        party.save(force_insert=True)
        if party.role == PartyRole.CLIENT and party.customer_id and site.client_id is None:
            Site.objects.filter(pk=site.pk).update(client=party.customer_id)
        if party.partner_id:
            give_access(site, party.partner_id)
    return party


def remove_party(party: SiteParty, *, by: Membership) -> None:
    """It takes no part any more; a partner takes out what it entered itself."""
    with house_scope(), transaction.atomic():
        site = _locked(party.site_id, by)
        row = SiteParty.objects.filter(pk=party.pk, site=site).first()
        if row is None:
            return
        if by.partner_id and row.entered_by_id != by.partner_id:
            raise SiteError(_("Somebody else entered this. Ask the manufacturer to take it out."))
        row.delete()
        if row.partner_id:
            take_access(site, row.partner_id)


def add_quantity(row: SiteProduct, *, by: Membership) -> SiteProduct:
    """So much of a product or category goes into a site, as the member says."""
    with house_scope(), transaction.atomic():
        row.site = _locked(row.site_id, by)
        row.partner_id = by.partner_id
        if by.partner_id:
            row.is_shared = False
        if row.product_id and row.product:
            row.category_id = row.category_id or row.product.category_id
            row.unit = row.unit or row.product.unit
        known = SiteProduct.objects.filter(
            site=row.site, product=row.product_id, category=row.category_id, partner=row.partner_id, state=row.state
        ).first()
        if known is not None:
            known.quantity, known.unit, known.is_shared = row.quantity, row.unit, row.is_shared
            known.save(update_fields=["quantity", "unit", "is_shared"])
            return known
        row.save(force_insert=True)
    return row


def remove_quantity(row: SiteProduct, *, by: Membership) -> None:
    """Take a figure out; a partner its own."""
    with house_scope(), transaction.atomic():
        site = _locked(row.site_id, by)
        rows = SiteProduct.objects.filter(pk=row.pk, site=site)
        if by.partner_id:
            rows = rows.filter(partner=by.partner_id)
        rows.delete()


def put_files(
    site: Site, uploads: Sequence[Any], *, by: Membership, note: str = "", is_shared: bool = False
) -> list[SiteFile]:
    """Keep photos and papers, each once. The uploads have been checked by `tenancy.files.UploadField`."""
    kept = []
    with house_scope(), transaction.atomic():
        site = _locked(site.pk, by)
        if SiteFile.objects.filter(site=site).count() + len(uploads) > MOST_FILES:
            raise SiteError(_("A site keeps at most %(most)s files. Take out some first.") % {"most": MOST_FILES})
        for upload in uploads:
            found = digest(upload)
            known = SiteFile.objects.filter(site=site, partner=by.partner_id, sha256=found).first()
            if known is not None:
                kept.append(known)
                continue
            name = clean_name(upload.name or "")
            row = SiteFile(
                site=site,
                kind=SiteFileKind.PHOTO if upload.checked_type.startswith("image/") else SiteFileKind.DOCUMENT,
                original_name=name,
                content_type=upload.checked_type,
                size=upload.size,
                sha256=found,
                note=note.strip()[:300],
                stage=site.stage,
                partner_id=by.partner_id,
                is_shared=is_shared and not by.partner_id,
                by=by,
                by_name=by.name,
            )
            row.file.save(stored_name(site.manufacturer_id, FILE_FOLDER, name), upload, save=False)
            row.save(force_insert=True)
            kept.append(row)
    return kept


def remove_file(row: SiteFile, *, by: Membership) -> None:
    """Take a file out; a partner its own."""
    with house_scope(), transaction.atomic():
        site = _locked(row.site_id, by)
        rows = SiteFile.objects.filter(pk=row.pk, site=site)
        if by.partner_id:
            rows = rows.filter(partner=by.partner_id)
        rows.delete()


@transaction.atomic
def merge_sites(winner: Site, loser: Site, *, by: Membership) -> Site:
    """Make one site of two: all that hangs on `loser` hangs on `winner` then. It stays readable, as merged."""
    if winner.pk == loser.pk:
        raise SiteError(_("A site cannot be merged with itself."))
    rows = {
        row.pk: row
        for row in Site.objects.select_for_update(no_key=True).filter(pk__in=[winner.pk, loser.pk]).order_by("pk")
    }
    winner, loser = rows[winner.pk], rows[loser.pk]
    if loser.merged_into_id == winner.pk:
        return winner
    if winner.merged_into_id or loser.merged_into_id:
        raise SiteError(_("One of these two was merged into another site already."))
    taken = [name for name in TAKEN if getattr(winner, name) in (None, "") and getattr(loser, name) not in (None, "")]
    for name in taken:
        setattr(winner, name, getattr(loser, name))
    if loser.note and loser.note not in winner.note:
        winner.note = f"{winner.note}\n\n{loser.note}".strip()[:4000]
    Site.objects.filter(pk=loser.pk).update(external_code=None, merged_into=winner, updated_at=timezone.now())
    winner.save()
    try:
        with transaction.atomic():
            _move_children(winner, loser)
    except IntegrityError as error:
        raise SiteError(
            _(
                "Both sites hold something that can be there only once, such as a protected deal. End one of the two first."
            )
        ) from error
    for access in SiteAccess.objects.filter(site=loser):
        give_access(winner, access.partner_id)
    SiteAccess.objects.filter(site=loser).delete()
    SiteKey.objects.filter(site=loser).delete()
    write_site_keys([winner])
    SiteStageMove.objects.create(
        site=winner, from_stage=winner.stage, to_stage=winner.stage, by=by,
        note=_("%(site)s was merged into this one.") % {"site": f"{loser.reference} {loser}"},
    )  # fmt: skip
    return winner


def give_access(site: Site, partner_id: int) -> None:
    """The partner reads the site from now on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO leads_siteaccess (site_id, partner_id) VALUES (%s, %s) ON CONFLICT (site_id, partner_id) DO NOTHING",
            [site.pk, partner_id],
        )


def take_access(site: Site, partner_id: int | None) -> None:
    """The partner reads it no longer, unless it registered it, takes part in it or has work that hangs on it."""
    if partner_id is None or Site.objects.filter(pk=site.pk, registered_by=partner_id).exists():
        return
    own = {"site": site, "partner": partner_id}
    if (
        SiteParty.objects.filter(**own).exists()
        or Lead.objects.filter(**own).exists()
        or Opportunity.objects.filter(**own, closed_at=None).exists()
        or DealRegistration.objects.filter(**own, state__in=LIVE_STATES).exists()
    ):
        return
    SiteAccess.objects.filter(**own).delete()


def write_site_keys(sites: Sequence[Site]) -> None:
    """Bring the blocking keys of sites in step with what they say."""
    pairs = [(site.pk, key) for site in sites for key in keys_of(ready(place_of(site)))]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM leads_sitekey WHERE site_id = ANY (%s)", [[site.pk for site in sites]])
        cursor.execute(
            "INSERT INTO leads_sitekey (manufacturer_id, site_id, key)"
            " SELECT (SELECT current_setting('app.manufacturer')::bigint), site, key"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS fresh (site, key) ON CONFLICT DO NOTHING",
            [[pk for pk, _key in pairs], [key for _pk, key in pairs]],
        )


def _locked(pk: int, by: Membership) -> Site:
    """The site, if the member may work on it; inside the house a partner's own are asked for by its access."""
    sites = Site.objects.select_for_update(no_key=True).filter(pk=pk)
    if by.partner_id and not SiteAccess.objects.filter(site=pk, partner=by.partner_id).exists():
        raise SiteError(_("This site is not yours."))
    site = sites.get()
    if site.merged_into_id:
        raise SiteError(_("This site was merged into another one."))
    return site


def _put_client(site: Site, client: str, by: Membership | None) -> None:
    """The client stands among the parties, by name: partners cannot read end customers that others serve."""
    name = str(site.client) if site.client_id and site.client else client.strip()[:200]
    if not name:
        return
    own = by.partner_id if by else None
    known = SiteParty.objects.filter(site=site, role=PartyRole.CLIENT)
    if site.client_id:
        known.filter(customer__isnull=False).exclude(customer=site.client_id).delete()
    if known.filter(company=name).exists():
        known.filter(company=name, customer=None).update(customer=site.client_id)
        return
    SiteParty.objects.create(
        site=site, role=PartyRole.CLIENT, company=name, customer_id=site.client_id, entered_by_id=own
    )


def _move_children(winner: Site, loser: Site) -> None:
    relations: list[Any] = [
        field for field in Site._meta.get_fields(include_hidden=True) if field.auto_created and field.one_to_many
    ]
    for relation in relations:
        model, name = relation.related_model, relation.field.name
        if model.__name__ in KEPT_APART or issubclass(model, pghistory.models.Event):
            continue
        model._base_manager.filter(**{name: loser.pk}).exclude(pk=winner.pk).update(**{name: winner.pk})
    known = {(row.partner_id, row.sha256) for row in SiteFile.objects.filter(site=winner)}
    for row in SiteFile.objects.filter(site=loser):
        if (row.partner_id, row.sha256) not in known:
            SiteFile.objects.filter(pk=row.pk).update(site=winner)
    Site.objects.filter(pk=loser.pk).update(merged_into=winner)


def _tell_alike(site: Site) -> None:
    """Staff hear of a site that looks like one that is there; nobody else learns of the other one."""
    alike = sites_like(place_of(site), least=SAME_FROM, limit=1, apart_from=site.pk)
    if alike:
        tell(
            members_with(Right.SITES_EDIT).filter(partner=None),
            SITE_ALIKE,
            key=f"site-alike-{site.pk}",
            facts={"site": site.pk, "name": str(site), "other": str(alike[0].site), "percent": alike[0].percent},
        )
