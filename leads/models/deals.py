"""Deals that partners register, what protects them, and the log that proves who came first (L-8)."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import CURRENCY, EndCustomer, ProductCategory
from leads.models.leads import Lead
from leads.models.opportunities import Opportunity
from leads.models.sites import Site
from partners.models import COUNTRY, Partner, shown_name
from tenancy.bulk import BulkModel
from tenancy.fields import KeysField, OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel

DEAL_SUBJECT = "leads.deal"
"""What a registration is called among the subjects of approvals."""


class DealState(models.TextChoices):
    """Where a registration stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waits for an answer")
    RETURNED = "returned", _("More is asked for")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Protection ran out")
    RELEASED = "released", _("Released")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


NEXT_DEAL_STATES: dict[str, frozenset[str]] = {
    DealState.DRAFT: frozenset({DealState.SUBMITTED, DealState.WITHDRAWN}),
    DealState.SUBMITTED: frozenset({DealState.APPROVED, DealState.REFUSED, DealState.RETURNED, DealState.WITHDRAWN}),
    DealState.RETURNED: frozenset({DealState.SUBMITTED, DealState.REFUSED, DealState.WITHDRAWN}),
    DealState.APPROVED: frozenset(
        {DealState.EXPIRED, DealState.RELEASED, DealState.WON, DealState.LOST, DealState.REFUSED}
    ),
    DealState.REFUSED: frozenset({DealState.APPROVED}),
    DealState.EXPIRED: frozenset({DealState.APPROVED, DealState.WON, DealState.LOST}),
    DealState.WITHDRAWN: frozenset(),
    DealState.RELEASED: frozenset(),
    DealState.WON: frozenset(),
    DealState.LOST: frozenset(),
}
"""Which states may follow which. A refusal is taken back by an appeal alone, an approval by another's, and what ran out
by a longer protection that was asked for in time."""
WRITABLE_STATES = (DealState.DRAFT, DealState.RETURNED)
"""The partner may change what it says."""
UNANSWERED_STATES = (DealState.SUBMITTED, DealState.RETURNED)
"""Handed in, and neither approved nor refused."""
LIVE_STATES = (DealState.SUBMITTED, DealState.RETURNED, DealState.APPROVED)
"""Somebody claims the customer."""


class Tier(models.TextChoices):
    """What the second partner of a registration is to the first."""

    DISTRIBUTOR = "distributor", _("Distributor")
    DEALER = "dealer", _("Dealer")


class ConfirmedVia(models.TextChoices):
    """How a partner that does not sign in let the manufacturer know that what was entered for it is right."""

    PHONE = "phone", _("By phone")
    MAIL = "mail", _("By e-mail")
    MEETING = "meeting", _("In a meeting")
    PAPER = "paper", _("On paper")


