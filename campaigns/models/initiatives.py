"""Initiatives (C-10): a measure that partners carry out in steps, who has come how far with it, and how fast.

A partner reads what it was told of, and writes how far it is: when it saw it, what it began and finished, and what shows it.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.assets import Asset
from partners.models import Audience, AudienceSnapshot, Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated


class InitiativeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", pgettext_lazy("initiative", "Running")
    ENDED = "ended", pgettext_lazy("initiative", "Ended")


class Proof(models.TextChoices):
    """What a partner gives so that a step counts as done."""

    NONE = "none", _("Nothing")
    NOTE = "note", _("A note")
    FILE = "file", _("A file, such as a photo")


class Standing(models.TextChoices):
    """How far a partner is, as it follows from its dates."""

    UNSEEN = "unseen", _("Not seen")
    SEEN = "seen", _("Seen, not begun")
    STARTED = "started", _("Begun")
    DONE = "done", _("Carried out")
    DECLINED = "declined", _("Declined")


@track()
class Initiative(OwnedModel):
    """A measure: what it is to bring, whose it is, when, and for whom. Its steps are fixed when it starts, and so are the
    partners in it."""

    names = TranslatedField(_("name by language"))
    goals = TranslatedField(_("goal by language"))
    kpi = models.CharField(_("KPI"), max_length=40, blank=True)
    kpi_target = models.DecimalField(_("goal as a number"), max_digits=18, decimal_places=4, null=True, blank=True)
    owner = OwnedForeignKey(Membership, related_name="+", verbose_name=_("owner"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    audience = OwnedForeignKey(Audience, null=True, blank=True, related_name="+", verbose_name=_("audience"))
    snapshot = OwnedForeignKey(
        AudienceSnapshot, null=True, editable=False, related_name="+", verbose_name=_("frozen audience")
    )
    carried_from = OwnedForeignKey(
        "self", null=True, editable=False, related_name="carried", verbose_name=_("carried over from")
    )
    """Then its partners are those that were proposed, not an audience."""
    state = models.CharField(_("state"), max_length=7, choices=InitiativeState.choices, default=InitiativeState.DRAFT)
    step_count = models.PositiveSmallIntegerField(_("steps"), default=0, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    started_by = OwnedForeignKey(Membership, null=True, editable=False, related_name="+", verbose_name=_("started by"))
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    ended_by = OwnedForeignKey(Membership, null=True, editable=False, related_name="+", verbose_name=_("ended by"))
    end_reason = models.CharField(_("why it ended"), max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="initiative_ends_after_start",
                violation_error_message=_("The end lies before the start."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(started_at__isnull=False),
                name="initiative_started_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended") | models.Q(ended_at__isnull=False),
                name="initiative_ended_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "-starts_on", "-id"], name="initiative_latest"),
            models.Index(fields=["manufacturer", "owner"], condition=models.Q(state="running"), name="initiative_runs"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the reader's language, else in one that there is."""
        return translated(self.names, "–")

    @property
    def goal(self) -> str:
        return translated(self.goals, "")

    @property
    def is_draft(self) -> bool:
        return self.state == InitiativeState.DRAFT

    @property
    def is_running(self) -> bool:
        return self.state == InitiativeState.RUNNING

    @property
    def is_ended(self) -> bool:
        return self.state == InitiativeState.ENDED


