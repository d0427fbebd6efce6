"""Who learns what, and how far they have come."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership
from training.models.courses import Course, CourseVersion, Lesson


class EnrolmentState(models.TextChoices):
    ENROLLED = "enrolled", _("Not begun")
    STARTED = "started", pgettext_lazy("people", "Learning")
    PASSED = "passed", _("Passed")
    FAILED = "failed", pgettext_lazy("of a course", "Failed")
    EXEMPT = "exempt", _("Exempt")
    WITHDRAWN = "withdrawn", _("Taken back")


OPEN_ENROLMENTS = (EnrolmentState.ENROLLED, EnrolmentState.STARTED)
"""Still to be learned."""


class EnrolmentSource(models.TextChoices):
    SELF = "self", _("Enrolled by themselves")
    PARTNER = "partner", _("By the partner admin")
    STAFF = "staff", _("By the manufacturer")
    PROGRAMME = "programme", _("By a learning programme")
    RENEWAL = "renewal", _("To renew a certificate")
    IMPORT = "import", _("Imported")


class Enrolment(BulkModel):
    """One person at one partner who takes one version of a course; a second time only once the first has ended."""

    course = OwnedForeignKey(Course, db_index=False, related_name="enrolments", verbose_name=_("course"))
    version = OwnedForeignKey(CourseVersion, related_name="enrolments", verbose_name=_("version"))
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="enrolments", verbose_name=_("partner")
    )
    member = OwnedForeignKey(
        Membership, on_delete=models.CASCADE, db_index=False, related_name="enrolments", verbose_name=_("person")
    )
    state = models.CharField(_("state"), max_length=9, choices=EnrolmentState.choices, default=EnrolmentState.ENROLLED)
    source = models.CharField(
        _("how it came"), max_length=9, choices=EnrolmentSource.choices, default=EnrolmentSource.SELF
    )
    by = OwnedForeignKey(Membership, null=True, db_index=False, related_name="+", verbose_name=_("enrolled by"))
    enrolled_at = models.DateTimeField(_("enrolled"), default=timezone.now)
    due_on = models.DateField(_("due"), null=True, blank=True)
    started_at = models.DateTimeField(_("begun"), null=True)
    seen_at = models.DateTimeField(_("last learned"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    done = models.PositiveSmallIntegerField(_("lessons done"), default=0)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    seconds = models.PositiveIntegerField(_("time spent, seconds"), default=0)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "member", "course"],
                condition=Q(state__in=["enrolled", "started"]),
                name="enrolment_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["enrolled", "started"]) | Q(ended_at__isnull=False),
                name="enrolment_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(0, 100)), name="enrolment_score_is_per_cent"
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "course", "state"], name="enrolment_by_partner"),
            models.Index(fields=["manufacturer", "member", "-enrolled_at", "-id"], name="enrolment_by_person"),
            models.Index(fields=["manufacturer", "course", "state", "partner"], name="enrolment_by_course"),
            models.Index(
                fields=["manufacturer", "partner", "-ended_at", "-id"],
                condition=Q(state="passed"),
                name="enrolment_passed",
            ),
            models.Index(
                fields=["manufacturer", "due_on"],
                condition=Q(state__in=["enrolled", "started"], due_on__isnull=False),
                name="enrolment_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.course_id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ENROLMENTS


class LessonProgress(BulkModel):
    """How far somebody is with a lesson: begun, where it goes on, done and with what score."""

    enrolment = OwnedForeignKey(
        Enrolment, on_delete=models.CASCADE, db_index=False, related_name="progress", verbose_name=_("enrolment")
    )
    lesson = OwnedForeignKey(Lesson, db_index=False, related_name="progress", verbose_name=_("lesson"))
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("partner")
    )
    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    seconds = models.PositiveIntegerField(_("time spent, seconds"), default=0)
    place = models.JSONField(_("where it goes on"), default=dict)

    class Meta:
        verbose_name = _("progress in a lesson")
        verbose_name_plural = _("progress in lessons")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "enrolment", "lesson"], name="lesson_progress_once"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(0, 100)), name="lesson_progress_score_is_per_cent"
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "lesson", "done_at"], name="lesson_progress_by_lesson"),
            models.Index(fields=["manufacturer", "partner"], name="lesson_progress_by_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.lesson_id}"

    @property
    def file_got(self) -> bool:
        """Whether its learner has fetched the file of the lesson."""
        return "file" in self.place
