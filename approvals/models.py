from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.rights import Role
from tenancy.translation import translated


class Purpose(models.TextChoices):
    """What somebody on an approval line does."""

    DECIDE = "decide", _("Decides")
    AGREE = "agree", _("Gives an opinion")
    COPY = "copy", _("Gets a copy")


class Who(models.TextChoices):
    """How a step finds its person."""

    MEMBER = "member", _("A person")
    ROLE = "role", _("Whoever holds a role")
    MANAGER = "manager", _("The partner's channel manager")


@track()
class Route(OwnedModel):
    """An approval line: who must agree to a kind of subject, between two amounts of the base currency.

    Never removed, since requests point to it, only retired.
    """

    kind = models.CharField(_("subject"), max_length=60)
    name = models.CharField(_("name"), max_length=100)
    amount_from = models.DecimalField(
        _("from amount"), max_digits=18, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    amount_below = models.DecimalField(
        _("below amount"), max_digits=18, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    is_retired = models.BooleanField(_("retired"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("approval line")
        verbose_name_plural = _("approval lines")
        ordering = ["kind", models.F("amount_from").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_from=None)
                | models.Q(amount_below=None)
                | models.Q(amount_below__gt=models.F("amount_from")),
                name="route_amounts_in_order",
                violation_error_message=_("The second amount must be larger than the first."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Place(OwnedModel):
    """A place on a line: when its turn comes, what its person does, how long they may take, and who comes after."""

    stage = models.PositiveSmallIntegerField(_("turn"))
    purpose = models.CharField(_("does"), max_length=10, choices=Purpose.choices)
    who = models.CharField(_("found by"), max_length=10, choices=Who.choices)
    member = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    hours = models.PositiveSmallIntegerField(_("business hours"), null=True, blank=True)
    late_member = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("then"))
    late_role = models.CharField(_("then the role"), max_length=20, choices=Role.choices, blank=True)

    class Meta:
        abstract = True


@track()
class RouteStep(Place):
    """A place on an approval line; those with the same turn stand side by side."""

    route = OwnedForeignKey(Route, models.CASCADE, related_name="steps", verbose_name=_("approval line"))

    class Meta:
        verbose_name = _("step of an approval line")
        verbose_name_plural = _("steps of approval lines")
        ordering = ["stage", "pk"]

    def __str__(self) -> str:
        return f"{self.route_id}.{self.stage}"


class State(models.TextChoices):
    OPEN = "open", _("In approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    RECALLED = "recalled", _("Taken back")
    WITHDRAWN = "withdrawn", _("Not needed any more")


@track()
class Request(OwnedModel):
    """Somebody asks for something to be approved. The steps are a copy of the line as it was when it was asked."""

    kind = models.CharField(_("subject"), max_length=60)
    subject_id = models.BigIntegerField(_("number of the subject"))
    title = models.CharField(_("title"), max_length=200)
    titles = models.JSONField(_("title in each language"), default=dict)
    """For who reads another language than who asked: texts by language; empty where the title is a name alone."""
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4, null=True)
    partner = OwnedForeignKey("partners.Partner", null=True, related_name="+", verbose_name=_("partner"))
    note = models.TextField(_("note"), blank=True)
    facts = models.JSONField(default=dict)
    """What the subject's app wants to find again."""
    route = OwnedForeignKey(Route, null=True, related_name="requests", verbose_name=_("approval line"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    stage = models.PositiveSmallIntegerField(_("turn"), default=0)
    asked_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    ended_because = models.CharField(_("why it ended"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("request for approval")
        verbose_name_plural = _("requests for approval")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "kind", "subject_id"],
                condition=models.Q(state="open"),
                name="approval_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "kind", "subject_id"], name="approval_by_subject"),
            models.Index(fields=["manufacturer", "asked_by", "-id"], name="approval_by_asker"),
            models.Index(fields=["manufacturer", "partner", "-asked_at", "-id"], name="approval_by_partner"),
            models.Index(fields=["manufacturer", "partner", "-decided_at", "-id"], name="approval_decided_of"),
        ]

    def __str__(self) -> str:
        return self.shown_title

    @property
    def shown_title(self) -> str:
        """The title in the reader's language."""
        return translated(self.titles, self.title)

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN


class StepState(models.TextChoices):
    AHEAD = "ahead", _("Not its turn yet")
    OPEN = "open", _("Waiting")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    TOLD = "told", _("Told")
    DROPPED = "dropped", _("Not needed any more")


@track()
class Step(Place):
    """A place on the line of one request, and what came of it."""

    request = OwnedForeignKey(Request, models.CASCADE, related_name="steps", verbose_name=_("request"))
    state = models.CharField(_("state"), max_length=10, choices=StepState.choices, default=StepState.AHEAD)
    instead_of = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("instead of"))
    """Who asked, where the line led to them: nobody approves what they asked for."""
    opened_at = models.DateTimeField(_("its turn came"), null=True)
    due_at = models.DateTimeField(_("time limit"), null=True)
    escalated_at = models.DateTimeField(_("passed on"), null=True)
    decided_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("decided by"))
    on_behalf_of = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("on behalf of"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("step of an approval")
        verbose_name_plural = _("steps of approvals")
        ordering = ["stage", "pk"]
        indexes = [
            models.Index(
                fields=["manufacturer", "member"], condition=models.Q(state="open"), name="approval_step_open"
            ),
            models.Index(
                fields=["manufacturer", "due_at"],
                condition=models.Q(state="open", escalated_at=None),
                name="approval_step_due",
            ),
            models.Index(fields=["manufacturer", "decided_by", "request"], name="approval_step_decided"),
            models.Index(
                fields=["manufacturer", "member"], condition=models.Q(state="told"), name="approval_step_told"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}.{self.stage}"

    @property
    def is_open(self) -> bool:
        return self.state == StepState.OPEN

    def is_late(self, now: Any) -> bool:
        """Whether its time is over, whether or not anybody noted it yet."""
        return self.escalated_at is not None or (self.due_at is not None and self.due_at <= now)


class Comment(OwnedModel):
    """What somebody says on a request, beside the decisions."""

    request = OwnedForeignKey(Request, models.CASCADE, related_name="comments", verbose_name=_("request"))
    text = models.TextField(_("comment"))
    by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class Attachment(OwnedModel):
    """A file that belongs to a request."""

    request = OwnedForeignKey(Request, models.CASCADE, related_name="attachments", verbose_name=_("request"))
    file = models.FileField(_("file"), max_length=300)
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        verbose_name = _("file of an approval")
        verbose_name_plural = _("files of approvals")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


@track()
class Delegation(OwnedModel):
    """Somebody is away and another decides in their place, from a day to a day (both included)."""

    member = OwnedForeignKey(Membership, related_name="+", verbose_name=_("who is away"))
    delegate = OwnedForeignKey(Membership, related_name="+", verbose_name=_("who decides instead"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("ended early"), null=True)
    created_by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("entered by"))
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="delegation_days_in_order"
            ),
            models.CheckConstraint(
                condition=~models.Q(member=models.F("delegate")), name="delegation_to_somebody_else"
            ),
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "delegate", "ends_on"],
                condition=models.Q(ended_at=None),
                name="delegation_running",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} -> {self.delegate_id}"
