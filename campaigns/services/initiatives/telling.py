"""Who hears of initiatives: the partners' people who do its work, and whose initiative it is. Each time one statement."""

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Initiative, InitiativePartner
from campaigns.notice_kinds import initiatives as kinds
from campaigns.selectors.initiatives import OPEN, rows_for, stalled
from campaigns.services.initiatives.common import InitiativeError, must_edit
from notices.services import tell
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with


def tell_new(initiative: Initiative) -> int:
    """It has started."""
    facts = {"goal": initiative.goals, "steps": initiative.step_count}
    return _tell(initiative, _rows(initiative), kinds.INITIATIVE_NEW, "new", facts)


def tell_due(initiative: Initiative, due_on: dt.date, *, is_late: bool) -> int:
    """To who has a step of this day still to do. Each person once for each day that something is due."""
    rows = _rows(initiative).filter(OPEN, next_due_on=due_on)
    kind, name = (kinds.INITIATIVE_LATE, "late") if is_late else (kinds.INITIATIVE_SOON, "soon")
    return _tell(initiative, rows, kind, f"{name}-{due_on}", {"due_on": due_on})


def tell_declined(row: InitiativePartner) -> int:
    """Whose initiative it is hears that a partner does not take part, and why."""
    return tell(
        Membership.objects.filter(pk=row.initiative.owner_id),
        kinds.INITIATIVE_DECLINED,
        key=f"initiative-declined-{row.pk}-{timezone.now():%Y%m%d%H%M%S}",
        facts=_facts(row.initiative) | {"partner": row.partner.names, "reason": row.reason},
    )


def tell_over(initiative: Initiative) -> int:
    """Whose initiative it is hears that its last day is over."""
    counted = initiative.rows.aggregate(partners=Count("pk"), done=Count("done_at"))
    return tell(
        Membership.objects.filter(pk=initiative.owner_id),
        kinds.INITIATIVE_OVER,
        key=f"initiative-over-{initiative.pk}",
        facts=_facts(initiative) | counted,
    )


def remind(
    initiative: Initiative, *, by: Membership, rows: QuerySet[InitiativePartner] | None = None, note: str = ""
) -> int:
    """Remind the people of these partners, or of all that stand still; not of those that are through with it, and each
    person once a day at most. How many people were told."""
    must_edit(initiative, by)
    if not initiative.is_running:
        raise InitiativeError(_("It does not run any more."))
    seen = rows_for(by).filter(OPEN, initiative=initiative)
    chosen = seen.filter(stalled(timezone.now())) if rows is None else seen.filter(pk__in=rows.order_by().values("pk"))
    facts = {"note": note.strip()[:500]}
    return _tell(initiative, chosen, kinds.INITIATIVE_ASKED, f"asked-{timezone.localdate()}", facts)


def _rows(initiative: Initiative) -> QuerySet[InitiativePartner]:
    return InitiativePartner.objects.filter(initiative=initiative)


def _tell(initiative: Initiative, rows: QuerySet[InitiativePartner], kind: Any, key: str, facts: dict[str, Any]) -> int:
    people = members_with(Right.PORTAL_WORK).filter(partner__in=rows.order_by().values("partner"))
    return tell(people, kind, key=f"initiative-{initiative.pk}-{key}", facts=_facts(initiative) | facts)


def _facts(initiative: Initiative) -> dict[str, Any]:
    return {"initiative": initiative.pk, "name": initiative.names, "until_on": initiative.ends_on}
