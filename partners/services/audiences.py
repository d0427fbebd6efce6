"""Audiences: kept, counted, frozen."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.audiences.fields import Catalogue
from partners.audiences.tree import as_json
from partners.audiences.wording import describe, sentence
from partners.models import Audience, AudienceSnapshot, Partner
from partners.selectors.audiences import ReadAudience, may_edit_audience
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right

WRITTEN = ("name", "description", "is_shared", "definition")


class AudienceError(DomainError):
    """A step that an audience cannot take."""


@transaction.atomic
def save_audience(audience: Audience, definition: Any, *, by: Membership) -> Audience:
    """Keep an audience with these conditions, new or changed, and count it.

    Of one that is there what is `WRITTEN` is kept alone: one that was archived since it was read stays so.
    """
    is_new = audience._state.adding
    if is_new:
        audience.owner = by
    elif not may_edit_audience(by, audience):
        raise AudienceError(_("Only who made an audience may change it. Save it as your own instead."))
    asked = ReadAudience(definition, Catalogue(by))
    if asked.problems:
        raise AudienceError(sentence(asked.problems[0]))
    audience.definition = as_json(asked.tree)
    audience.save(update_fields=None if is_new else [*WRITTEN, "updated_at"])
    count_audience(audience, by=by)
    return audience


def count_audience(audience: Audience, *, by: Membership) -> int:
    """How many partners are in an audience now. Kept with it where the member sees all partners."""
    count = ReadAudience(audience.definition, Catalogue(by)).partners.count()
    if by.can(Right.PARTNERS_VIEW_ALL):
        audience.counted, audience.counted_at = count, timezone.now()
        audience.save(update_fields=["counted", "counted_at"])
    return count


def recount_audiences() -> int:
    """Count every audience anew, over all partners, each in one query; returns how many could be counted.

    One whose conditions cannot be read any more keeps what it had, with its day.
    """
    catalogues: dict[int, Catalogue] = {}
    counted = []
    for audience in Audience.objects.filter(is_archived=False).select_related("owner").order_by("pk"):
        catalogue = catalogues.setdefault(audience.owner_id, Catalogue(audience.owner))
        asked = ReadAudience(audience.definition, catalogue)
        if asked.problems:
            continue
        audience.counted = asked.narrowed(Partner.objects.filter(merged_into=None)).count()
        audience.counted_at = timezone.now()
        counted.append(audience)
    Audience.objects.bulk_update(counted, ["counted", "counted_at"], batch_size=500)
    return len(counted)


def archive_audience(audience: Audience, *, by: Membership) -> None:
    """Take an audience away. What was frozen of it stays."""
    if not may_edit_audience(by, audience):
        raise AudienceError(_("Only who made an audience may take it away."))
    audience.is_archived = True
    audience.save(update_fields=["is_archived", "updated_at"])


@transaction.atomic
def freeze_audience(audience: Audience, *, by: Membership, note: str = "") -> AudienceSnapshot:
    """Keep who is in an audience now: of the partners that the member may see, with the conditions in their words."""
    asked = ReadAudience(audience.definition, Catalogue(by))
    found = list(asked.partners.order_by("pk").values_list("pk", flat=True))
    if not found:
        raise AudienceError(_("Nobody is in this audience now, so there is nothing to freeze."))
    snapshot = AudienceSnapshot.objects.create(
        audience=audience,
        name=audience.name,
        note=note,
        definition=audience.definition,
        text="\n".join(describe(asked.tree, asked.catalogue).lines()),
        count=len(found),
        taken_by=by,
    )
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, [snapshot.pk, found])
    return snapshot


FREEZE = """
    INSERT INTO partners_audiencemember (manufacturer_id, snapshot_id, partner_id, code, name, local_name)
    SELECT manufacturer_id, %s, id, code, name, local_name FROM partners_partner WHERE id = ANY (%s)
"""
