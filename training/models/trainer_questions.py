"""Questions that learners ask their trainer at a lesson, with answers to all who take the course."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Partner
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel
from training.models.courses import Course, Lesson
from training.models.learning import Enrolment


class QuestionState(models.TextChoices):
    OPEN = "open", pgettext_lazy("of a question to the trainer", "Open")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed without an answer")


class LessonQuestion(OwnedModel):
    """A question at a lesson. Partners do not read the table: the portal shows what is for all without who asked."""

    course = OwnedForeignKey(
        Course, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("course")
    )
    lesson = OwnedForeignKey(Lesson, on_delete=models.CASCADE, related_name="+", verbose_name=_("lesson"))
    lesson_key = models.UUIDField(editable=False)
    enrolment = OwnedForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+", verbose_name=_("enrolment"))
    member = OwnedForeignKey(Membership, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked by"))
    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+", verbose_name=_("partner"))
    text = models.TextField(_("question"), max_length=2_000)
    state = models.CharField(_("state"), max_length=8, choices=QuestionState.choices, default=QuestionState.OPEN)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    shown_text = models.TextField(
        _("question as all read it"),
        max_length=2_000,
        blank=True,
        help_text=_("Take out what tells who asked: names, sites, customers."),
    )
    answer = models.TextField(_("answer"), max_length=5_000, blank=True)
    is_public = models.BooleanField(_("for all who take the course"), default=True)
    answered_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("question to the trainer")
        verbose_name_plural = _("questions to the trainer")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="lesson_question_answered_has_its_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "course", "lesson_key", "-asked_at"], name="lesson_question_by_lesson"
            ),
            models.Index(
                fields=["manufacturer", "asked_at", "id"], condition=Q(state="open"), name="lesson_question_open"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
