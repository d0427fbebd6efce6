"""What audiences can ask of learning programmes that a partner's people are in."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from partners.audiences.fields import AudienceField, Choices, in_rows, register_field
from partners.audiences.tree import Type
from tenancy.rights import Right
from training.audience_fields.courses import GROUP, MOST_CHOICES
from training.functions import TRAINING
from training.models import LearningProgramme, PersonState, ProgrammePerson, ProgrammeState
from training.selectors.programmes import COUNTED, late


def programmes() -> Choices:
    """What runs or ran, the latest first."""
    out = LearningProgramme.objects.exclude(state=ProgrammeState.DRAFT).order_by("-started_at", "-pk")
    return [(str(each.pk), each.title) for each in out[:MOST_CHOICES]]


def _people(**narrowed: Any) -> Callable[[], QuerySet[Any]]:
    return lambda: ProgrammePerson.objects.filter(member__is_active=True, **narrowed)


def _share(which: Q) -> Any:
    """Of the people in programmes that run, how many are so, in %; of none nothing."""
    own = ProgrammePerson.objects.filter(
        partner=OuterRef("pk"), state__in=COUNTED, programme__state=ProgrammeState.RUNNING
    )
    share = Cast(Count("pk", filter=which), FloatField()) * 100.0 / Cast(Count("pk"), FloatField())
    return Subquery(own.order_by().values("partner").annotate(share=share).values("share"), output_field=FloatField())


register_field(
    AudienceField(
        "programme_done",
        _("Somebody has finished the learning programme"),
        GROUP,
        Type.MULTIPLE,
        where=in_rows(_people(state=PersonState.DONE), value="programme"),
        choices=programmes,
        right=Right.TRAINING_VIEW,
        function=TRAINING.key,
    ),
    AudienceField(
        "programme_open",
        _("Somebody learns by the learning programme"),
        GROUP,
        Type.MULTIPLE,
        where=in_rows(_people(state=PersonState.OPEN), value="programme"),
        choices=programmes,
        right=Right.TRAINING_VIEW,
        function=TRAINING.key,
    ),
    AudienceField(
        "programme_finished_share",
        _("Learning programmes finished (share of the people)"),
        GROUP,
        Type.NUMBER,
        value=lambda: _share(Q(state=PersonState.DONE)),
        unit="%",
        right=Right.TRAINING_VIEW,
        function=TRAINING.key,
    ),
    AudienceField(
        "programme_late_share",
        _("Late with learning programmes (share of the people)"),
        GROUP,
        Type.NUMBER,
        value=lambda: _share(late()),
        unit="%",
        right=Right.TRAINING_VIEW,
        function=TRAINING.key,
    ),
)
