"""What is asked of partners at which stage: decided by the manufacturer, and asked when a partner moves on."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from notices.services import tell_from
from partners.models import CustomField, Partner, ProfileQuestion, Stage, StageMove
from partners.notice_kinds.partners import PROFILE_ASKED
from partners.questions import STAGES, all_questions
from partners.selectors.questions import asked_anew
from partners.services.partners import PartnerError
from tenancy.rights import Right
from tenancy.selectors import members_with

Decision = tuple[str, bool]
"""From which stage on (empty: never), and whether it is needed."""


@transaction.atomic
def save_questions(decisions: Mapping[str, Decision]) -> int:
    """Keep from which stage on each named field is asked; returns how many changed. Of two who save at once the later wins.

    An own field that is asked counts, and one that is not does not: it is one decision in two places.
    """
    known = {each.name: each for each in all_questions()}
    if unknown := sorted(decisions.keys() - known.keys()):
        raise PartnerError(_("There is no field %(name)s any more. Open the page anew.") % {"name": unknown[0]})
    if any(stage and stage not in STAGES for stage, _needed in decisions.values()):
        raise PartnerError(_("Choose one of the stages, or “never”."))
    # The first time all is written as proposed, so that what changes later stands in the history.
    ProfileQuestion.objects.bulk_create(
        [
            ProfileQuestion(field=each.name, stage=each.stage or "", is_required=each.is_required)
            for each in known.values()
        ],
        ignore_conflicts=True,
    )
    rows = {row.field: row for row in ProfileQuestion.objects.select_for_update().order_by("pk")}
    changed = 0
    for name, (stage, needed) in decisions.items():
        row, question = rows[name], known[name]
        needed = needed and bool(stage)
        if ((question.stage or ""), question.is_required) == (stage, needed):
            continue
        changed += 1
        if question.is_own:
            CustomField.objects.filter(key=question.key).update(is_required=bool(stage))
        row.stage, row.is_required = stage, needed
        row.save(update_fields=["stage", "is_required"])
    return changed


def ask_anew(partner: Partner, move: StageMove) -> int:
    """Tell the partner's people what its new stage asks for and is not there yet; returns how many were told."""
    missing = asked_anew(partner, move.before, move.after, all_questions())
    if not missing or move.after == Stage.ENDED:
        return 0
    people = members_with(Right.PORTAL_PROFILE_EDIT).filter(partner=partner).values_list("pk", flat=True)
    facts = {"count": len(missing), "stage": move.after}
    return tell_from([(pk, f"profile-asked-{move.pk}", facts) for pk in people], PROFILE_ASKED)
