"""The whole pool distributed at once, and trials of a policy on leads of the past. Partners read none of it."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from leads.models.leads import Lead
from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel

SHARE = [MinValueValidator(0), MaxValueValidator(100)]


class BatchState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SOLVING = "solving", _("Being worked out")
    READY = "ready", _("Ready to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")


NEXT_BATCH_STATES: dict[str, frozenset[str]] = {
    BatchState.DRAFT: frozenset({BatchState.SOLVING, BatchState.CANCELLED}),
    BatchState.SOLVING: frozenset({BatchState.READY, BatchState.DRAFT}),
    BatchState.READY: frozenset({BatchState.SOLVING, BatchState.SENDING, BatchState.CANCELLED}),
    BatchState.SENDING: frozenset({BatchState.SENT, BatchState.READY}),
    BatchState.SENT: frozenset(),
    BatchState.CANCELLED: frozenset(),
}
"""Which states may follow which. What is stopped while it is sent is ready again, with what is left of it."""


class LeadBatch(OwnedModel):
    """Many leads distributed at once: which, within which limits, and what is expected of it."""

    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(_("state"), max_length=9, choices=BatchState.choices, default=BatchState.DRAFT)
    query = models.CharField(max_length=2000, blank=True, default="")
    """The filters of the list of leads, as in its address; nothing: the whole pool."""
    minimum_share = models.FloatField(
        _("least share of a partner"),
        default=0,
        validators=SHARE,
        help_text=_("Per cent of the leads that each partner gets at least, as far as leads suit it."),
    )
    maximum_share = models.FloatField(
        _("largest share of a partner"),
        default=10,
        validators=SHARE,
        help_text=_("Per cent of the leads that no partner gets more of."),
    )
    exploration = models.FloatField(
        _("share for new partners"),
        default=5,
        validators=SHARE,
        help_text=_(
            "Per cent of the leads kept for partners that have closed few yet, so that they can prove themselves."
        ),
    )
    most_each = models.PositiveSmallIntegerField(
        _("leads each at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Beside what each partner can still take on. Empty: that alone counts."),
    )
    leads = models.PositiveIntegerField(_("leads"), default=0, editable=False)
    placed = models.PositiveIntegerField(_("distributed"), default=0, editable=False)
    value = models.FloatField(_("expected value"), null=True, blank=True, editable=False)
    round_robin_value = models.FloatField(_("expected in turn"), null=True, blank=True, editable=False)
    greedy_value = models.FloatField(_("expected one by one"), null=True, blank=True, editable=False)
    gini = models.FloatField(_("unevenness"), null=True, blank=True, editable=False)
    """Of leads against what each partner can take on: 0 even, 1 all to one."""
    facts = models.JSONField(default=dict, editable=False)
    """What else came out: what could not be kept, how the other ways would share, how long it took."""
    job = OwnedForeignKey(Job, null=True, blank=True, related_name="+", verbose_name=_("job"))
    created_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True, db_default=Now())
    solved_at = models.DateTimeField(_("worked out"), null=True, blank=True)
    sent_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("sent by"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("distribution of leads")
        verbose_name_plural = _("distributions of leads")
        indexes = [models.Index(fields=["manufacturer", "-id"], name="lead_batch_latest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    minimum_share__range=(0, 100), maximum_share__range=(0, 100), exploration__range=(0, 100)
                ),
                name="lead_batch_shares_are_per_cent",
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_share__lte=models.F("maximum_share")),
                name="lead_batch_least_below_largest",
                violation_error_message=_("The least share is larger than the largest share."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ItemState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    UNPLACED = "unplaced", _("To nobody")
    LEFT_OUT = "left_out", _("Left out")
    SENT = "sent", _("Offered")
    SKIPPED = "skipped", _("No longer in the pool")
    REFUSED = "refused", _("Could not be offered")


class BatchItem(BulkModel):
    """A lead of a distribution and the partner it goes to."""

    batch = OwnedForeignKey(LeadBatch, on_delete=models.CASCADE, related_name="items", db_index=False)
    lead = OwnedForeignKey(Lead, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("lead"))
    partner = OwnedForeignKey(
        Partner, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("partner")
    )
    proposed = OwnedForeignKey(
        Partner, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("worked out")
    )
    """Whom the solution named; differs from `partner` where somebody changed it."""
    state = models.CharField(_("state"), max_length=8, choices=ItemState.choices, default=ItemState.PLANNED)
    value = models.FloatField(_("expected value"), default=0)
    components = models.JSONField(default=dict)
    """What the comparison with the partner rests on, by component, with the chance of winning."""
    candidates = ArrayField(models.BigIntegerField(), default=list)
    candidate_values = ArrayField(models.FloatField(), default=list)
    """Whom it could go to, from best to worst, and the expected value with each."""
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    """Why it goes to nobody (a code of `assignment.Unplaced`), or in words why it was not offered."""
    changed_by = OwnedForeignKey(
        Membership, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("offered"), null=True, blank=True)

    class Meta:
        verbose_name = _("lead of a distribution")
        verbose_name_plural = _("leads of a distribution")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "batch", "lead"], name="batch_item_once")]
        indexes = [
            models.Index(fields=["manufacturer", "batch", "value", "id"], name="batch_item_by_value"),
            models.Index(fields=["manufacturer", "batch", "state", "id"], name="batch_item_by_state"),
            models.Index(fields=["manufacturer", "batch", "partner", "id"], name="batch_item_by_partner"),
            models.Index(fields=["manufacturer", "lead"], name="batch_item_by_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.lead_id}"

    @property
    def is_by_hand(self) -> bool:
        return self.changed_at is not None


class BatchShare(BulkModel):
    """What a partner gets in a distribution, against what it can take on: who is a candidate of any of its leads."""

    batch = OwnedForeignKey(LeadBatch, on_delete=models.CASCADE, related_name="shares", db_index=False)
    partner = OwnedForeignKey(Partner, related_name="+", db_index=False, verbose_name=_("partner"))
    room = models.PositiveIntegerField(_("room for"))
    """How many more leads it could take on when the distribution was worked out."""
    is_new = models.BooleanField(_("new"), default=False)
    leads = models.PositiveIntegerField(_("leads"), default=0)
    value = models.FloatField(_("expected value"), default=0)

    class Meta:
        verbose_name = _("share of a distribution")
        verbose_name_plural = _("shares of a distribution")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "batch", "partner"], name="batch_share_once")]
        indexes = [
            models.Index(fields=["manufacturer", "batch", "leads", "id"], name="batch_share_by_leads"),
            models.Index(fields=["manufacturer", "batch", "value", "id"], name="batch_share_by_value"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.partner_id}"


class Replay(OwnedModel):
    """A policy tried on leads of the past, and what it would have brought."""

    name = models.CharField(_("name"), max_length=120)
    policy = models.JSONField(default=dict)
    """As `leads.replay.ReplayPolicy` is kept."""
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    result = models.JSONField(null=True, blank=True, editable=False)
    """As `leads.replay.Outcome` is kept; empty until the job has ended."""
    job = OwnedForeignKey(Job, null=True, blank=True, related_name="+", verbose_name=_("job"))
    created_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True, db_default=Now())

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        indexes = [models.Index(fields=["manufacturer", "-id"], name="lead_replay_latest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(since__lte=models.F("until")),
                name="lead_replay_begins_before_it_ends",
                violation_error_message=_("The period ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.name