@track(exclude=["search_text"])
class DealRegistration(OwnedModel):
    """What a partner says it works on. It and the second partner, if one is named, read it; no other partner does.

    Partner users write none of it: their steps go through `house_scope`.
    """

    reference = models.CharField(_("reference"), max_length=20)
    external_code = models.CharField(_("external code"), max_length=64, null=True, blank=True)
    partner = OwnedForeignKey(Partner, db_index=False, related_name="deals", verbose_name=_("partner"))
    partner_name = models.CharField(_("partner"), max_length=400)
    partner_local_name = models.CharField(_("partner's local name"), max_length=200, blank=True)
    second_partner = OwnedForeignKey(
        Partner, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("second partner")
    )
    second_name = models.CharField(_("second partner"), max_length=400, blank=True)
    second_local_name = models.CharField(_("second partner's local name"), max_length=200, blank=True)
    """Neither of two partners can read the other's record; the names stand here, and are shown as the reader writes them."""
    second_is = models.CharField(_("the second partner is the"), max_length=11, choices=Tier.choices, blank=True)
    lead = OwnedForeignKey(Lead, null=True, blank=True, db_index=False, related_name="deals", verbose_name=_("lead"))
    opportunity = OwnedForeignKey(
        Opportunity, null=True, blank=True, db_index=False, related_name="deals", verbose_name=_("opportunity")
    )
    site = OwnedForeignKey(Site, null=True, blank=True, db_index=False, related_name="deals", verbose_name=_("site"))

    title = models.CharField(_("what it is about"), max_length=200, blank=True)
    customer_name = models.CharField(_("customer"), max_length=200)
    contact_name = models.CharField(_("contact"), max_length=150, blank=True)
    business_number = models.CharField(_("business number"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    address = models.CharField(_("street and number"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    category = OwnedForeignKey(
        ProductCategory, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("product category")
    )
    amount = models.DecimalField(
        _("amount"),
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[CURRENCY])
    amount_base = models.DecimalField(
        _("amount in base currency"), max_digits=18, decimal_places=4, null=True, blank=True, editable=False
    )
    expected_on = models.DateField(_("expected close"), null=True, blank=True)
    competitor = models.CharField(_("competitor"), max_length=150, blank=True)
    note = models.TextField(_("what we have done so far"), blank=True, max_length=4000)

    state = models.CharField(_("state"), max_length=9, choices=DealState.choices, default=DealState.DRAFT)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    """Why it was refused, or what is asked for."""
    customer = OwnedForeignKey(
        EndCustomer, null=True, blank=True, db_index=False, related_name="deals", verbose_name=_("end customer")
    )
    """Which of the known customers it is: for staff, a partner is not told."""
    protected_until = models.DateTimeField(_("protected until"), null=True, blank=True)
    registered_by = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("registered by")
    )
    entered_by_name = models.CharField(_("entered on the partner's behalf by"), max_length=150, blank=True)
    """Somebody of the manufacturer, whom the partner cannot read; empty where the partner registered it itself."""
    confirmed_at = models.DateTimeField(_("confirmed by the partner"), null=True, blank=True)
    confirmed_by = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_via = models.CharField(_("how it was confirmed"), max_length=7, choices=ConfirmedVia.choices, blank=True)
    """Set where staff took the confirmation down for a partner that does not sign in."""
    confirmed_on = models.DateField(_("when it was confirmed"), null=True, blank=True)
    confirmed_who = models.CharField(_("who confirmed it"), max_length=150, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("answered by")
    )
    answer_minutes = models.PositiveIntegerField(_("business minutes to the answer"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())
    search_text = models.GeneratedField(
        expression=models.Func(
            "customer_name",
            "reference",
            "title",
            models.functions.Concat("partner_name", models.Value(" "), "partner_local_name"),
            models.functions.Concat("second_name", models.Value(" "), "second_local_name"),
            function="partners_search_text",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("deal registration")
        verbose_name_plural = _("deal registrations")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "reference"], name="deal_reference_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "external_code"],
                name="deal_external_code_once",
                violation_error_message=_("Another registration has this external code."),
            ),
            models.CheckConstraint(condition=~models.Q(partner=models.F("second_partner")), name="deal_of_two"),
            models.CheckConstraint(
                condition=models.Q(second_partner__isnull=True, second_is="")
                | models.Q(second_partner__isnull=False) & ~models.Q(second_is=""),
                name="deal_says_who_is_who",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["refused", "returned"]) | ~models.Q(reason=""),
                name="deal_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "withdrawn"]) | models.Q(submitted_at__isnull=False),
                name="deal_claimed_when",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "-submitted_at", "-id"], name="deal_latest"),
            models.Index(fields=["manufacturer", "state", "-submitted_at", "-id"], name="deal_by_state"),
            models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="deal_by_partner"),
            models.Index(
                fields=["manufacturer", "second_partner", "-created_at", "-id"],
                condition=models.Q(second_partner__isnull=False),
                name="deal_by_second",
            ),
            models.Index(
                fields=["manufacturer", "customer"], condition=models.Q(customer__isnull=False), name="deal_by_customer"
            ),
            models.Index(fields=["manufacturer", "lead"], condition=models.Q(lead__isnull=False), name="deal_by_lead"),
            models.Index(fields=["manufacturer", "site"], condition=models.Q(site__isnull=False), name="deal_by_site"),
            models.Index(
                fields=["manufacturer", "opportunity"],
                condition=models.Q(opportunity__isnull=False),
                name="deal_by_opportunity",
            ),
            models.Index(fields=["manufacturer", "protected_until", "id"], name="deal_by_protection"),
            models.Index(
                fields=["manufacturer", "answered_at", "answer_minutes"],
                condition=models.Q(answer_minutes__isnull=False),
                name="deal_answered",
            ),
            models.Index(
                fields=["manufacturer", "due_at", "id"], condition=models.Q(state="submitted"), name="deal_to_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.customer_name}".strip()

    def name_partner(self, partner: Partner) -> None:
        """Whose it is."""
        self.partner, self.partner_name, self.partner_local_name = partner, partner.name, partner.local_name

    def name_second(self, partner: Partner | None, second_is: str = "") -> None:
        """Which other partner is in it; none for None."""
        self.second_partner, self.second_is = partner, second_is
        self.second_name, self.second_local_name = (partner.name, partner.local_name) if partner else ("", "")

    @property
    def shown_partner(self) -> str:
        """Whose it is, as the reader writes names."""
        return shown_name(self.partner_name, self.partner_local_name)

    @property
    def shown_second(self) -> str:
        """The second partner, as the reader writes names."""
        return shown_name(self.second_name, self.second_local_name)

    @property
    def is_protected(self) -> bool:
        """Whether it is protected at this moment, whether or not a worker has noted an end."""
        return self.protected_until is not None and self.protected_until > timezone.now()

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE_STATES

    @property
    def is_unconfirmed(self) -> bool:
        """Whether staff entered it for the partner, which has not said yet that it is right."""
        return bool(self.entered_by_name) and self.confirmed_at is None and self.state in UNANSWERED_STATES


class DealKey(BulkModel):
    """A blocking key of a registration's customer (`partners.blocking`), hashed: who shares one is compared."""

    pk = models.CompositePrimaryKey("manufacturer", "deal", "key")
    deal = OwnedForeignKey(DealRegistration, on_delete=models.CASCADE, related_name="match_keys", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        verbose_name = _("key for finding deals")
        verbose_name_plural = _("keys for finding deals")
        indexes = [models.Index(fields=["manufacturer", "key"], name="deal_key_by_key")]


class ProtectionEnd(models.TextChoices):
    """Why a protection ended."""

    EXPIRED = "expired", _("Ran out")
    RELEASED = "released", _("Released by the partner")
    LOST = "lost", _("The deal was lost")
    TAKEN = "taken", _("Given to another partner on appeal")


class Protection(OwnedModel):
    """From when to when one registration alone may claim a customer, or a site of one, and a product category.

    Two that overlap in time the database refuses (`protection_one_at_a_time`), so that a place is free at the very
    moment at which a protection ends, whether or not a worker has noted it.
    """

    deal = OwnedForeignKey(DealRegistration, related_name="protections", verbose_name=_("registration"))
    customer = OwnedForeignKey(EndCustomer, related_name="protections", verbose_name=_("end customer"))
    site = OwnedForeignKey(Site, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("site"))
    category = OwnedForeignKey(ProductCategory, related_name="+", verbose_name=_("product category"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    ended = models.CharField(_("ended"), max_length=8, choices=ProtectionEnd.choices, blank=True)
    """Empty while it runs, and until somebody noted that it ran out."""
    reminded = models.PositiveSmallIntegerField(_("reminded at"), null=True, blank=True)
    """The smallest number of days before the end at which the partner was reminded."""

    class Meta:
        verbose_name = _("protection")
        verbose_name_plural = _("protections")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")), name="protection_ends_after_start"
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "deal", "-id"], name="protection_by_deal"),
            models.Index(fields=["manufacturer", "ends_at"], condition=models.Q(ended=""), name="protection_running"),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}: {self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"


class AnswerState(models.TextChoices):
    """What became of what a partner asks for."""

    WAITING = "waiting", _("Waits for an answer")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


class Asked(OwnedModel):
    """What a partner asks of the manufacturer about a registration, with its reason, and the answer."""

    text = models.TextField(_("reason"), max_length=4000)
    state = models.CharField(_("state"), max_length=7, choices=AnswerState.choices, default=AnswerState.WAITING)
    asked_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("asked by"))
    asked_by_name = models.CharField(_("asked by"), max_length=150)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        abstract = True


class ExtensionRequest(Asked):
    """A partner asks for a longer protection, with what shows that the deal goes on."""

    deal = OwnedForeignKey(DealRegistration, related_name="extensions", verbose_name=_("registration"))
    days = models.PositiveSmallIntegerField(_("days more"), validators=[MinValueValidator(1), MaxValueValidator(365)])

    class Meta:
        verbose_name = _("request for a longer protection")
        verbose_name_plural = _("requests for a longer protection")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "deal"], condition=models.Q(state="waiting"), name="extension_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "deal", "-id"], name="extension_by_deal"),
            models.Index(
                fields=["manufacturer", "asked_at"], condition=models.Q(state="waiting"), name="extension_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}: +{self.days}"


class DealAppeal(Asked):
    """A partner does not accept a refusal, or that its protection went to another: somebody else decides again."""

    deal = OwnedForeignKey(DealRegistration, related_name="appeals", verbose_name=_("registration"))
    against = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("decided before by"))

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "deal"], condition=models.Q(state="waiting"), name="deal_appeal_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(against__isnull=True) | ~models.Q(answered_by=models.F("against")),
                name="deal_appeal_by_somebody_else",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "deal", "-id"], name="deal_appeal_by_deal"),
            models.Index(
                fields=["manufacturer", "asked_at"], condition=models.Q(state="waiting"), name="deal_appeal_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}: {self.get_state_display()}"


class DealFile(OwnedModel):
    """A document of a registration: an enquiry, an offer, evidence of an extension or an appeal."""

    deal = OwnedForeignKey(DealRegistration, related_name="files", verbose_name=_("registration"))
    extension = OwnedForeignKey(
        ExtensionRequest, null=True, blank=True, related_name="files", verbose_name=_("request for a longer protection")
    )
    appeal = OwnedForeignKey(DealAppeal, null=True, blank=True, related_name="files", verbose_name=_("appeal"))
    file = models.FileField(_("file"), max_length=300)
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    by_name = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        verbose_name = _("file of a deal")
        verbose_name_plural = _("files of deals")
        ordering = ["pk"]
        indexes = [models.Index(fields=["manufacturer", "deal", "id"], name="deal_file_by_deal")]

    def __str__(self) -> str:
        return self.name


class ClaimStep(models.TextChoices):
    """What the log of claims knows."""

    IMPORTED = "imported", _("Taken over from a file")
    SUBMITTED = "submitted", pgettext_lazy("claim", "Registered")
    CONFIRMED = "confirmed", _("Confirmed by the partner")
    RETURNED = "returned", _("More asked for")
    APPROVED = "approved", _("Approved and protected")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Protection ran out")
    RELEASED = "released", _("Released")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    EXTENSION_ASKED = "ext_asked", _("Longer protection asked for")
    EXTENSION_GRANTED = "ext_granted", _("Protection extended")
    EXTENSION_REFUSED = "ext_refused", _("Longer protection refused")
    APPEALED = "appealed", _("Appealed")
    APPEAL_GRANTED = "app_granted", _("Appeal granted")
    APPEAL_REFUSED = "app_refused", _("Appeal refused")
    TAKEN = "taken", _("Protection given to another partner on appeal")


class ClaimEntry(OwnedModel):
    """One line of the log of claims: what was said or decided, when, by whom, and the hash of the line before.

    Nobody changes or removes one, the database's trigger sees to it; `leads.claims` says what is hashed and how.
    """

    number = models.PositiveBigIntegerField(_("number"))
    deal = OwnedForeignKey(DealRegistration, related_name="claims", verbose_name=_("registration"))
    step = models.CharField(_("step"), max_length=11, choices=ClaimStep.choices)
    at = models.DateTimeField(_("when"))
    by_name = models.CharField(_("by"), max_length=150, blank=True)
    content = models.TextField(_("content"))
    """Canonical JSON, as it is hashed."""
    content_sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)
    previous_sha256 = models.CharField(_("SHA-256 of the line before"), max_length=64)
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("line of the log of claims")
        verbose_name_plural = _("log of claims")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["manufacturer", "number"], name="claim_number_once")]
        indexes = [models.Index(fields=["manufacturer", "deal", "number"], name="claim_by_deal")]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_step_display()}"


