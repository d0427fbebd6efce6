from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jobs.registry import job_label
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel


class JobState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(OwnedModel):
    """A piece of long work: who started it, how far it is, how it ended, and what it leaves to read.

    A running job holds a lease that its progress renews; a job whose lease ran out lost its worker and is queued
    again by the sweep.
    """

    kind = models.CharField(_("kind"), max_length=50)
    key = models.CharField(max_length=200, blank=True, default="")
    partner = OwnedForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partner"),
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), default=0)
    message = models.CharField(_("message"), max_length=500, blank=True, default="")
    params = models.JSONField(default=dict)
    result = models.JSONField(_("result"), default=dict)
    result_file = models.FileField(_("result file"), blank=True, max_length=300)
    error_file = models.FileField(_("rejected rows"), blank=True, max_length=300)
    created_by = OwnedForeignKey(
        Membership,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    OPEN_STATES: ClassVar[tuple[str, ...]] = (JobState.QUEUED, JobState.RUNNING)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["manufacturer", "-id"], name="job_latest"),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=["queued", "running"]),
                name="job_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{job_label(self.kind)} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100; 0 as long as it does not know how much there is."""
        return min(100, 100 * self.done // self.total) if self.total else 0

    @property
    def created_by_language(self) -> str:
        """The language that its messages are written in: that of who started it, else the manufacturer's."""
        if self.created_by is not None:
            return self.created_by.language
        return self.manufacturer.first_language

    @property
    def created_by_user(self) -> int | None:
        """Whose act its changes count as in history."""
        return self.created_by.user_id if self.created_by is not None else None


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    MAPPED = "mapped", _("Columns matched")
    CHECKED = "checked", _("Checked")
    IMPORTED = "imported", _("Imported")
    FAILED = "failed", _("Failed")


@track(exclude=["report"])
class ImportFile(OwnedModel):
    """A file somebody brought in, from upload over dry run to what came of it."""

    kind = models.CharField(_("kind"), max_length=50)
    file = models.FileField(_("file"), max_length=300)
    original_name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, blank=True, default="")
    headers = models.JSONField(default=list)
    headers_hash = models.CharField(max_length=64, blank=True, default="")
    mapping = models.JSONField(default=dict)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ImportState.choices,
        default=ImportState.UPLOADED,
    )
    report = models.JSONField(default=dict)
    job = OwnedForeignKey(Job, null=True, blank=True, related_name="+", verbose_name=_("job"))
    created_by = OwnedForeignKey(
        Membership,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("brought by"),
    )
    created_at = models.DateTimeField(_("brought"), auto_now_add=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["manufacturer", "-id"], name="import_latest")]

    def __str__(self) -> str:
        return self.original_name


class ImportMapping(OwnedModel):
    """How the columns of a file with these headers were matched last time."""

    kind = models.CharField(max_length=50)
    headers_hash = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "kind", "headers_hash"],
                name="import_mapping_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.headers_hash[:8]}"
