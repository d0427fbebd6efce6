"""Courses (E-1): versions of modules and lessons, each with its texts and files by language."""

import uuid
from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Audience, QualificationType
from tenancy.fields import KeysField, OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Language, Membership, OwnedModel
from tenancy.translation import translated


class CourseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class LessonKind(models.TextChoices):
    """What a learner does in a lesson."""

    PAGE = "page", _("Page to read")
    VIDEO = "video", _("Video")
    PDF = "pdf", _("PDF")
    DOWNLOAD = "download", _("File to download")
    QUIZ = "quiz", _("Quiz")
    SCORM = "scorm", _("SCORM package")
    LIVE = "live", _("Live session")
    SURVEY = "survey", _("Survey")
    TASK = "task", _("Practical task")


@track()
class Course(OwnedModel):
    """What is taught under one name. What is learned is a version of it; learners finish the one they began."""

    code = models.CharField(_("code"), max_length=40)
    titles = TranslatedField(_("title by language"))
    summaries = TranslatedField(_("in a few words, by language"), blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("tags"))
    product_lines = KeysField(verbose_name=_("product lines"), db_default=[])
    owner = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("trainer"))
    state = models.CharField(_("state"), max_length=9, choices=CourseState.choices, default=CourseState.DRAFT)
    is_open = models.BooleanField(
        _("people may enrol themselves"), default=True, help_text=_("Else only who is assigned takes it.")
    )
    audience = OwnedForeignKey(
        Audience,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("open to"),
        help_text=_("None chosen: people of all partners."),
    )
    qualification = OwnedForeignKey(
        QualificationType,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("qualification it gives"),
        help_text=_("Who passes holds it as long as the certificate is valid."),
    )
    valid_months = models.PositiveSmallIntegerField(
        _("months a certificate is valid"), default=12, help_text=_("0: for good.")
    )
    renewal = OwnedForeignKey(
        "self",
        null=True,
        blank=True,
        related_name="renews",
        verbose_name=_("course that renews it"),
        help_text=_("A shorter one for who holds the certificate. None chosen: this course once more."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="course_code_once",
                violation_error_message=_("Another course has this code."),
            ),
            # Of one pass there is one certificate: it has to be plain which one it renews.
            models.UniqueConstraint(
                fields=["manufacturer", "renewal"],
                name="course_renews_one",
                violation_error_message=_("This course renews the certificate of another course already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(renewal=models.F("id")),
                name="course_renewed_by_another",
                violation_error_message=_("Choose none to have the certificate renewed by the course itself."),
            ),
        ]
        indexes = [models.Index(fields=["manufacturer", "-updated_at", "-id"], name="course_by_change")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the reader's language, else in one that there is."""
        return translated(self.titles, self.code)

    @property
    def summary(self) -> str:
        return translated(self.summaries, "")

    def lines_by(self, names: Mapping[str, str]) -> list[str]:
        """The names of its product lines; one that is not known any more goes by its code."""
        return [names.get(code, code) for code in self.product_lines]


class CoursePrerequisite(OwnedModel):
    """A course that has to be passed before another is begun."""

    course = OwnedForeignKey(Course, on_delete=models.CASCADE, related_name="prerequisites", verbose_name=_("course"))
    needs = OwnedForeignKey(Course, on_delete=models.CASCADE, related_name="+", verbose_name=_("needs"))

    class Meta:
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "course", "needs"], name="course_prerequisite_once"),
            models.CheckConstraint(
                condition=~models.Q(course=models.F("needs")),
                name="course_needs_another",
                violation_error_message=_("A course cannot need itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.needs_id}"


class CourseVersion(OwnedModel):
    """An edition of a course. Open while it is a draft, then fixed: one draft and one published at a time."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        REPLACED = "replaced", _("Replaced")

    course = OwnedForeignKey(Course, on_delete=models.CASCADE, related_name="versions", verbose_name=_("course"))
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    is_ordered = models.BooleanField(
        _("lessons in their order"), default=True, help_text=_("Else learners take them as they like.")
    )
    minutes = models.PositiveIntegerField(_("minutes"), default=0, editable=False)
    lesson_count = models.PositiveIntegerField(_("lessons"), default=0, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = OwnedForeignKey(
        Membership, null=True, editable=False, related_name="+", verbose_name=_("published by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("version of a course")
        verbose_name_plural = _("versions of courses")
        ordering = ["course", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "course", "number"], name="course_version_number_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "course", "state"],
                condition=~models.Q(state="replaced"),
                name="course_version_one_draft_one_published",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(published_at__isnull=False),
                name="course_version_published_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.number}"


class Module(OwnedModel):
    """A part of a version, of lessons in their order."""

    version = OwnedForeignKey(
        CourseVersion, on_delete=models.CASCADE, related_name="modules", verbose_name=_("version")
    )
    titles = TranslatedField(_("title by language"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return translated(self.titles, "–")


class Lesson(OwnedModel):
    """Some minutes of learning. `key` stays the same from version to version, so that figures of it add up."""

    version = OwnedForeignKey(
        CourseVersion, on_delete=models.CASCADE, related_name="lessons", verbose_name=_("version")
    )
    module = OwnedForeignKey(Module, on_delete=models.CASCADE, related_name="lessons", verbose_name=_("module"))
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=LessonKind.choices, default=LessonKind.PAGE)
    titles = TranslatedField(_("title by language"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    is_required = models.BooleanField(_("needed to pass"), default=True)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["module__order", "module", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "version", "key"], name="lesson_key_once"),
        ]

    def __str__(self) -> str:
        return translated(self.titles, "–")


class LessonContent(OwnedModel):
    """What a lesson shows in one language: a text, and for some kinds a file or a link."""

    lesson = OwnedForeignKey(Lesson, on_delete=models.CASCADE, related_name="contents", verbose_name=_("lesson"))
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    body = models.TextField(_("text"), blank=True, max_length=100_000, help_text=_("In Markdown."))
    link = models.URLField(_("link"), max_length=500, blank=True)
    file = models.FileField(_("file"), max_length=300, blank=True)
    original_name = models.CharField(_("file name"), max_length=150, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    captions = models.FileField(_("captions"), max_length=300, blank=True)
    chapters = models.JSONField(
        _("chapters"), default=list, blank=True, help_text=_("Each with its second and its title.")
    )
    updated_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("content of a lesson")
        verbose_name_plural = _("contents of lessons")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "lesson", "language"], name="lesson_content_once"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} {self.language}"


class CoursePicture(OwnedModel):
    """A picture that texts of a course show by its name. It is never changed, as versions that are out show it too."""

    course = OwnedForeignKey(Course, on_delete=models.CASCADE, related_name="pictures", verbose_name=_("course"))
    name = models.CharField(_("name"), max_length=150)
    file = models.FileField(_("file"), max_length=300)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("picture of a course")
        verbose_name_plural = _("pictures of courses")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "course", "name"], name="course_picture_name_once")
        ]

    def __str__(self) -> str:
        return self.name
