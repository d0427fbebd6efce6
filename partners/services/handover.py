"""Who looks after which partners; the only writer of the channel manager of partners that exist."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, QuerySet, TextField, Value, When
from django.db.models.functions import Concat
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notices.services import tell
from pages import formats
from partners.handover import collect_sections
from partners.models import Handover, HandoverPartner, Partner, PartnerSummary, Task, TaskState
from partners.notice_kinds.partners import HANDED_OVER
from partners.services.partners import PartnerError
from tenancy.models import Membership

CHUNK = 500


@transaction.atomic
def assign_channel_manager(
    partners: QuerySet[Partner], manager: Membership | None, *, by: Membership | None = None
) -> int:
    """Give all of `partners` to a channel manager, or to nobody; returns how many changed hands.

    What is known of each is kept as it stands, and the new channel manager gets one notice for all of them.
    """
    if manager is not None and not (manager.is_staff and manager.is_active):
        raise PartnerError(_("%(name)s cannot look after partners.") % {"name": manager.name})
    others = (
        partners.filter(channel_manager__isnull=False) if manager is None else partners.exclude(channel_manager=manager)
    )
    # Locked in one order, so that of two who give the same partners away the second finds them as the first left them.
    former = dict(
        Partner.objects.select_for_update(no_key=True)
        .filter(pk__in=others.order_by().values("pk"))
        .order_by("pk")
        .values_list("pk", "channel_manager")
    )
    former = {pk: who for pk, who in former.items() if who != (manager.pk if manager else None)}
    if not former:
        return 0
    if manager is not None:
        hand_over(former, manager, by=by)
    Partner.objects.filter(pk__in=list(former)).update(channel_manager=manager, updated_at=timezone.now())
    return len(former)


def hand_over(former: Mapping[int, int | None], manager: Membership, *, by: Membership | None) -> Handover:
    """Keep what is known of each partner and tell the new channel manager, in their language; one notice for all."""
    now, today = timezone.now(), timezone.localdate()
    with translation.override(manager.language):
        handover = Handover.objects.create(to=manager, by=by, at=now, count=len(former))
        for keys in _chunks(sorted(former)):
            _keep(handover, keys, former, today)
    first = Partner.objects.only("name", "local_name").order_by("name", "pk").filter(pk__in=list(former))[0]
    if by is None or by.pk != manager.pk:
        tell(
            [manager],
            HANDED_OVER,
            key=f"handover-{handover.pk}",
            facts={
                "handover": handover.pk,
                "count": len(former),
                "first": first.names,
                "by": by.name if by else "",
            },
        )
    return handover


def _keep(handover: Handover, keys: Sequence[int], former: Mapping[int, int | None], today: dt.date) -> None:
    sections = collect_sections(keys, today)
    states = _states(keys)
    moved = _move_tasks(keys, former, handover, today)
    HandoverPartner.objects.bulk_create(
        HandoverPartner(
            handover=handover,
            partner_id=pk,
            former_id=former[pk],
            summary={"state": states.get(pk, {}), "sections": sections[pk]},
            moved_tasks=moved[pk],
        )
        for pk in keys
    )


def _move_tasks(
    keys: Sequence[int], former: Mapping[int, int | None], handover: Handover, today: dt.date
) -> Counter[int]:
    """The old channel managers' open tasks of these partners go along, with a note; returns how many of which partner."""
    moved: Counter[int] = Counter()
    for name in Membership.objects.filter(pk__in={who for pk in keys if (who := former[pk])}):
        own = [pk for pk in keys if former[pk] == name.pk]
        tasks = Task.objects.filter(partner__in=own, owner=name, state=TaskState.OPEN)
        moved.update(tasks.values_list("partner", flat=True))
        note = _("Handed over by %(name)s on %(day)s") % {
            "name": name.name,
            "day": formats.date(today, translation.get_language()),
        }
        tasks.update(
            owner=handover.to_id,
            detail=Case(
                When(detail="", then=Value(note, TextField())),
                default=Concat("detail", Value(f"\n{note}"), output_field=TextField()),
            ),
            updated_at=timezone.now(),
        )
    return moved


def _states(keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Where each partner stands, with its figures and grade."""
    summaries = PartnerSummary.objects.filter(partner__in=keys).select_related("partner__kind")
    return {
        row.partner_id: {
            "stage": row.partner.stage,
            "kind": row.partner.kind.names,
            "city": row.partner.city,
            "tier_names": row.tier_names,
            "tier_colour": row.tier_colour,
            "score": str(row.score) if row.score is not None else "",
            "revenue": str(row.revenue),
            "previous_revenue": str(row.previous_revenue),
            "last_sale_on": row.last_sale_on.isoformat() if row.last_sale_on else "",
            "trend": row.trend,
            "as_of": row.as_of.isoformat(),
        }
        for row in summaries
    }


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
