"""What works is carried over: a draft for the partners most like those with a good result, for somebody to look through."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Initiative, InitiativePartner, InitiativeState
from campaigns.selectors.initiative_results import proposals, result_of
from campaigns.services.initiatives.common import InitiativeError, locked, must_be_draft, must_edit
from campaigns.services.initiatives.life import LEAD, copy_steps
from tenancy.models import Membership


@transaction.atomic
def carry_over(initiative: Initiative, *, by: Membership) -> Initiative:
    """A draft of the same measure for the partners that are most like those with a good result and were not in it.

    As long as the last draft of this kind has not started, that one is given back.
    """
    initiative = locked(initiative.pk)
    must_edit(initiative, by)
    standing = initiative.carried.filter(state=InitiativeState.DRAFT, owner=by).order_by("-pk").first()
    if standing is not None:
        return standing
    result = result_of(initiative, by)
    if result is None:
        raise InitiativeError(_("It is too early: what it did is seen four weeks after its end."))
    if not result.good:
        raise InitiativeError(
            _("No partner that carried it out did better than a comparable one: nothing to carry over.")
        )
    found = proposals(initiative, result, by)
    if not found:
        raise InitiativeError(_("No partner that was not in it is like those with a good result."))
    moved = timezone.localdate() + LEAD - initiative.starts_on
    carried = Initiative.objects.create(
        names={code: _("%(name)s (carried over)") % {"name": name} for code, name in initiative.names.items()},
        goals=initiative.goals,
        kpi=initiative.kpi,
        kpi_target=initiative.kpi_target,
        owner=by,
        starts_on=initiative.starts_on + moved,
        ends_on=initiative.ends_on + moved,
        carried_from=initiative,
    )
    copy_steps(initiative, carried, moved)
    InitiativePartner.objects.bulk_create(
        [InitiativePartner(initiative=carried, partner_id=each.partner_id, like_name=each.like[:200]) for each in found]
    )
    return carried


@transaction.atomic
def drop_proposed(initiative: Initiative, rows: QuerySet[InitiativePartner], *, by: Membership) -> int:
    """Leave proposed partners out; how many."""
    initiative = locked(initiative.pk)
    must_edit(initiative, by)
    must_be_draft(initiative)
    return InitiativePartner.objects.filter(initiative=initiative, pk__in=rows.order_by().values("pk")).delete()[0]
