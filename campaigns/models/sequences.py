"""What follows an event by itself: messages and tasks with waits and branches, and who is where in it.

A sequence runs by one version of its steps. Whoever entered by a version finishes by it; a change makes a new one. Partners
read none of these tables: what they get are messages, notices and tasks.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign, Readers
from partners.models import Audience, Contact, Partner
from tenancy.bulk import BulkModel
from tenancy.fields import KeysField, OwnedForeignKey, TranslatedField
from tenancy.models import Membership, OwnedModel

LONGEST_WAIT = 730
MOST_ERROR = 500


class SequenceState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", pgettext_lazy("sequence", "Ended")


class Sequence(OwnedModel):
    """What follows an event by itself, and whether it runs."""

    name = models.CharField(_("name"), max_length=100)
    purpose = models.TextField(_("what it is for"), blank=True, max_length=2000)
    owner = OwnedForeignKey(Membership, related_name="sequences", verbose_name=_("owner"))
    state = models.CharField(_("state"), max_length=8, choices=SequenceState.choices, default=SequenceState.DRAFT)
    running_since = models.DateTimeField(_("running since"), null=True, editable=False)
    """Events from then on let partners in; those of a break do not."""
    created_by = OwnedForeignKey(Membership, null=True, related_name="+", editable=False, verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True, db_default=Now())

    class Meta:
        verbose_name = _("sequence")
        verbose_name_plural = _("sequences")
        indexes = [models.Index(fields=["manufacturer", "-created_at", "-id"], name="sequence_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "name"],
                name="sequence_name_once",
                violation_error_message=_("Another sequence has this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", pgettext_lazy("version of a sequence", "In force")
    OLD = "old", pgettext_lazy("version of a sequence", "Replaced")


class OnCap(models.TextChoices):
    WAIT = "wait", _("wait for the next week")
    STOP = "stop", _("end the sequence for this partner")


class SequenceVersion(OwnedModel):
    """The steps of a sequence and all that they go by, as they stand until the next version."""

    sequence = OwnedForeignKey(Sequence, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=5, choices=VersionState.choices, default=VersionState.DRAFT)
    event = models.CharField(_("begins when"), max_length=40)
    """A key of `campaigns.events`."""
    event_days = models.PositiveSmallIntegerField(
        _("days"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_WAIT)]
    )
    audience = OwnedForeignKey(Audience, null=True, blank=True, related_name="+", verbose_name=_("only partners in"))
    readers = models.CharField(
        _("who gets its mails"),
        max_length=10,
        choices=[choice for choice in Readers.choices if choice[0] != Readers.CUSTOMERS],
        default=Readers.PEOPLE,
    )
    roles = KeysField(verbose_name=_("only these roles"), db_default=[])
    is_advertising = models.BooleanField(
        _("advertising"),
        default=True,
        help_text=_("The rules of each reader's country on advertising apply. News on an order or a contract is none."),
    )
    holdout = models.FloatField(
        _("hold-out"),
        default=10,
        validators=[MinValueValidator(0), MaxValueValidator(50)],
        help_text=_("Per cent of the partners that get nothing of it, so that the effect is measured."),
    )
    stops_on_answer = models.BooleanField(_("ends when somebody answers"), default=True)
    stops_on_order = models.BooleanField(_("ends when the partner orders"), default=False)
    on_cap = models.CharField(
        _("where everybody has had their mails of a week"), max_length=4, choices=OnCap.choices, default=OnCap.WAIT
    )
    window_days = models.PositiveSmallIntegerField(
        _("days in which answers and orders count"),
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    seed = models.PositiveIntegerField(default=0, editable=False)
    """Of the draw of the hold-out; the same for all versions of a sequence."""
    trial = models.JSONField(default=dict, editable=False)
    """What it would have done on past events; of `campaigns.services.sequence_trials`."""
    tried_at = models.DateTimeField(_("tried"), null=True, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("in force since"), null=True, editable=False)
    published_by = OwnedForeignKey(Membership, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("version of a sequence")
        verbose_name_plural = _("versions of sequences")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "sequence", "number"], name="sequence_version_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "sequence", "state"],
                condition=models.Q(state__in=["draft", "live"]),
                name="sequence_version_one_live",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class StepKind(models.TextChoices):
    MESSAGE = "message", _("E-mail")
    NOTICE = "notice", _("Portal message")
    TASK = "task", _("Task")
    WAIT = "wait", _("Wait")
    BRANCH = "branch", _("Branch")
    END = "end", pgettext_lazy("step of a sequence", "End")


SPOKEN = (StepKind.MESSAGE, StepKind.NOTICE)
"""Steps that say something to people."""


class BranchTest(models.TextChoices):
    ANSWERED = "answered", _("somebody has answered")
    OPENED = "opened", _("somebody has opened a mail")
    ORDERED = "ordered", _("the partner has ordered since")
    AUDIENCE = "audience", _("the partner is in an audience")


class SequenceStep(OwnedModel):
    """One step. Which of the fields mean something is said by its kind."""

    version = OwnedForeignKey(SequenceVersion, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("place"))
    kind = models.CharField(_("kind"), max_length=7, choices=StepKind.choices)
    carrier = OwnedForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    """Of what is said: the texts, and what sends and counts them."""
    days = models.PositiveSmallIntegerField(
        _("days"), default=7, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_WAIT)]
    )
    """To wait; of a task, until when it is to be done."""
    is_business_days = models.BooleanField(_("business days"), default=False)
    test = models.CharField(_("if"), max_length=8, choices=BranchTest.choices, blank=True)
    audience = OwnedForeignKey(Audience, null=True, blank=True, related_name="+", verbose_name=_("audience"))
    target = OwnedForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("go on at")
    )
    for_partner = models.BooleanField(_("for the partner"), default=False)
    titles = TranslatedField(_("what to do"), blank=True)
    details = TranslatedField(_("how"), blank=True)

    class Meta:
        verbose_name = _("step of a sequence")
        verbose_name_plural = _("steps of sequences")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["manufacturer", "version", "position"], name="sequence_step_in_order")]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_kind_display()}"


class EntrantState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("in a sequence", "Under way")
    FINISHED = "finished", pgettext_lazy("in a sequence", "Finished")
    STOPPED = "stopped", pgettext_lazy("in a sequence", "Ended early")
    HELD = "held", _("Hold-out")


class StopReason(models.TextChoices):
    ANSWERED = "answered", _("Answered")
    ORDERED = "ordered", _("Ordered")
    CAPPED = "capped", _("Had enough mails that week")
    ENDED = "ended", _("The partner has ended")
    LEFT = "left", _("Nobody is there any more")
    BY_HAND = "by_hand", _("By hand")
    ERROR = "error", _("Something went wrong")


class SequenceEntrant(OwnedModel):
    """A partner on its way through a sequence, by one event."""

    sequence = OwnedForeignKey(Sequence, on_delete=models.CASCADE, related_name="entrants")
    version = OwnedForeignKey(SequenceVersion, on_delete=models.PROTECT, related_name="entrants")
    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    contact = OwnedForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    """Whom the event is about, where it is about one person: nobody else is written to."""
    event_key = models.CharField(max_length=120)
    event_at = models.DateTimeField(_("event"))
    entered_at = models.DateTimeField(_("entered"))
    state = models.CharField(_("state"), max_length=8, choices=EntrantState.choices, default=EntrantState.ACTIVE)
    step = OwnedForeignKey(SequenceStep, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    """What is done next, at `next_at`."""
    next_at = models.DateTimeField(_("next at"), null=True)
    held_weeks = models.PositiveSmallIntegerField(_("weeks put off"), default=0, db_default=0)
    """How often its people had had their mails of the week."""
    reason = models.CharField(_("ended by"), max_length=8, choices=StopReason.choices, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    error = models.CharField(_("what went wrong"), max_length=MOST_ERROR, blank=True)

    class Meta:
        verbose_name = _("partner in a sequence")
        verbose_name_plural = _("partners in sequences")
        indexes = [
            models.Index(
                fields=["manufacturer", "next_at", "id"], condition=models.Q(state="active"), name="entrant_due"
            ),
            models.Index(
                fields=["manufacturer", "sequence"], condition=models.Q(reason="error"), name="entrant_in_trouble"
            ),
            models.Index(fields=["manufacturer", "sequence", "-entered_at", "-id"], name="entrant_of_sequence"),
            models.Index(fields=["manufacturer", "partner", "-entered_at", "-id"], name="entrant_of_partner"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "sequence", "event_key"], name="entrant_once_by_event"),
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(step__isnull=False, next_at__isnull=False),
                name="entrant_active_has_next",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.event_key}"


class VisitOutcome(models.TextChoices):
    SENT = "sent", _("Sent")
    NOBODY = "nobody", _("Nobody to write to")
    TASK = "task", _("Task given")
    WAITED = "waited", _("Waited")
    YES = "yes", pgettext_lazy("branch", "Yes")
    NO = "no", pgettext_lazy("branch", "No")
    END = "end", pgettext_lazy("step of a sequence", "End")


class SequenceVisit(BulkModel):
    """A step that a partner has taken: each once, since steps only lead on."""

    pk = models.CompositePrimaryKey("manufacturer", "entrant", "step")
    entrant = OwnedForeignKey(SequenceEntrant, on_delete=models.CASCADE, related_name="visits", db_index=False)
    step = OwnedForeignKey(SequenceStep, on_delete=models.PROTECT, related_name="visits", db_index=False)
    at = models.DateTimeField(_("at"))
    outcome = models.CharField(_("what came of it"), max_length=6, choices=VisitOutcome.choices)
    people = models.PositiveSmallIntegerField(_("people written to"), default=0)
    left_out = models.JSONField(default=dict)
    """How many were not, by reason of `campaigns.services.freezing`."""

    class Meta:
        verbose_name = _("step taken")
        verbose_name_plural = _("steps taken")
        indexes = [models.Index(fields=["manufacturer", "step", "outcome"], name="visit_of_step")]