class ClaimHead(OwnedModel):
    """Where the log of claims stands: its row is locked while a line is added, so that numbers have no gaps."""

    number = models.PositiveBigIntegerField(_("last number"), default=0)
    sha256 = models.CharField(_("SHA-256 of the last line"), max_length=64, default="0" * 64)
    deals = models.PositiveBigIntegerField(_("registrations numbered"), default=0)

    class Meta:
        verbose_name = _("head of the log of claims")
        verbose_name_plural = _("heads of the logs of claims")
        constraints = [models.UniqueConstraint(fields=["manufacturer"], name="claim_head_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.sha256[:12]}"


def _reminders() -> list[int]:
    return [30, 14, 3]


def _required() -> list[str]:
    return ["phone"]


class DealSettings(OwnedModel):
    """The manufacturer's own terms of deal registration."""

    default_days = models.PositiveSmallIntegerField(
        _("days of protection"), default=90, validators=[MinValueValidator(1), MaxValueValidator(1095)]
    )
    reminder_days: Any = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(365)]),
        default=_reminders,
        size=5,
        verbose_name=_("remind so many days before the end"),
    )
    answer_hours = models.PositiveSmallIntegerField(
        _("answer within, in business hours"),
        default=16,
        validators=[MinValueValidator(1), MaxValueValidator(400)],
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days in which a refusal can be appealed"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    required = KeysField(default=_required, verbose_name=_("must be filled in"))

    class Meta:
        verbose_name = _("terms of deal registration")
        verbose_name_plural = _("terms of deal registration")
        constraints = [models.UniqueConstraint(fields=["manufacturer"], name="deal_settings_once")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class ProtectionTerm(OwnedModel):
    """How many days deals about a product category are protected, where it is not the usual number."""

    category = OwnedForeignKey(ProductCategory, on_delete=models.CASCADE, related_name="+", verbose_name=_("category"))
    days = models.PositiveSmallIntegerField(
        _("days of protection"), validators=[MinValueValidator(1), MaxValueValidator(1095)]
    )

    class Meta:
        verbose_name = _("days of protection of a category")
        verbose_name_plural = _("days of protection of categories")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "category"], name="protection_term_once")]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.days}"


class DealCheck(BulkModel):
    """That somebody asked whether a customer is taken. Nobody may ask for many: this is what is counted."""

    partner = OwnedForeignKey(Partner, db_index=False, related_name="+", verbose_name=_("partner"))
    member = OwnedForeignKey(Membership, db_index=False, related_name="+", verbose_name=_("by"))
    asked = models.BigIntegerField()
    """The customer's name, hashed: what was typed itself is not kept."""
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("conflict check")
        verbose_name_plural = _("conflict checks")
        indexes = [models.Index(fields=["manufacturer", "partner", "-at"], name="deal_check_by_partner")]
