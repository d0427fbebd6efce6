"""A lead: somebody who may buy, and how far it has come."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commerce.models import CURRENCY, EndCustomer, ProductCategory
from leads.models.codes import LeadKind, LeadReason, LeadSource
from leads.models.sites import Site
from partners.models import COUNTRY, Partner
from tenancy.bulk import BulkModel
from tenancy.fields import KeysField, OwnedForeignKey
from tenancy.history import track
from tenancy.models import Language, Membership, OwnedModel


class LeadState(models.TextChoices):
    """Where a lead stands. From `accepted` on it belongs to a partner, or to the manufacturer's own sales."""

    NEW = "new", _("New")
    OFFERED = "offered", _("Offered")
    MANUAL = "manual", _("To be placed by hand")
    ACCEPTED = "accepted", pgettext_lazy("lead", "Accepted")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    DISCARDED = "discarded", _("Not a lead")
    MERGED = "merged", _("Merged")


POOL_STATES = (LeadState.NEW, LeadState.OFFERED, LeadState.MANUAL)
"""Nobody has it yet."""
OPEN_STATES = (*POOL_STATES, LeadState.ACCEPTED)
CLOSED_STATES = (LeadState.WON, LeadState.LOST)

NEXT_LEAD_STATES: dict[str, frozenset[str]] = {
    LeadState.NEW: frozenset(
        {LeadState.OFFERED, LeadState.MANUAL, LeadState.ACCEPTED, LeadState.DISCARDED, LeadState.MERGED}
    ),
    LeadState.OFFERED: frozenset(
        {LeadState.NEW, LeadState.MANUAL, LeadState.ACCEPTED, LeadState.DISCARDED, LeadState.MERGED}
    ),
    LeadState.MANUAL: frozenset(
        {LeadState.NEW, LeadState.OFFERED, LeadState.ACCEPTED, LeadState.DISCARDED, LeadState.MERGED}
    ),
    LeadState.ACCEPTED: frozenset({LeadState.WON, LeadState.LOST, LeadState.MANUAL, LeadState.DISCARDED}),
    LeadState.WON: frozenset({LeadState.ACCEPTED}),
    LeadState.LOST: frozenset({LeadState.ACCEPTED, LeadState.MANUAL}),
    LeadState.DISCARDED: frozenset({LeadState.NEW}),
    LeadState.MERGED: frozenset({LeadState.NEW}),
}
"""Which states may follow which; what comes back from a partner waits for a person."""


