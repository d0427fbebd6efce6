"""What is read about the questions of the profile."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from partners.models import Partner, ProfileQuestion, Stage
from partners.questions import STAGES, Question, asked_at
from tenancy.models import Membership


def asked_anew(partner: Partner, before: str, after: str, questions: Sequence[Question]) -> list[Question]:
    """What a partner lacks that it is asked for at the stage `after` and was not at `before`, and can tell itself."""
    return [
        each
        for each in asked_at(questions, after)
        if not each.is_asked_at(before) and each.partner_edits and not each.is_filled(partner)
    ]


def count_by_stage(questions: Sequence[Question]) -> list[tuple[Stage, int]]:
    """How much is asked at each stage."""
    return [(stage, len(asked_at(questions, stage))) for stage in STAGES]


@dataclass(frozen=True)
class QuestionChange:
    """Somebody asked for a field from another stage on."""

    at: dt.datetime
    who: str
    label: str
    before: str
    after: str


def question_history(questions: Sequence[Question], *, limit: int = 20) -> list[QuestionChange]:
    """The latest changes of what is asked, newest first. Three queries."""
    event_model: Any = ProfileQuestion._meta.get_field("events").related_model
    events = list(event_model.objects.order_by("-pgh_created_at", "-pgh_id")[:limit])
    users = {int(event.pgh_context["user"]) for event in events if (event.pgh_context or {}).get("user")}
    names = dict(Membership.objects.filter(user_id__in=users).values_list("user_id", "name"))
    then: dict[int, Any] = {row.pk: row for row in ProfileQuestion.objects.all()}
    labels = {each.name: capfirst(each.label) for each in questions}
    changes = []
    for event in events:
        user = (event.pgh_context or {}).get("user")
        changes.append(
            QuestionChange(
                event.pgh_created_at,
                names.get(int(user), "") if user else "",
                labels.get(event.field, event.field),
                said(event.stage, needed=event.is_required),
                said(then[event.pgh_obj_id].stage, needed=then[event.pgh_obj_id].is_required),
            )
        )
        then[event.pgh_obj_id] = event
    return changes


def said(stage: str, *, needed: bool) -> str:
    """From when on a field is asked, in words."""
    if not stage:
        return _("not asked")
    words = {"stage": Stage(stage).label}
    return _("needed from “%(stage)s” on") % words if needed else _("asked from “%(stage)s” on") % words
