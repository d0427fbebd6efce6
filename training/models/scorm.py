"""SCORM packages (E-1): what a lesson plays, where each of its files lies, and how far each learner is in it.

Partners' login reads and writes none of it: services do, in the house's scope, for who holds a ticket.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel
from training.models.courses import Lesson
from training.models.learning import Enrolment


class ScormVersion(models.TextChoices):
    SCORM_12 = "1.2", "SCORM 1.2"
    SCORM_2004 = "2004", "SCORM 2004"


class ScormPackage(OwnedModel):
    """A package as it was uploaded. It never changes; a new one replaces it in the lessons that are still written."""

    version = models.CharField(_("kind"), max_length=4, choices=ScormVersion.choices)
    edition = models.CharField(_("edition"), max_length=40, blank=True)
    identifier = models.CharField(_("identifier"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    file = models.FileField(_("file"), max_length=300)
    original_name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveBigIntegerField(_("size"))
    unpacked = models.PositiveBigIntegerField(_("size unpacked"))
    file_count = models.PositiveIntegerField(_("files"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    class Meta:
        verbose_name = _("SCORM package")
        verbose_name_plural = _("SCORM packages")

    def __str__(self) -> str:
        return self.title or self.original_name


class ScormFile(BulkModel):
    """A file of a package: where its bytes begin in the ZIP, and how many they are."""

    package = OwnedForeignKey(
        ScormPackage, on_delete=models.CASCADE, db_index=False, related_name="entries", verbose_name=_("package")
    )
    path = models.CharField(_("path"), max_length=300)
    offset = models.PositiveBigIntegerField()
    packed = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField(_("size"))
    is_deflated = models.BooleanField()
    content_type = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("file of a package")
        verbose_name_plural = _("files of packages")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "package", "path"], name="scorm_file_once")]

    def __str__(self) -> str:
        return self.path


class ScormActivity(OwnedModel):
    """An item of a package: something to play, or a heading above some. `given`: what its data model begins with."""

    package = OwnedForeignKey(
        ScormPackage, on_delete=models.CASCADE, related_name="activities", verbose_name=_("package")
    )
    identifier = models.CharField(_("identifier"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"))
    depth = models.PositiveSmallIntegerField(_("depth"), default=0)
    launch = models.CharField(_("opens"), max_length=1000, blank=True)
    is_sco = models.BooleanField(_("reports"), default=False)
    is_visible = models.BooleanField(_("shown"), default=True)
    given = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("activity of a package")
        verbose_name_plural = _("activities of packages")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "package", "order"], name="scorm_activity_order_once")
        ]

    def __str__(self) -> str:
        return self.title


class ScormLesson(OwnedModel):
    """Which package a lesson plays. Versions of a course share it as long as none is put in its place."""

    lesson = models.OneToOneField(
        Lesson, on_delete=models.CASCADE, db_constraint=False, related_name="scorm", verbose_name=_("lesson")
    )
    package = OwnedForeignKey(ScormPackage, related_name="lessons", verbose_name=_("package"))

    class Meta:
        verbose_name = _("package of a lesson")
        verbose_name_plural = _("packages of lessons")

    def __str__(self) -> str:
        return f"{self.lesson_id} {self.package_id}"


class ScormState(BulkModel):
    """How far somebody is in an activity, as it reported last: by `session`, the visit, and `sequence`, the report in it.

    seconds: of all visits; before: of those before this one. done_at stays once it is there, and of scores the best does.
    """

    enrolment = OwnedForeignKey(
        Enrolment, on_delete=models.CASCADE, db_index=False, related_name="scorm", verbose_name=_("enrolment")
    )
    activity = OwnedForeignKey(
        ScormActivity, on_delete=models.CASCADE, related_name="states", verbose_name=_("activity")
    )
    visits = models.PositiveIntegerField(_("visits"), default=0)
    session = models.PositiveIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)
    cmi = models.JSONField(_("as reported"), default=dict)
    completion = models.CharField(_("completion"), max_length=40, blank=True)
    success = models.CharField(_("success"), max_length=6, blank=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    location = models.CharField(_("where it goes on"), max_length=1000, blank=True)
    seconds = models.PositiveIntegerField(_("time spent, seconds"), default=0)
    before = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("progress in a package")
        verbose_name_plural = _("progress in packages")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "enrolment", "activity"], name="scorm_state_once"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(0, 100)), name="scorm_state_score_is_per_cent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.activity_id}"
