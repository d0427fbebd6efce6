"""Quizzes (E-2): banks of questions, what a quiz draws from them, and what was answered.

Partners never read a question: an attempt keeps what was shown, without what is right, and learns of it only afterwards.
"""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated
from training.models.courses import Lesson
from training.models.learning import Enrolment


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("One of several")
    MULTIPLE = "multiple", _("Several of several")
    TRUE_FALSE = "true", _("True or false")
    NUMBER = "number", _("A number")
    TEXT = "text", _("A few words")
    ORDER = "order", _("Put in order")
    MATCH = "match", _("Match pairs")
    HOTSPOT = "hotspot", _("Point in a picture")


class QuestionBank(OwnedModel):
    """Questions on one subject, for any quiz to draw from."""

    name = models.CharField(_("name"), max_length=120)
    owner = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("trainer"))
    is_retired = models.BooleanField(_("retired"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "name"],
                name="question_bank_name_once",
                violation_error_message=_("Another question bank has this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


@track()
class Question(OwnedModel):
    """A question, what can be answered, and what is right: `options` and `solution` as `training.grading` reads them."""

    bank = OwnedForeignKey(QuestionBank, related_name="questions", verbose_name=_("question bank"))
    kind = models.CharField(_("kind"), max_length=8, choices=QuestionKind.choices, default=QuestionKind.SINGLE)
    texts = TranslatedField(_("question by language"))
    options = models.JSONField(_("what can be answered"), default=list, blank=True)
    solution = models.JSONField(_("what is right"), default=dict, blank=True)
    feedback = TranslatedField(_("explanation by language"), blank=True)
    picture = models.FileField(_("picture"), max_length=300, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("tags"))
    difficulty = models.PositiveSmallIntegerField(
        _("difficulty"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("From 1, easy, to 5, hard."),
    )
    points = models.DecimalField(
        _("points"), max_digits=5, decimal_places=2, default=Decimal(1), validators=[MinValueValidator(Decimal("0.25"))]
    )
    gives_part = models.BooleanField(_("partly right gives part of the points"), default=True)
    is_retired = models.BooleanField(_("retired"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(condition=Q(difficulty__range=(1, 5)), name="question_difficulty_1_to_5"),
            models.CheckConstraint(condition=Q(points__gt=0), name="question_gives_points"),
        ]
        indexes = [models.Index(fields=["manufacturer", "bank", "-updated_at", "-id"], name="question_by_bank")]

    def __str__(self) -> str:
        return translated(self.texts, "–")


class Reveal(models.TextChoices):
    """When a learner reads what would have been right."""

    NEVER = "never", _("Not at all")
    PASSED = "passed", _("Once passed")
    ALWAYS = "always", _("After every attempt")


class Quiz(OwnedModel):
    """The rules of a quiz lesson."""

    lesson = models.OneToOneField(
        Lesson, on_delete=models.CASCADE, db_constraint=False, related_name="quiz", verbose_name=_("lesson")
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, per cent"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    attempts = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=0, help_text=_("0: as many as one likes.")
    )
    wait_hours = models.PositiveSmallIntegerField(_("hours to wait after a failed attempt"), default=0)
    minutes = models.PositiveSmallIntegerField(_("time limit, minutes"), default=0, help_text=_("0: none."))
    is_shuffled = models.BooleanField(_("shuffle questions and answers"), default=True)
    reveals = models.CharField(
        _("right answers are shown"), max_length=6, choices=Reveal.choices, default=Reveal.PASSED
    )

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.CheckConstraint(condition=Q(pass_mark__range=(1, 100)), name="quiz_pass_mark_is_per_cent")
        ]

    def __str__(self) -> str:
        return str(self.lesson)


class QuizPart(OwnedModel):
    """So many questions drawn at random from a bank, of a tag and a difficulty where these are named."""

    quiz = OwnedForeignKey(Quiz, on_delete=models.CASCADE, related_name="parts", verbose_name=_("quiz"))
    bank = OwnedForeignKey(QuestionBank, related_name="+", verbose_name=_("question bank"))
    tag = models.CharField(_("tag"), max_length=40, blank=True)
    easiest = models.PositiveSmallIntegerField(_("difficulty from"), default=1)
    hardest = models.PositiveSmallIntegerField(_("difficulty to"), default=5)
    count = models.PositiveSmallIntegerField(
        _("number of questions"), default=5, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("part of a quiz")
        verbose_name_plural = _("parts of quizzes")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(easiest__range=(1, 5), hardest__range=(1, 5), easiest__lte=models.F("hardest")),
                name="quiz_part_difficulty_in_order",
                violation_error_message=_("The difficulty goes from the easier to the harder, within 1 to 5."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id} {self.bank_id}"


class Attempt(BulkModel):
    """Somebody's attempt at a quiz. Submitted, by hand or when its time is over, it is marked once and stays."""

    quiz = OwnedForeignKey(Quiz, db_index=False, related_name="attempts_made", verbose_name=_("quiz"))
    enrolment = OwnedForeignKey(
        Enrolment, on_delete=models.CASCADE, db_index=False, related_name="attempts", verbose_name=_("enrolment")
    )
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("partner")
    )
    number = models.PositiveSmallIntegerField(_("attempt"))
    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    ends_at = models.DateTimeField(_("time is over"), null=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    is_passed = models.BooleanField(_("passed"), null=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "enrolment", "quiz", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "enrolment", "quiz"],
                condition=Q(submitted_at=None),
                name="attempt_open_once",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(score__isnull=False, is_passed__isnull=False),
                name="attempt_submitted_is_marked",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "quiz", "submitted_at"], name="attempt_by_quiz"),
            models.Index(
                fields=["manufacturer", "ends_at"],
                condition=Q(submitted_at=None, ends_at__isnull=False),
                name="attempt_running_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.number}"


class AttemptQuestion(BulkModel):
    """A question as it was shown in an attempt, what was answered, and once submitted what it gave.

    `shown` is what `training.grading.shown` made of it: nothing in it tells what is right.
    """

    attempt = OwnedForeignKey(
        Attempt, on_delete=models.CASCADE, db_index=False, related_name="questions", verbose_name=_("attempt")
    )
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("partner")
    )
    question = OwnedForeignKey(Question, related_name="+", verbose_name=_("question"))
    order = models.PositiveSmallIntegerField(_("order"))
    shown = models.JSONField(_("as it was shown"))
    given = models.JSONField(_("answer"), null=True)
    saved_at = models.DateTimeField(_("answered"), null=True)
    most = models.DecimalField(_("points there are"), max_digits=5, decimal_places=2)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("question of an attempt")
        verbose_name_plural = _("questions of attempts")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "attempt", "order"], name="attempt_question_once"),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__gte=0, points__lte=models.F("most")),
                name="attempt_question_points_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.order}"
