"""Opportunities: what a partner works on until it is won or lost, by the manufacturer's own stages (L-7)."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import CURRENCY, EndCustomer, Product, ProductCategory
from leads.models.codes import LeadReason
from leads.models.leads import Lead
from leads.models.sites import Site
from partners.models import OwnCode, Partner
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel

NOT_NEGATIVE = [MinValueValidator(Decimal(0))]


def _amount(label: object, **kwargs: object) -> models.DecimalField:
    return models.DecimalField(label, max_digits=18, decimal_places=4, null=True, blank=True, **kwargs)  # type: ignore[arg-type]


class StageOutcome(models.TextChoices):
    """What being at a stage means."""

    OPEN = "open", pgettext_lazy("deal", "Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


@track()
class PipelineStage(OwnCode):
    """A step on the way to an order: the manufacturer's own, with how likely an order is from there."""

    outcome = models.CharField(_("means"), max_length=4, choices=StageOutcome.choices, default=StageOutcome.OPEN)
    probability = models.PositiveSmallIntegerField(
        _("probability in per cent"), default=0, validators=[MaxValueValidator(100)]
    )
    stalled_days = models.PositiveSmallIntegerField(
        _("stalled after so many days without news"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )

    class Meta:
        verbose_name = _("stage of opportunities")
        verbose_name_plural = _("stages of opportunities")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="pipeline_stage_code_once",
                violation_error_message=_("Another stage has this code."),
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "outcome"],
                condition=models.Q(outcome__in=["won", "lost"]),
                name="pipeline_stage_one_end",
                violation_error_message=_("There is one stage for what is won and one for what is lost."),
            ),
            models.CheckConstraint(condition=models.Q(probability__lte=100), name="pipeline_stage_probability"),
        ]


