"""Journeys: what a new partner and the manufacturer do together until the partner is active."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner, PartnerKind
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.files import stored_name
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated


class JourneyTemplate(OwnedModel):
    """The phases and steps that partners of a kind go through. Once a journey follows a version, it stays as it is."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    class Finish(models.TextChoices):
        PROPOSE = "propose", _("propose to make the partner active")
        AUTOMATIC = "automatic", _("make the partner active at once")

    family = models.UUIDField(editable=False)
    """Shared by the versions of one template."""
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    names = TranslatedField(_("name by language"))
    kind = OwnedForeignKey(
        PartnerKind,
        null=True,
        blank=True,
        related_name="journey_templates",
        verbose_name=_("for partners of the kind"),
    )
    finish = models.CharField(_("when all is done"), max_length=10, choices=Finish.choices, default=Finish.PROPOSE)
    stalled_days = models.PositiveSmallIntegerField(
        _("stalled after days without a step"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("journey template")
        ordering = ["kind__order", "-version", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "family", "version"], name="journey_template_version_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "kind"],
                condition=models.Q(state="published"),
                nulls_distinct=False,
                name="journey_template_one_published",
            ),
        ]

    def __str__(self) -> str:
        return translated(self.names)


class JourneyPhase(OwnedModel):
    """A part of a template, such as "Getting to know each other"."""

    template = OwnedForeignKey(JourneyTemplate, on_delete=models.CASCADE, related_name="phases")
    names = TranslatedField(_("name by language"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("phase")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return translated(self.names)


class JourneyStep(OwnedModel):
    """One step of a phase: who does it, by when, and how it is known to be done."""

    class Side(models.TextChoices):
        PARTNER = "partner", _("The partner")
        STAFF = "staff", _("The manufacturer")

    phase = OwnedForeignKey(JourneyPhase, on_delete=models.CASCADE, related_name="steps", verbose_name=_("phase"))
    type = models.CharField(_("type"), max_length=20)
    """A key of `partners.journey_checks`."""
    titles = TranslatedField(_("what to do"))
    texts = TranslatedField(_("in more words"), blank=True)
    material = models.URLField(_("material"), blank=True)
    subject = models.CharField(_("which"), max_length=64, blank=True)
    """Which section, course or agreement; what it means depends on the type."""
    side = models.CharField(_("who"), max_length=8, choices=Side.choices, default=Side.PARTNER)
    due_days = models.PositiveSmallIntegerField(_("due, days after the start"), default=7)
    after_previous = models.BooleanField(_("only once the step before is done"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("step")
        ordering = ["phase__order", "phase", "order", "pk"]

    def __str__(self) -> str:
        return translated(self.titles)

    @property
    def text(self) -> str:
        """What to do, in more words, in the reader's language."""
        return translated(self.texts)


class Journey(OwnedModel):
    """A partner on its way through a template."""

    class State(models.TextChoices):
        RUNNING = "running", _("On its way")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")

    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="journeys", verbose_name=_("partner"))
    template = OwnedForeignKey(JourneyTemplate, related_name="journeys", verbose_name=_("template"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField(_("started"))
    started_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("started by"))
    moved_at = models.DateTimeField(_("last step"))
    """When a step was last done, or the journey began."""
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    steps = models.PositiveSmallIntegerField(_("steps"), default=0)
    done = models.PositiveSmallIntegerField(_("done"), default=0)
    next_due_on = models.DateField(_("next due"), null=True, blank=True)

    class Meta:
        verbose_name = _("journey")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "partner"], condition=models.Q(state="running"), name="journey_one_running"
            )
        ]
        indexes = [models.Index(fields=["manufacturer", "state", "moved_at"], name="journey_by_state")]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.done}/{self.steps}"


def journey_file_path(item: Any, name: str) -> str:
    """Where an uploaded paper lies."""
    return stored_name(item.manufacturer_id, "journeys", name)


class JourneyItem(OwnedModel):
    """A step of a template as one partner goes through it."""

    class How(models.TextChoices):
        HAND = "hand", _("by hand")
        CHECK = "check", _("found to be so")

    journey = OwnedForeignKey(Journey, on_delete=models.CASCADE, related_name="items")
    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    step = OwnedForeignKey(JourneyStep, related_name="items")
    position = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+")
    how = models.CharField(max_length=8, choices=How.choices, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    meeting_at = models.DateTimeField(_("meeting"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to=journey_file_path, max_length=300, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("step of a journey")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "journey", "step"], name="journey_item_once"),
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "due_on"], condition=models.Q(done_at=None), name="journey_item_open_by_due"
            ),
            models.Index(fields=["manufacturer", "partner"], name="journey_item_by_partner"),
        ]

    def __str__(self) -> str:
        return str(self.step)
