"""Practical tasks: what is to be done, what was handed in, and what the trainer says to it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import KeysField, OwnedForeignKey
from tenancy.files import DOCUMENTS, OFFICE_FILES, VIDEOS
from tenancy.models import Membership, OwnedModel
from training.models.courses import Lesson
from training.models.learning import Enrolment

GROUPS: dict[str, tuple[str, ...]] = {
    "documents": DOCUMENTS,
    "office": (*OFFICE_FILES, "txt", "csv"),
    "videos": VIDEOS,
    "archives": ("zip",),
}
"""The kinds of file that a task takes, by the name of the group that its trainer ticks."""
USUAL = ["documents", "office"]


class PracticalTask(OwnedModel):
    """The rules of a practical task; what is to be done stands in the texts of its lesson."""

    lesson = models.OneToOneField(
        Lesson, on_delete=models.CASCADE, db_constraint=False, related_name="task", verbose_name=_("lesson")
    )
    points = models.PositiveSmallIntegerField(
        _("points there are"), default=100, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    pass_points = models.PositiveSmallIntegerField(
        _("points to pass"), default=60, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    most_files = models.PositiveSmallIntegerField(
        _("files at most"), default=5, validators=[MinValueValidator(0), MaxValueValidator(20)],
        help_text=_("0: words alone are handed in."),
    )  # fmt: skip
    most_megabytes = models.PositiveSmallIntegerField(
        _("megabytes a file at most"), default=20, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    kinds = KeysField(verbose_name=_("kinds of file"))
    attempts = models.PositiveSmallIntegerField(
        _("times it may be handed in"), default=0, help_text=_("0: as often as one likes.")
    )

    class Meta:
        verbose_name = _("practical task")
        verbose_name_plural = _("practical tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_points__gte=1, pass_points__lte=F("points")),
                name="practical_task_can_be_passed",
                violation_error_message=_("To pass takes at least one point, and no more than there are."),
            )
        ]

    def __str__(self) -> str:
        return str(self.lesson)

    @property
    def file_kinds(self) -> tuple[str, ...]:
        """The kinds of file that it takes, as `tenancy.files` names them."""
        return tuple(kind for group in self.kinds or USUAL for kind in GROUPS.get(group, ()))


class HandInState(models.TextChoices):
    WAITING = "waiting", _("Waits for the trainer")
    PASSED = "passed", pgettext_lazy("a practical task", "Passed")
    AGAIN = "again", _("To be done again")


class HandIn(BulkModel):
    """What somebody handed in: words and files, marked once."""

    task = OwnedForeignKey(PracticalTask, db_index=False, related_name="hand_ins", verbose_name=_("practical task"))
    enrolment = OwnedForeignKey(
        Enrolment, on_delete=models.CASCADE, db_index=False, related_name="hand_ins", verbose_name=_("enrolment")
    )
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("partner")
    )
    number = models.PositiveSmallIntegerField(_("attempt"))
    text = models.TextField(_("words"), max_length=10_000, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=HandInState.choices, default=HandInState.WAITING)
    handed_in_at = models.DateTimeField(_("handed in"), default=timezone.now)
    points = models.PositiveSmallIntegerField(_("points"), null=True)
    comment = models.TextField(_("comment"), max_length=5_000, blank=True)
    marked_by = OwnedForeignKey(Membership, null=True, db_index=False, related_name="+", verbose_name=_("marked by"))
    marked_at = models.DateTimeField(_("marked"), null=True)

    class Meta:
        verbose_name = _("work handed in")
        verbose_name_plural = _("work handed in")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "enrolment", "task", "number"], name="hand_in_number_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "enrolment", "task"],
                condition=Q(state="waiting"),
                name="hand_in_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", marked_at=None) | (~Q(state="waiting") & Q(marked_at__isnull=False)),
                name="hand_in_marked_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "handed_in_at", "id"], condition=Q(state="waiting"), name="hand_in_unmarked"
            ),
            models.Index(fields=["manufacturer", "partner"], name="hand_in_by_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.number}"


class HandInFile(BulkModel):
    """A file of what was handed in."""

    hand_in = OwnedForeignKey(HandIn, on_delete=models.CASCADE, related_name="files", verbose_name=_("work handed in"))
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("partner")
    )
    file = models.FileField(_("file"), max_length=300)
    original_name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"), default=0)

    class Meta:
        verbose_name = _("file handed in")
        verbose_name_plural = _("files handed in")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.original_name