@track(exclude=["search_text", "amount_order", "due_on", "last_activity_at"])
class Opportunity(OwnedModel):
    """What a partner may sell to an end customer. The partner's own: it reads and writes it, staff see what it says.

    The partner above reads it where the shop shares its opportunities, without the customer, who is not shared.
    """

    external_code = models.CharField(_("external code"), max_length=64, null=True, blank=True)
    name = models.CharField(_("what it is about"), max_length=200)
    partner = OwnedForeignKey(Partner, db_index=False, related_name="opportunities", verbose_name=_("partner"))
    lead = OwnedForeignKey(
        Lead, null=True, blank=True, db_index=False, related_name="opportunities", verbose_name=_("lead")
    )
    customer = OwnedForeignKey(
        EndCustomer,
        null=True,
        blank=True,
        db_index=False,
        related_name="opportunities",
        verbose_name=_("end customer"),
    )
    site = OwnedForeignKey(
        Site, null=True, blank=True, db_index=False, related_name="opportunities", verbose_name=_("site")
    )
    rep = OwnedForeignKey(
        Membership,
        null=True,
        blank=True,
        db_index=False,
        related_name="opportunities",
        verbose_name=_("sales rep"),
    )
    stage = OwnedForeignKey(PipelineStage, db_index=False, related_name="opportunities", verbose_name=_("stage"))
    stage_since = models.DateTimeField(_("at this stage since"), default=timezone.now)
    category = OwnedForeignKey(
        ProductCategory, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("product category")
    )
    amount = _amount(_("expected amount"), validators=NOT_NEGATIVE)
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[CURRENCY])
    amount_base = _amount(_("expected amount in base currency"), editable=False)
    expected_close = models.DateField(_("expected order"), null=True, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    due_on = models.DateField(default=timezone.localdate, editable=False)
    """When somebody should look at it: on the day of the next step, without one since it came to its stage."""
    note = models.TextField(_("note"), blank=True, max_length=4000)

    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    won_amount = _amount(_("amount of the order"), validators=NOT_NEGATIVE)
    won_amount_base = _amount(_("amount of the order in base currency"), editable=False)
    reason = OwnedForeignKey(
        LeadReason,
        null=True,
        blank=True,
        db_index=False,
        related_name="opportunities",
        verbose_name=_("reason"),
    )
    reason_note = models.CharField(_("reason in words"), max_length=500, blank=True)

    last_activity_at = models.DateTimeField(_("last news"), default=timezone.now)
    stalled_at = models.DateTimeField(_("stalled since"), null=True, blank=True, editable=False)
    created_by = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("opened by")
    )
    created_at = models.DateTimeField(_("opened"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())
    amount_order = models.GeneratedField(
        expression=models.functions.Cast("amount_base", models.FloatField()),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )
    """The amount as lists sort by it: below a row-level policy an index of numerics cannot be sought in."""
    search_text = models.GeneratedField(
        expression=models.Func(
            "name",
            models.Value(""),
            models.Value(""),
            models.Value(""),
            models.Value(""),
            function="partners_search_text",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "lead"],
                condition=models.Q(closed_at__isnull=True, lead__isnull=False),
                name="opportunity_open_once_per_lead",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "external_code"],
                name="opportunity_external_code_once",
                violation_error_message=_("Another opportunity has this external code."),
            ),
            models.CheckConstraint(
                condition=models.Q(won_amount__isnull=True) | models.Q(closed_at__isnull=False),
                name="opportunity_won_is_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "stage", "due_on", "id"], name="opportunity_on_board"),
            models.Index(fields=["manufacturer", "partner", "stage", "due_on", "id"], name="opportunity_of_partner"),
            models.Index(fields=["manufacturer", "-last_activity_at", "-id"], name="opportunity_by_news"),
            models.Index(
                fields=["manufacturer", "partner", "-last_activity_at", "-id"], name="opportunity_partner_news"
            ),
            models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="opportunity_partner_opened"),
            models.Index(fields=["manufacturer", "expected_close", "id"], name="opportunity_by_close"),
            models.Index(fields=["manufacturer", "amount_order", "id"], name="opportunity_by_amount"),
            models.Index(fields=["manufacturer", "stage", "-closed_at", "-id"], name="opportunity_closed"),
            models.Index(
                fields=["manufacturer", "closed_at"],
                include=["partner", "won_amount_base"],
                condition=models.Q(won_amount_base__isnull=False),
                name="opportunity_won",
            ),  # what was won in a time
            models.Index(
                fields=["manufacturer", "stage"],
                include=["id", "partner", "category", "amount_base", "expected_close"],
                condition=models.Q(closed_at__isnull=True, amount_base__isnull=False),
                name="opportunity_forecast",
            ),  # all that a forecast adds up
            models.Index(
                fields=["manufacturer", "stalled_at", "id"],
                condition=models.Q(stalled_at__isnull=False),
                name="opportunity_stalled",
            ),
            models.Index(
                fields=["manufacturer", "rep", "due_on", "id"],
                condition=models.Q(rep__isnull=False),
                name="opportunity_by_rep",
            ),
            models.Index(
                fields=["manufacturer", "customer"],
                condition=models.Q(customer__isnull=False),
                name="opportunity_by_customer",
            ),
            models.Index(
                fields=["manufacturer", "site"], condition=models.Q(site__isnull=False), name="opportunity_by_site"
            ),
            models.Index(
                fields=["manufacturer", "lead"], condition=models.Q(lead__isnull=False), name="opportunity_by_lead"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class OpportunityLine(OwnedModel):
    """A product asked for, with its quantity."""

    partner = OwnedForeignKey(Partner, db_index=False, related_name="+", verbose_name=_("partner"))
    opportunity = OwnedForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="lines", verbose_name=_("opportunity")
    )
    product = OwnedForeignKey(
        Product, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("product")
    )
    name = models.CharField(_("product in words"), max_length=200, blank=True)
    quantity = _amount(_("quantity"), validators=NOT_NEGATIVE)
    amount = _amount(_("amount"), validators=NOT_NEGATIVE)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("product of an opportunity")
        verbose_name_plural = _("products of an opportunity")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(product__isnull=False) | ~models.Q(name=""), name="opportunity_line_says_what"
            )
        ]

    def __str__(self) -> str:
        return str(self.product) if self.product_id else self.name


