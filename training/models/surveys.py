"""Surveys as lessons: what is asked, and what was answered, with names or without."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.models import OwnedModel
from tenancy.translation import translated
from training.models.courses import Course, Lesson
from training.models.learning import Enrolment


class Survey(OwnedModel):
    """The rules of a survey lesson."""

    lesson = models.OneToOneField(
        Lesson, on_delete=models.CASCADE, db_constraint=False, related_name="survey", verbose_name=_("lesson")
    )
    is_anonymous = models.BooleanField(
        _("without names"),
        default=False,
        help_text=_("What is sent is kept without person, partner and time: nobody can find out who answered what."),
    )

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")

    def __str__(self) -> str:
        return str(self.lesson)


class SurveyKind(models.TextChoices):
    SCALE = "scale", _("From 1 to 5")
    CHOICE = "choice", _("One of several")
    MULTIPLE = "multiple", _("Several of several")
    TEXT = "text", _("Own words")


CHOICES = (SurveyKind.CHOICE, SurveyKind.MULTIPLE)
SCALE = (1, 2, 3, 4, 5)


class SurveyQuestion(OwnedModel):
    """A question of a survey. `key` stays the same from version to version, so that answers add up."""

    survey = OwnedForeignKey(Survey, on_delete=models.CASCADE, related_name="questions", verbose_name=_("survey"))
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=SurveyKind.choices, default=SurveyKind.SCALE)
    texts = TranslatedField(_("question by language"))
    options = models.JSONField(_("what can be answered"), default=list, blank=True)
    """Of a choice: each with its `key` and its `texts` by language."""
    is_required = models.BooleanField(_("must be answered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("question of a survey")
        verbose_name_plural = _("questions of surveys")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "survey", "key"], name="survey_question_key_once"),
        ]

    def __str__(self) -> str:
        return translated(self.texts, "–")


class SurveySheet(BulkModel):
    """Somebody's sheet: what is filled in until it is sent. Sent, it is empty, and says no more than that it was."""

    enrolment = OwnedForeignKey(
        Enrolment, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("enrolment")
    )
    lesson_key = models.UUIDField(_("lesson"))
    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+", verbose_name=_("partner"))
    answers = models.JSONField(_("answers"), default=dict)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("sheet of a survey")
        verbose_name_plural = _("sheets of surveys")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "enrolment", "lesson_key"], name="survey_sheet_once"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(answers={}), name="survey_sheet_sent_is_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.lesson_key}"


class SurveyReply(BulkModel):
    """What was sent, by the keys of the questions. Without names it has no enrolment and no time, and its number is drawn:
    nothing leads from it to who sent it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = OwnedForeignKey(
        Course, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("course")
    )
    lesson_key = models.UUIDField(_("lesson"))
    enrolment = OwnedForeignKey(
        Enrolment, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("enrolment")
    )
    answers = models.JSONField(_("answers"), default=dict)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("reply to a survey")
        verbose_name_plural = _("replies to surveys")
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolment=None, sent_at=None) | Q(enrolment__isnull=False, sent_at__isnull=False),
                name="survey_reply_named_or_not",
            ),
        ]
        indexes = [models.Index(fields=["manufacturer", "course", "lesson_key"], name="survey_reply_by_lesson")]

    def __str__(self) -> str:
        return str(self.lesson_key)