@track(
    exclude=["search_text", "phone_digits", "points", "probability", "score", "score_reasons", "scored_at", "form_key"]
)
class Lead(OwnedModel):
    """Somebody who may buy. Until a partner has accepted it no partner can read it: offers carry what they may see.

    `partner` is who accepted; the database lets that partner read the row, and nobody else outside the manufacturer.
    Partner users write none of it: their steps go through `partners.services.house_scope`.
    """

    reference = models.CharField(_("reference"), max_length=20)
    external_code = models.CharField(_("external code"), max_length=64, null=True, blank=True)
    kind = OwnedForeignKey(
        LeadKind, null=True, blank=True, db_index=False, related_name="leads", verbose_name=_("kind")
    )
    source = OwnedForeignKey(
        LeadSource, null=True, blank=True, db_index=False, related_name="leads", verbose_name=_("source")
    )
    campaign_code = models.CharField(_("campaign"), max_length=64, blank=True, default="")
    referred_by = OwnedForeignKey(
        Partner, null=True, blank=True, db_index=False, related_name="referred_leads", verbose_name=_("referred by")
    )

    company = models.CharField(_("company"), max_length=200, blank=True)
    name = models.CharField(_("contact"), max_length=150, blank=True)
    title = models.CharField(_("job title"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    business_number = models.CharField(_("business number"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    address = models.CharField(_("street and number"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True)

    subject = models.CharField(_("what it is about"), max_length=200, blank=True)
    message = models.TextField(_("message"), blank=True, max_length=4000)
    category = OwnedForeignKey(
        ProductCategory, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("product category")
    )
    products = KeysField(models.CharField(max_length=64), verbose_name=_("products"), db_default=[])
    """Codes of products asked for."""
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4, null=True, blank=True)
    amount = models.DecimalField(
        _("expected amount"),
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[CURRENCY])
    amount_base = models.DecimalField(
        _("expected amount in base currency"), max_digits=18, decimal_places=4, null=True, blank=True, editable=False
    )
    wanted_on = models.DateField(_("wanted by"), null=True, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)

    consent = models.TextField(_("agreed to"), blank=True)
    """The words the person agreed to; which version of which form says `consent_version`."""
    consent_version = models.CharField(max_length=40, blank=True)
    consented_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    form_key = models.UUIDField(null=True, editable=False)
    """Of the page of the public form that it was sent from: the same page sent again is the same lead."""

    state = models.CharField(_("state"), max_length=9, choices=LeadState.choices, default=LeadState.NEW)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now)
    partner = OwnedForeignKey(
        Partner, null=True, blank=True, db_index=False, related_name="leads", verbose_name=_("partner")
    )
    customer = OwnedForeignKey(
        EndCustomer, null=True, blank=True, db_index=False, related_name="leads", verbose_name=_("end customer")
    )
    site = OwnedForeignKey(Site, null=True, blank=True, db_index=False, related_name="leads", verbose_name=_("site"))
    owner = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="owned_leads", verbose_name=_("responsible")
    )
    """Who of the manufacturer looks after it; who of the partner does stands on its opportunity."""
    reason = OwnedForeignKey(
        LeadReason, null=True, blank=True, db_index=False, related_name="leads", verbose_name=_("reason")
    )
    reason_note = models.CharField(_("reason in words"), max_length=500, blank=True)
    merged_into = OwnedForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_records",
        verbose_name=_("merged into"),
    )

    points = models.SmallIntegerField(_("points"), null=True, blank=True, editable=False)
    """By the manufacturer's rules, 0 to 100."""
    probability = models.FloatField(_("probability"), null=True, blank=True, editable=False)
    """Of being won, 0 to 1, by the learned model; empty while there is none."""
    score = models.FloatField(_("score"), null=True, blank=True, editable=False)
    """What lists sort by, 0 to 100: the probability where there is one, else the points."""
    score_reasons = models.JSONField(default=list, blank=True, editable=False)
    scored_at = models.DateTimeField(null=True, blank=True, editable=False)

    received_at = models.DateTimeField(_("received"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    created_by = OwnedForeignKey(
        Membership, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())
    phone_digits = models.GeneratedField(
        expression=models.Func(
            "phone", models.Value(r"\D"), models.Value(""), models.Value("g"), function="regexp_replace"
        ),
        output_field=models.CharField(max_length=40),
        db_persist=True,
    )
    search_text = models.GeneratedField(
        expression=models.Func("company", "name", "reference", "subject", "city", function="partners_search_text"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "reference"], name="lead_reference_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "external_code"],
                name="lead_external_code_once",
                violation_error_message=_("Another lead has this external code."),
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "form_key"],
                condition=models.Q(form_key__isnull=False),
                name="lead_form_key_once",
            ),
            models.CheckConstraint(
                condition=models.Q(partner__isnull=True) | ~models.Q(state__in=["new", "offered", "manual"]),
                name="lead_in_the_pool_is_nobodys",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | models.Q(state="merged"), name="lead_merged_says_so"
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "-received_at", "-id"], name="lead_latest"),
            models.Index(fields=["manufacturer", "state", "-received_at", "-id"], name="lead_by_state"),
            models.Index(
                fields=["manufacturer", "received_at"],
                include=[
                    "id",
                    "state",
                    "source",
                    "kind",
                    "category",
                    "partner",
                    "country",
                    "region",
                    "campaign_code",
                    "accepted_at",
                    "first_contact_at",
                    "amount_base",
                    "reason",
                ],
                name="lead_report",
            ),  # all that reports add up: whole rows are six times as much to read
            models.Index(fields=["manufacturer", "partner", "-received_at", "-id"], name="lead_by_partner"),
            models.Index(fields=["manufacturer", "score", "id"], name="lead_by_score"),
            models.Index(fields=["manufacturer", "site"], name="lead_by_site", condition=models.Q(site__isnull=False)),
            models.Index(
                fields=["manufacturer", "customer"], condition=models.Q(customer__isnull=False), name="lead_by_customer"
            ),
            models.Index(
                fields=["manufacturer", "owner"], condition=models.Q(owner__isnull=False), name="lead_by_owner"
            ),
            models.Index(
                fields=["manufacturer", "referred_by"],
                condition=models.Q(referred_by__isnull=False),
                name="lead_by_referrer",
            ),
            models.Index(
                fields=["manufacturer", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="lead_by_merged_into",
            ),
        ]

    def __str__(self) -> str:
        return self.company or self.name or self.reference

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class LeadKey(BulkModel):
    """A blocking key of a lead (`partners.blocking`), hashed: leads that share one are compared."""

    pk = models.CompositePrimaryKey("manufacturer", "lead", "key")
    lead = OwnedForeignKey(Lead, on_delete=models.CASCADE, related_name="match_keys", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        verbose_name = _("key for finding leads")
        verbose_name_plural = _("keys for finding leads")
        indexes = [models.Index(fields=["manufacturer", "key"], name="lead_key_by_key")]