class ActivityKind(models.TextChoices):
    """How one was in touch. A note is of nobody outside."""

    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    MAIL = "mail", _("E-mail")
    MEETING = "meeting", _("Meeting")
    QUOTE = "quote", _("Quote sent")
    SAMPLE = "sample", _("Sample sent")
    NOTE = "note", _("Note")
    ANSWER = "answer", _("Answer to the manufacturer")


CONTACTS = frozenset(set(ActivityKind) - {ActivityKind.NOTE, ActivityKind.ANSWER})
"""The kinds in which the customer was spoken or written to."""


class OpportunityActivity(OwnedModel):
    """Something that was done or said about an opportunity. Only ever added."""

    partner = OwnedForeignKey(Partner, db_index=False, related_name="+", verbose_name=_("partner"))
    opportunity = OwnedForeignKey(
        Opportunity, on_delete=models.CASCADE, db_index=False, related_name="activities", verbose_name=_("opportunity")
    )
    kind = models.CharField(_("how"), max_length=8, choices=ActivityKind.choices, default=ActivityKind.CALL)
    summary = models.TextField(_("what came of it"), max_length=2000)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = OwnedForeignKey(Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("by"))
    by_name = models.CharField(max_length=150, blank=True)
    """The partner cannot read the manufacturer's people; the name stands here."""
    created_at = models.DateTimeField(auto_now_add=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["manufacturer", "opportunity", "-at", "-id"], name="activity_of_opportunity"),
            models.Index(fields=["manufacturer", "partner", "-at", "-id"], name="activity_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.summary[:60]}"


class OpportunityMove(OwnedModel):
    """An opportunity came from one stage to another."""

    partner = OwnedForeignKey(Partner, db_index=False, related_name="+", verbose_name=_("partner"))
    opportunity = OwnedForeignKey(
        Opportunity, on_delete=models.CASCADE, db_index=False, related_name="moves", verbose_name=_("opportunity")
    )
    from_stage = OwnedForeignKey(
        PipelineStage, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("from")
    )
    to_stage = OwnedForeignKey(PipelineStage, db_index=False, related_name="+", verbose_name=_("to"))
    amount_base = _amount(_("amount in base currency at that time"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = OwnedForeignKey(Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("by"))
    by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = _("move of an opportunity")
        verbose_name_plural = _("moves of opportunities")
        indexes = [
            models.Index(fields=["manufacturer", "opportunity", "-at", "-id"], name="move_of_opportunity"),
            models.Index(fields=["manufacturer", "partner", "-at", "-id"], name="move_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage or ''} -> {self.to_stage}"


class OpportunityFile(OwnedModel):
    """A paper or photo of an opportunity, read by its partner and by staff. `is_of_staff` says who brought it."""

    partner = OwnedForeignKey(Partner, db_index=False, related_name="+", verbose_name=_("partner"))
    opportunity = OwnedForeignKey(
        Opportunity, on_delete=models.CASCADE, db_index=False, related_name="files", verbose_name=_("opportunity")
    )
    file = models.FileField(_("file"), max_length=300)
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    is_of_staff = models.BooleanField(_("of the manufacturer"), default=False)
    by_name = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        verbose_name = _("file of an opportunity")
        verbose_name_plural = _("files of opportunities")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "is_of_staff", "sha256"], name="opportunity_file_once")
        ]

    def __str__(self) -> str:
        return self.name


class StateRequest(OwnedModel):
    """Staff ask a partner how an opportunity stands; one at a time, answered by a click in the mail or in the portal."""

    partner = OwnedForeignKey(Partner, db_index=False, related_name="+", verbose_name=_("partner"))
    opportunity = OwnedForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="state_requests", verbose_name=_("opportunity")
    )
    asked_by = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    expires_at = models.DateTimeField(_("can be answered by mail until"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        verbose_name = _("question for the state")
        verbose_name_plural = _("questions for the state")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "opportunity"],
                condition=models.Q(answered_at__isnull=True),
                name="state_asked_once_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-asked_at", "-id"], name="state_request_of_partner")
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} {self.asked_at:%Y-%m-%d}"
