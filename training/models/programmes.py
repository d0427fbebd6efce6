"""Learning programmes (E-4): which courses in which order, for which people of which partners, and who is in them."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Audience, Partner
from tenancy.bulk import BulkModel
from tenancy.fields import KeysField, OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated
from training.models.courses import Course
from training.models.learning import Enrolment

LONGEST = 730
"""Days that a course or a reminder can be away."""


class ProgrammeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", pgettext_lazy("learning programme", "Running")
    ENDED = "ended", pgettext_lazy("learning programme", "Ended")


class OnLeaving(models.TextChoices):
    """What becomes of courses of somebody who no longer belongs to a programme; one that is not begun is taken back."""

    KEEP = "keep", _("courses that are begun stay with them")
    TAKE_BACK = "take_back", _("courses that are begun are taken back")


def usual_reminders() -> list[int]:
    return [-7, 0, 7, 14]


@track()
class LearningProgramme(OwnedModel):
    """Courses that certain people have to learn. Who is in it is kept up by `services.programme_assignment`."""

    code = models.CharField(_("code"), max_length=40)
    titles = TranslatedField(_("title by language"))
    summaries = TranslatedField(_("in a few words, by language"), blank=True)
    state = models.CharField(_("state"), max_length=7, choices=ProgrammeState.choices, default=ProgrammeState.DRAFT)
    owner = OwnedForeignKey(
        Membership,
        related_name="+",
        verbose_name=_("responsible"),
        help_text=_("It reaches the partners that this person sees."),
    )
    template = models.CharField(max_length=20, blank=True, editable=False)
    """A key of `training.programme_templates`, for one begun from there."""
    is_automatic = models.BooleanField(_("everybody who fits is in it by itself"), default=True)
    is_offered = models.BooleanField(_("partner admins may put their own people in"), default=False)
    roles = KeysField(verbose_name=_("only these roles"), db_default=[])
    only_new = models.BooleanField(
        _("only new people"), default=False, help_text=_("Those who got their access after the programme has started.")
    )
    is_ordered = models.BooleanField(
        _("one course after the other"),
        default=True,
        help_text=_("The next one opens when the one before is passed. Else all are open at once."),
    )
    on_leaving = models.CharField(
        _("who no longer fits"), max_length=9, choices=OnLeaving.choices, default=OnLeaving.KEEP
    )
    reminders = ArrayField(
        models.SmallIntegerField(validators=[MinValueValidator(-LONGEST), MaxValueValidator(LONGEST)]),
        default=usual_reminders,
        blank=True,
        verbose_name=_("days of reminders"),
    )
    """Of the day by which a course is due: -7 is a week before it, 7 a week after."""
    admin_after = models.PositiveSmallIntegerField(
        _("days late until the partner admin is told"), null=True, blank=True, default=7
    )
    manager_after = models.PositiveSmallIntegerField(
        _("days late until the channel manager is told"), null=True, blank=True, default=14
    )
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    assigned_at = models.DateTimeField(_("last assigned"), null=True, editable=False)
    problem = models.CharField(_("what keeps it from being assigned"), max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("learning programme")
        verbose_name_plural = _("learning programmes")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="learning_programme_code_once",
                violation_error_message=_("Another programme has this code."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(started_at__isnull=False), name="learning_programme_has_its_start"
            ),
        ]
        indexes = [models.Index(fields=["manufacturer", "-updated_at", "-id"], name="learning_programme_by_change")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the reader's language, else in one that there is."""
        return translated(self.titles, self.code)

    @property
    def summary(self) -> str:
        return translated(self.summaries, "")

    @property
    def is_running(self) -> bool:
        return self.state == ProgrammeState.RUNNING


class ProgrammeAudience(OwnedModel):
    """An audience whose partners a programme is for; of several, partners in any of them."""

    programme = OwnedForeignKey(LearningProgramme, on_delete=models.CASCADE, related_name="audiences")
    audience = OwnedForeignKey(Audience, related_name="+", verbose_name=_("audience"))

    class Meta:
        verbose_name = _("audience of a programme")
        verbose_name_plural = _("audiences of programmes")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "programme", "audience"], name="programme_audience_once")
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.audience_id}"


