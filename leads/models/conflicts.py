"""When channels meet: what partners get of direct sales by rule, and cases that somebody has to decide (L-11)."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import DirectSale, EndCustomer, Product, ProductCategory
from leads.models.codes import LeadSource
from leads.models.leads import Lead
from leads.models.sites import Site
from partners.models import Partner
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel

CONFLICT_SUBJECT = "leads.conflict"
"""Its key among the subjects of approvals."""
CONFLICT_FOLDER = "conflicts"


class DirectWay(models.TextChoices):
    """How something comes to the manufacturer past its partners."""

    DIRECT = "direct", _("Sale by own people")
    WEB = "web", _("Sale on the web")
    REQUEST = "request", _("Request that came in directly")


class RuleOutcome(models.TextChoices):
    CREDIT = "credit", _("Credit to the partner of the territory")
    ROUTE = "route", _("Offer it to the partner of the territory")
    NONE = "none", _("Nothing")


class DirectRule(OwnedModel):
    """What the partner of the territory gets of direct sales and requests; the first rule that fits counts."""

    way = models.CharField(_("for"), max_length=7, choices=DirectWay.choices)
    category = OwnedForeignKey(
        ProductCategory,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("product category"),
        help_text=_("Empty: any."),
    )
    source = OwnedForeignKey(
        LeadSource,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("source of the request"),
        help_text=_("For requests: those of this source alone. Empty: any."),
    )
    outcome = models.CharField(_("what happens"), max_length=6, choices=RuleOutcome.choices)
    percent = models.DecimalField(
        _("credit in %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))],
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("rule for direct sales")
        verbose_name_plural = _("rules for direct sales")
        ordering = ["way", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(outcome="credit") | models.Q(percent__isnull=False),
                name="direct_rule_credit_has_percent",
                violation_error_message=_("Say how many per cent are credited."),
            ),
            models.CheckConstraint(
                condition=models.Q(way="request", outcome__in=["route", "none"])
                | models.Q(way__in=["direct", "web"], outcome__in=["credit", "none"]),
                name="direct_rule_outcome_fits",
                violation_error_message=_("Sales are credited, requests are offered."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()}: {self.get_outcome_display()}"


class ConflictKind(models.TextChoices):
    DIRECT = "direct", _("Direct sale in a partner's territory")
    TWO_PARTNERS = "two", _("Two partners for one customer")
    OUTSIDE = "outside", _("Partner outside its territory")
    UNDERCUT = "undercut", _("Protected deal undercut")
    PRICE = "price", _("Direct price below the partners'")


class CaseState(models.TextChoices):
    OPEN = "open", pgettext_lazy("deal", "Open")
    REVIEW = "review", _("In review")
    DECIDED = "decided", pgettext_lazy("conflict", "Decided")
    APPEALED = "appealed", _("Appealed")
    CLOSED = "closed", pgettext_lazy("deal", "Closed")


OPEN_CASES = (CaseState.OPEN, CaseState.REVIEW, CaseState.APPEALED)
"""Somebody of the manufacturer has to do something."""

NEXT_CASE_STATES: dict[str, frozenset[str]] = {
    CaseState.OPEN: frozenset({CaseState.REVIEW, CaseState.CLOSED}),
    CaseState.REVIEW: frozenset({CaseState.DECIDED, CaseState.CLOSED}),
    CaseState.DECIDED: frozenset({CaseState.APPEALED, CaseState.CLOSED}),
    CaseState.APPEALED: frozenset({CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}


class CaseOutcome(models.TextChoices):
    """What a decision gives."""

    CREDIT = "credit", _("The sale is credited to the partner")
    COMPENSATE = "compensate", _("The partner is compensated")
    FIRST = "first", _("The partner that raised it keeps the customer")
    SECOND = "second", _("The other partner keeps the customer")
    SHARE = "share", _("Both share")
    CORRECT = "correct", _("The price is corrected")
    NOTHING = "nothing", _("Nothing is owed")


@track()
class ConflictCase(OwnedModel):
    """A conflict between channels. `partner` is whom it touches, `other` a second partner, where there is one.

    Both read the case, neither learns who the other is unless the decision shows it; what each says stands in a thread of its own.
    """

    reference = models.CharField(_("reference"), max_length=20)
    kind = models.CharField(_("kind"), max_length=8, choices=ConflictKind.choices)
    state = models.CharField(_("state"), max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now)
    key = models.CharField(max_length=80, blank=True, editable=False)
    """What it was found by, so that it is found once; empty where somebody raised it."""
    partner = OwnedForeignKey(Partner, db_index=False, related_name="conflicts", verbose_name=_("partner"))
    other = OwnedForeignKey(
        Partner,
        null=True,
        blank=True,
        db_index=False,
        related_name="conflicts_as_other",
        verbose_name=_("other partner"),
    )
    raised_by_partner = models.BooleanField(_("raised by the partner"), default=False)
    raised_by_name = models.CharField(_("raised by"), max_length=150, blank=True)
    """Empty where a worker found it."""
    subject = models.CharField(_("what it is about"), max_length=200, blank=True)
    statement = models.TextField(_("what happened"), blank=True, max_length=4000)
    """As who raised it says: shown to staff and to `partner`, never to `other`."""
    sale = OwnedForeignKey(
        DirectSale, null=True, blank=True, db_index=False, related_name="conflicts", verbose_name=_("direct sale")
    )
    lead = OwnedForeignKey(
        Lead, null=True, blank=True, db_index=False, related_name="conflicts", verbose_name=_("lead")
    )
    other_lead = OwnedForeignKey(
        Lead,
        null=True,
        blank=True,
        db_index=False,
        related_name="conflicts_as_other",
        verbose_name=_("lead of the other partner"),
    )
    site = OwnedForeignKey(
        Site, null=True, blank=True, db_index=False, related_name="conflicts", verbose_name=_("site")
    )
    customer = OwnedForeignKey(
        EndCustomer, null=True, blank=True, db_index=False, related_name="conflicts", verbose_name=_("end customer")
    )
    product = OwnedForeignKey(
        Product, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("product")
    )
    facts = models.JSONField(default=dict, blank=True)
    """Figures that both sides may read: nothing in it names a customer or a partner."""
    amount_base = models.DecimalField(
        _("at stake, in base currency"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    owner = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("responsible")
    )
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)

    outcome = models.CharField(_("decision"), max_length=10, choices=CaseOutcome.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    compensation = models.DecimalField(
        _("credit or compensation in base currency"),
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    shows_names = models.BooleanField(_("each partner learns who the other is"), default=False)
    proposed = models.JSONField(default=dict, blank=True, editable=False)
    """The decision that is in approval."""
    decided_by = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    appeal = models.TextField(_("appeal"), blank=True, max_length=4000)
    appealed_at = models.DateTimeField(_("appealed"), null=True, blank=True)
    appealed_by = OwnedForeignKey(
        Partner, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("appealed by")
    )
    first_decision = models.JSONField(default=dict, blank=True, editable=False)
    """What was decided before the appeal."""
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("channel conflict")
        verbose_name_plural = _("channel conflicts")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "reference"], name="conflict_reference_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "key"], condition=~models.Q(key=""), name="conflict_found_once"
            ),
            models.CheckConstraint(
                condition=models.Q(other__isnull=True) | ~models.Q(other=models.F("partner")), name="conflict_of_two"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["decided", "appealed"]) | ~models.Q(outcome=""),
                name="conflict_decided_says_what",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "-opened_at", "-id"], name="conflict_latest"),
            models.Index(fields=["manufacturer", "state", "-opened_at", "-id"], name="conflict_by_state"),
            models.Index(fields=["manufacturer", "partner", "-opened_at", "-id"], name="conflict_by_partner"),
            models.Index(fields=["manufacturer", "other", "-opened_at", "-id"], name="conflict_by_other"),
            models.Index(fields=["manufacturer", "sale"], name="conflict_by_sale"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_CASES


class ConflictStep(OwnedModel):
    """How a case went from one state to the next; both sides read it."""

    case = OwnedForeignKey(ConflictCase, on_delete=models.CASCADE, related_name="steps", db_index=False)
    from_state = models.CharField(_("from"), max_length=8, choices=CaseState.choices, blank=True)
    to_state = models.CharField(_("to"), max_length=8, choices=CaseState.choices)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = OwnedForeignKey(Membership, null=True, blank=True, db_index=False, related_name="+")

    class Meta:
        verbose_name = _("step of a conflict")
        verbose_name_plural = _("steps of conflicts")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["manufacturer", "case", "at", "id"], name="conflict_step_by_time")]

    def __str__(self) -> str:
        return f"{self.from_state} -> {self.to_state}"


class ConflictMessage(OwnedModel):
    """What is said about a case, in the thread with one partner; without a partner it is among staff."""

    case = OwnedForeignKey(ConflictCase, on_delete=models.CASCADE, related_name="messages", db_index=False)
    partner = OwnedForeignKey(Partner, null=True, blank=True, db_index=False, related_name="+")
    by = OwnedForeignKey(Membership, null=True, db_index=False, related_name="+")
    by_name = models.CharField(_("by"), max_length=150)
    by_staff = models.BooleanField(default=True)
    body = models.TextField(_("message"), max_length=4000)
    at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("message about a conflict")
        verbose_name_plural = _("messages about conflicts")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["manufacturer", "case", "at", "id"], name="conflict_message_by_time")]

    def __str__(self) -> str:
        return self.body[:60]


class ConflictFile(OwnedModel):
    """Evidence: in the thread with one partner, or among staff."""

    case = OwnedForeignKey(ConflictCase, on_delete=models.CASCADE, related_name="files", db_index=False)
    partner = OwnedForeignKey(Partner, null=True, blank=True, db_index=False, related_name="+")
    file = models.FileField(max_length=300)
    original_name = models.CharField(_("file"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    by = OwnedForeignKey(Membership, null=True, db_index=False, related_name="+")
    by_name = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(_("brought"), default=timezone.now)

    class Meta:
        verbose_name = _("evidence of a conflict")
        verbose_name_plural = _("evidence of conflicts")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "partner", "sha256"], nulls_distinct=False, name="conflict_file_once"
            )
        ]
        indexes = [models.Index(fields=["manufacturer", "case", "at", "id"], name="conflict_file_by_time")]

    def __str__(self) -> str:
        return self.original_name
