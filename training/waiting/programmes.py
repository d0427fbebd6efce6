"""Learning programmes on staff's home pages: who is held up, and what cannot be assigned."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting
from training.functions import TRAINING
from training.models import LearningProgramme, PersonState, ProgrammeState
from training.selectors.programmes import seen_people

HELD_UP = "EXISTS (SELECT FROM training_programmeperson WHERE state = 'open' AND is_stuck)"
BROKEN = """EXISTS (
    SELECT FROM training_learningprogramme WHERE owner_id = %(member)s AND state = 'running' AND problem <> ''
)"""


@register_waiting(side="staff", probe=HELD_UP)
def held_up(member: Membership) -> list[WaitingItem]:
    """People who cannot go on in a programme until somebody lets them in again, for who assigns: the fullest programme."""
    if not member.can(Right.TRAINING_ASSIGN) or not member.has_function(TRAINING.key):
        return []
    rows = seen_people(member).filter(state=PersonState.OPEN, is_stuck=True, programme__state=ProgrammeState.RUNNING)
    programmes = list(rows.order_by().values_list("programme", flat=True))
    if not programmes:
        return []
    first = max(set(programmes), key=lambda each: (programmes.count(each), -each))
    title = ngettext(
        "%(count)s person is held up in a learning programme",
        "%(count)s people are held up in learning programmes",
        len(programmes),
    ) % {"count": formats.number(len(programmes))}
    url = f"{member.url('training:programme_people', pk=first)}?stands=stuck"
    return [
        WaitingItem(title, _("A course was failed: let them in again."), url, _("Look at it"), count=len(programmes))
    ]


@register_waiting(side="staff", probe=BROKEN)
def not_assigned(member: Membership) -> list[WaitingItem]:
    """Programmes that the member is responsible for and that cannot be brought up to date."""
    if not member.can(Right.TRAINING_EDIT) or not member.has_function(TRAINING.key):
        return []
    rows = LearningProgramme.objects.filter(owner=member, state=ProgrammeState.RUNNING).exclude(problem="")
    return [
        WaitingItem(
            _("“%(programme)s” is not assigned at present") % {"programme": row},
            row.problem,
            member.url("training:programme_edit", pk=row.pk),
            _("Mend"),
        )
        for row in rows.order_by("pk")[:3]
    ]
