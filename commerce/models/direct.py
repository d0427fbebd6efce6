"""What the manufacturer sells by itself, past its partners: by its own people or on the web (L-11)."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from commerce.models.catalogue import CURRENCY, Product, ProductCategory
from commerce.models.customers import EndCustomer
from partners.models import COUNTRY, Partner, Territory
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import OwnedModel


class DirectChannel(models.TextChoices):
    DIRECT = "direct", _("Own sales people")
    WEB = "web", _("Web shop")


class CreditState(models.TextChoices):
    """What became of a direct sale for the partner of its territory."""

    OPEN = "open", _("Not looked at yet")
    CREDITED = "credited", _("Credited")
    NONE = "none", _("No credit")


class Below(models.TextChoices):
    """What the price of a direct sale is below of."""

    LIST = "list", _("Below the list price")
    PARTNERS = "partners", _("Below what partners pay")


class DirectSale(OwnedModel):
    """One line of an own order. The partner that it is credited to reads it; nobody else outside the manufacturer."""

    order_number = models.CharField(_("order"), max_length=64)
    line_number = models.CharField(_("line"), max_length=32, default="1")
    date = models.DateField(_("date"))
    channel = models.CharField(_("channel"), max_length=6, choices=DirectChannel.choices, default=DirectChannel.DIRECT)
    customer = OwnedForeignKey(
        EndCustomer, null=True, blank=True, db_index=False, related_name="direct_sales", verbose_name=_("end customer")
    )
    customer_name = models.CharField(_("customer"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    business_number = models.CharField(_("business number"), max_length=40, blank=True)
    address = models.CharField(_("street and number"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    product = OwnedForeignKey(
        Product, null=True, blank=True, db_index=False, related_name="direct_sales", verbose_name=_("product")
    )
    category = OwnedForeignKey(
        ProductCategory, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("product category")
    )
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4, default=Decimal(0))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    amount_base = models.DecimalField(_("amount in base currency"), max_digits=18, decimal_places=4)

    credit_state = models.CharField(
        _("credit"), max_length=8, choices=CreditState.choices, default=CreditState.OPEN, db_default=CreditState.OPEN
    )
    credited_to = OwnedForeignKey(
        Partner, null=True, blank=True, db_index=False, related_name="credited_sales", verbose_name=_("credited to")
    )
    territory = OwnedForeignKey(
        Territory, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("territory")
    )
    credit_percent = models.DecimalField(
        _("credit in %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    credit_base = models.DecimalField(
        _("credit in base currency"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    explanation = models.JSONField(default=dict, blank=True, db_default={})
    """Who and why, as facts that `leads.direct_words` puts into a sentence."""
    unit_base = models.DecimalField(
        _("unit price in base currency"), max_digits=18, decimal_places=4, null=True, blank=True, editable=False
    )
    list_base = models.DecimalField(
        _("list price in base currency"), max_digits=18, decimal_places=4, null=True, blank=True, editable=False
    )
    partner_base = models.DecimalField(
        _("what partners pay on average"), max_digits=18, decimal_places=4, null=True, blank=True, editable=False
    )
    below = models.CharField(
        _("price"), max_length=8, choices=Below.choices, blank=True, default="", db_default="", editable=False
    )
    credited_at = models.DateTimeField(_("decided"), null=True, blank=True)
    import_file = models.BigIntegerField(_("import"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("direct sale")
        verbose_name_plural = _("direct sales")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "order_number", "line_number"],
                name="direct_sale_once",
                violation_error_message=_("This order has such a line already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(credit_state="credited") | models.Q(credited_to__isnull=False),
                name="direct_sale_credited_to_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "-date", "-id"], name="direct_sale_latest"),
            models.Index(fields=["manufacturer", "credit_state", "-date", "-id"], name="direct_sale_by_state"),
            models.Index(fields=["manufacturer", "credited_to", "-date", "-id"], name="direct_sale_by_partner"),
            models.Index(fields=["manufacturer", "product", "date"], name="direct_sale_by_product"),
            models.Index(fields=["manufacturer", "customer"], name="direct_sale_by_customer"),
            models.Index(
                fields=["manufacturer", "below", "-date", "-id"],
                name="direct_sale_below",
                condition=~models.Q(below=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_number}/{self.line_number}"


class DirectSaleKey(BulkModel):
    """A blocking key of who bought directly, hashed: deals and leads of the same customer are found by it."""

    pk = models.CompositePrimaryKey("manufacturer", "sale", "key")
    sale = OwnedForeignKey(DirectSale, on_delete=models.CASCADE, related_name="match_keys", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        verbose_name = _("key for finding direct sales")
        verbose_name_plural = _("keys for finding direct sales")
        indexes = [models.Index(fields=["manufacturer", "key"], name="direct_sale_key_by_key")]
