"""End customers: who buys from partners, or may (B-7). Personal data, kept with what the person agreed to."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower, Trim
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import COUNTRY, Partner, shown_name
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Language, Membership, OwnedModel


class CustomerKind(models.TextChoices):
    COMPANY = "company", pgettext_lazy("lead", "Company")
    PERSON = "person", pgettext_lazy("lead", "Person")


class CustomerSource(models.TextChoices):
    """How somebody became known."""

    LEAD = "lead", _("Lead")
    PARTNER = "partner", _("Partner")
    STAFF = "staff", _("Staff")
    IMPORT = "import", _("Import")
    DIRECT = "direct", _("Direct sale")


@track(exclude=["search_text", "phone_digits", "email_key"])
class EndCustomer(OwnedModel):
    """Who uses what is sold. The partner that serves it reads it, other partners never do."""

    kind = models.CharField(_("kind"), max_length=8, choices=CustomerKind.choices, default=CustomerKind.COMPANY)
    external_code = models.CharField(_("external code"), max_length=64, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    local_name = models.CharField(_("local name"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact"), max_length=150, blank=True)
    contact_title = models.CharField(_("job title"), max_length=100, blank=True)
    business_number = models.CharField(_("business number"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
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
    served_by = OwnedForeignKey(
        Partner, null=True, blank=True, related_name="end_customers", verbose_name=_("served by")
    )
    source = models.CharField(_("source"), max_length=8, choices=CustomerSource.choices, default=CustomerSource.STAFF)
    consent = models.TextField(_("agreed to"), blank=True)
    """The words the person agreed to; empty where nothing was asked."""
    consented_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    consent_ended_at = models.DateTimeField(_("agreement withdrawn"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=4000)
    merged_into = OwnedForeignKey(
        "self", null=True, blank=True, editable=False, related_name="merged_records", verbose_name=_("merged into")
    )
    created_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("entered by"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())
    phone_digits = models.GeneratedField(
        expression=models.Func(
            "phone", models.Value(r"\D"), models.Value(""), models.Value("g"), function="regexp_replace"
        ),
        output_field=models.CharField(max_length=40),
        db_persist=True,
    )
    email_key = models.GeneratedField(expression=Lower(Trim("email")), output_field=models.TextField(), db_persist=True)
    """As in `Contact`."""
    search_text = models.GeneratedField(
        expression=models.Func(
            "name", "local_name", "contact_name", "external_code", "city", function="partners_search_text"
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("end customer")
        verbose_name_plural = _("end customers")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "external_code"],
                name="end_customer_external_code_once",
                violation_error_message=_("Another customer has this external code."),
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "name", "id"], name="end_customer_by_name"),
            models.Index(fields=["manufacturer", "served_by", "name", "id"], name="end_customer_by_partner"),
            models.Index(fields=["manufacturer", "email_key"], name="customer_reached_by_email"),
            models.Index(fields=["manufacturer", "phone_digits"], name="customer_reached_by_number"),
        ]

    def __str__(self) -> str:
        return shown_name(self.name, self.local_name)


class CustomerKey(BulkModel):
    """A blocking key of an end customer (`partners.blocking`), hashed: who shares one is compared."""

    pk = models.CompositePrimaryKey("manufacturer", "customer", "key")
    customer = OwnedForeignKey(EndCustomer, on_delete=models.CASCADE, related_name="match_keys", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        verbose_name = _("key for finding customers")
        verbose_name_plural = _("keys for finding customers")
        indexes = [models.Index(fields=["manufacturer", "key"], name="customer_key_by_key")]