class InitiativeStep(OwnedModel):
    """Something to be done: what, how, until when, with what, and what is to show that it was done."""

    initiative = OwnedForeignKey(Initiative, on_delete=models.CASCADE, related_name="steps", db_index=False)
    order = models.PositiveSmallIntegerField(_("place"), default=0)
    titles = TranslatedField(_("title by language"))
    instructions = TranslatedField(_("instructions by language"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(
        _("or due so many days after the start"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(730)],
    )
    proof = models.CharField(_("what shows that it is done"), max_length=4, choices=Proof.choices, default=Proof.NONE)
    assets = models.ManyToManyField(
        Asset,
        through="InitiativeMaterial",
        through_fields=("step", "asset"),
        related_name="+",
        verbose_name=_("material"),
    )

    class Meta:
        verbose_name = _("step of an initiative")
        verbose_name_plural = _("steps of an initiative")
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["manufacturer", "initiative", "order"], name="initiative_step_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on=None) | models.Q(due_days=None),
                name="initiative_step_one_due_day",
                violation_error_message=_("Give a day or a number of days, not both."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return translated(self.titles, "–")

    @property
    def instruction(self) -> str:
        return translated(self.instructions, "")


class InitiativeMaterial(OwnedModel):
    """Material of the content library that belongs to a step."""

    step = OwnedForeignKey(InitiativeStep, on_delete=models.CASCADE, related_name="materials", db_index=False)
    asset = OwnedForeignKey(Asset, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("material of a step")
        verbose_name_plural = _("material of a step")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "step", "asset"], name="initiative_material_once")
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.asset_id}"


class InitiativePartner(OwnedModel):
    """A partner in an initiative: proposed while it is a draft, told when it starts; then how far it is, and by whom."""

    initiative = OwnedForeignKey(
        Initiative, on_delete=models.CASCADE, related_name="rows", db_index=False, verbose_name=_("initiative")
    )
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, related_name="initiatives", db_index=False, verbose_name=_("partner")
    )
    like_name = models.CharField(_("most like"), max_length=200, blank=True)
    """Which partner with a good result it was proposed for."""
    told_at = models.DateTimeField(_("told"), null=True)
    seen_at = models.DateTimeField(_("seen"), null=True)
    seen_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("seen by"))
    started_at = models.DateTimeField(_("begun"), null=True)
    started_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("begun by"))
    done_count = models.PositiveSmallIntegerField(_("steps done"), default=0)
    done_at = models.DateTimeField(_("carried out"), null=True)
    done_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("carried out by"))
    declined_at = models.DateTimeField(_("declined"), null=True)
    declined_by = OwnedForeignKey(
        Membership, null=True, related_name="+", db_index=False, verbose_name=_("declined by")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    next_due_on = models.DateField(_("next step due"), null=True)
    """Of the steps that are not done, the earliest; kept with them."""
    moved_at = models.DateTimeField(_("last step taken"), null=True)

    class Meta:
        verbose_name = _("partner in an initiative")
        verbose_name_plural = _("partners in an initiative")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "initiative", "partner"], name="initiative_partner_once"),
            models.CheckConstraint(
                condition=models.Q(declined_at=None) | models.Q(done_at=None), name="initiative_declined_or_done"
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-told_at", "-id"], name="initiative_of_partner"),
            models.Index(fields=["manufacturer", "initiative", "-moved_at"], name="initiative_moved"),
            models.Index(
                fields=["manufacturer", "initiative", "next_due_on"],
                condition=models.Q(done_at=None, declined_at=None, next_due_on__isnull=False),
                name="initiative_next_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.initiative_id} {self.partner_id}"

    @property
    def standing(self) -> Standing:
        """The furthest that it came."""
        if self.declined_at:
            return Standing.DECLINED
        if self.done_at:
            return Standing.DONE
        if self.started_at:
            return Standing.STARTED
        return Standing.SEEN if self.seen_at else Standing.UNSEEN


class InitiativeWork(BulkModel):
    """One step at one partner: there from the start, so that whoever marks it changes one row."""

    row = OwnedForeignKey(InitiativePartner, on_delete=models.CASCADE, related_name="works", db_index=False)
    initiative = OwnedForeignKey(Initiative, on_delete=models.CASCADE, related_name="+", db_index=False)
    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+", db_index=False)
    step = OwnedForeignKey(InitiativeStep, on_delete=models.CASCADE, related_name="works", db_index=False)
    due_on = models.DateField(_("due on"), null=True)
    started_at = models.DateTimeField(_("begun"), null=True)
    started_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("begun by"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("done by"))
    note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("step at a partner")
        verbose_name_plural = _("steps at a partner")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "row", "step"], name="initiative_work_once")]
        indexes = [
            models.Index(fields=["manufacturer", "initiative", "step"], name="initiative_work_of_step"),
            models.Index(fields=["manufacturer", "partner", "due_on"], name="initiative_work_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.row_id} {self.step_id}"


class InitiativeFile(OwnedModel):
    """A file that shows that a step was done."""

    work = OwnedForeignKey(InitiativeWork, on_delete=models.CASCADE, related_name="files")
    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    file = models.FileField(_("file"), max_length=300)
    name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("put in by"))
    at = models.DateTimeField(_("put in"), default=timezone.now)

    class Meta:
        verbose_name = _("proof of a step")
        verbose_name_plural = _("proofs of a step")
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["manufacturer", "work", "sha256"], name="initiative_file_once")]

    def __str__(self) -> str:
        return self.name