class ProgrammeCourse(OwnedModel):
    """A course of a programme, at its place, with the days there are for it from the day it opens to somebody."""

    programme = OwnedForeignKey(LearningProgramme, on_delete=models.CASCADE, related_name="courses")
    course = OwnedForeignKey(Course, related_name="+", verbose_name=_("course"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    days = models.PositiveSmallIntegerField(
        _("days"), default=30, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )

    class Meta:
        verbose_name = _("course of a programme")
        verbose_name_plural = _("courses of programmes")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "programme", "course"], name="programme_course_once"),
            models.CheckConstraint(condition=Q(days__gte=1), name="programme_course_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.course_id}"


class PersonState(models.TextChoices):
    OPEN = "open", pgettext_lazy("people", "Learning")
    DONE = "done", pgettext_lazy("person in a programme", "Finished")
    LEFT = "left", pgettext_lazy("person in a programme", "No longer in it")
    EXEMPT = "exempt", _("Exempt")


class PersonSource(models.TextChoices):
    AUTO = "auto", _("By the conditions")
    PARTNER = "partner", _("By the partner admin")
    STAFF = "staff", _("By the manufacturer")


class ProgrammePerson(BulkModel):
    """Somebody of a partner in a programme: since when, how far, and by when the course at hand is due.

    What is counted here (`done`, `due_on`, `is_stuck`) follows the person's enrolments in the programme's courses.
    """

    programme = OwnedForeignKey(
        LearningProgramme, on_delete=models.CASCADE, db_index=False, related_name="people", verbose_name=_("programme")
    )
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("partner")
    )
    member = OwnedForeignKey(
        Membership, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("person")
    )
    state = models.CharField(_("state"), max_length=6, choices=PersonState.choices, default=PersonState.OPEN)
    source = models.CharField(_("how they came"), max_length=7, choices=PersonSource.choices, default=PersonSource.AUTO)
    by = OwnedForeignKey(Membership, null=True, db_index=False, related_name="+", verbose_name=_("put in by"))
    since = models.DateField(_("since"))
    entered_at = models.DateTimeField(_("came in"), default=timezone.now)
    done = models.PositiveSmallIntegerField(_("courses done"), default=0)
    due_on = models.DateField(_("due"), null=True)
    due_from = models.DateField(null=True)
    """Since when it is due on that day: reminders before that are not made up for."""
    is_stuck = models.BooleanField(_("cannot go on"), default=False)
    """A course at hand was failed or taken back: somebody has to let the person in again, or to exempt them."""
    ended_at = models.DateTimeField(_("ended"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reminded = models.SmallIntegerField(null=True)
    """The last step of the plan of reminders, in days, that was told for `reminded_for`."""
    reminded_for = models.DateField(null=True)
    reminded_at = models.DateTimeField(_("last reminded"), null=True)
    escalated = models.PositiveSmallIntegerField(default=0)
    """For `escalated_for`: 1 the partner admin was told, 2 the channel manager too."""
    escalated_for = models.DateField(null=True)

    class Meta:
        verbose_name = _("person in a programme")
        verbose_name_plural = _("people in programmes")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "programme", "member"], name="programme_person_once"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(ended_at__isnull=False), name="programme_person_ended_has_its_time"
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "programme", "partner", "state"], name="programme_person_by_partner"),
            models.Index(fields=["manufacturer", "partner", "state"], name="programme_person_partner"),
            models.Index(fields=["manufacturer", "member", "state"], name="programme_person_member"),
            models.Index(fields=["manufacturer", "programme", "since", "id"], name="programme_person_by_since"),
            models.Index(
                fields=["manufacturer", "programme", "due_on", "id"],
                condition=Q(state="open"),
                name="programme_person_due",
            ),
            models.Index(
                fields=["manufacturer", "partner", "-ended_at", "-id"],
                condition=Q(state="done"),
                name="programme_person_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.member_id}"

    @property
    def is_open(self) -> bool:
        return self.state == PersonState.OPEN


class Exemption(OwnedModel):
    """Why somebody need not take a course: they can do it already, or have learned it elsewhere, with the paper for it."""

    class Kind(models.TextChoices):
        EXEMPT = "exempt", _("Exempt")
        RECOGNISED = "recognised", _("Learned elsewhere")

    enrolment = OwnedForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="exemptions", verbose_name=_("enrolment")
    )
    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+", verbose_name=_("partner"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.EXEMPT)
    reason = models.CharField(_("reason"), max_length=300)
    learned_on = models.DateField(_("learned on"), null=True, blank=True)
    by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("decided by"))
    made_at = models.DateTimeField(_("decided"), default=timezone.now, editable=False)
    paper = models.FileField(_("paper"), max_length=300, blank=True)
    original_name = models.CharField(_("file name"), max_length=150, blank=True)
    content_type = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "enrolment"], name="exemption_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.kind}"
