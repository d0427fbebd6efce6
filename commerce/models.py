import uuid
from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.models import OwnedModel
from tenancy.translation import translated

CURRENCY = RegexValidator(r"^[A-Z]{3}$", _("Three letters, such as KRW."))


class ProductCategory(OwnedModel):
    """A group of products; groups can stand below groups."""

    code = models.CharField(_("code"), max_length=64)
    names = TranslatedField(_("name by language"))
    parent = OwnedForeignKey(
        "self",
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("product category")
        verbose_name_plural = _("product categories")
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["manufacturer", "code"], name="category_code_once")]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class Product(OwnedModel):
    """Something the manufacturer sells."""

    code = models.CharField(_("code"), max_length=64)
    external_code = models.CharField(_("external code"), max_length=64, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    names = TranslatedField(_("name by language"), blank=True)
    category = OwnedForeignKey(
        ProductCategory,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("category"),
    )
    list_price = models.DecimalField(
        _("list price"),
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[CURRENCY])
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    is_draft = models.BooleanField(_("draft"), default=False)
    is_active = models.BooleanField(_("on sale"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="product_code_once",
                violation_error_message=_("Another product has this code."),
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "external_code"],
                name="product_external_code_once",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "name", "id"], name="product_by_name"),
            models.Index(fields=["manufacturer", "category"], name="product_by_category"),
        ]

    def __str__(self) -> str:
        return translated(self.names, self.name)


class ExchangeRate(OwnedModel):
    """From `date` on, one unit of `currency` is worth `rate` units of the manufacturer's base currency."""

    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    date = models.DateField(_("from"))
    rate = models.DecimalField(
        _("rate"),
        max_digits=20,
        decimal_places=10,
        validators=[MinValueValidator(Decimal("0.0000000001"))],
    )

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-date"]
        constraints = [models.UniqueConstraint(fields=["manufacturer", "currency", "date"], name="rate_once_per_day")]

    def __str__(self) -> str:
        return f"{self.currency} {self.date}"


class SalesLine(BulkModel):
    """One line of sell-in: what a partner bought on a day. Returns and cancellations are negative lines.

    A bulk table: `line_id` is the MD5 of what identifies the line in the manufacturer's books (see
    `commerce.imports`), so that the same file twice writes nothing; the primary key is (manufacturer, line_id).
    """

    pk = models.CompositePrimaryKey("manufacturer", "line_id")
    line_id = models.UUIDField(default=uuid.uuid4)
    partner = OwnedForeignKey(Partner, related_name="sales_lines", db_index=False, verbose_name=_("partner"))
    product = OwnedForeignKey(
        Product,
        null=True,
        related_name="sales_lines",
        db_index=False,
        verbose_name=_("product"),
    )
    date = models.DateField(_("date"))
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4, default=0)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    amount_base = models.DecimalField(_("amount in base currency"), max_digits=18, decimal_places=4)
    order_number = models.CharField(_("order"), max_length=64, blank=True, default="")
    line_number = models.CharField(_("line"), max_length=32, blank=True, default="")
    external_line_id = models.CharField(_("line id"), max_length=128, blank=True, default="")
    import_file = models.BigIntegerField(_("import"), null=True)

    class Meta:
        verbose_name = _("sell-in line")
        verbose_name_plural = _("sell-in lines")
        indexes = [models.Index(fields=["manufacturer", "partner", "date"], name="line_by_partner")]

    def __str__(self) -> str:
        return f"{self.date} {self.amount}"


class SalesMonth(BulkModel):
    """A partner's sell-in of one product in one month, exactly in step with the lines.

    Its index says by itself what a partner bought in which month: a recompute asks that of every partner, and the rows
    of one partner lie far apart. It is the only one: nobody asks for a row by its id, so the database keeps no key of it.
    """

    partner = OwnedForeignKey(Partner, related_name="sales_months", db_index=False, verbose_name=_("partner"))
    product = OwnedForeignKey(
        Product,
        null=True,
        related_name="sales_months",
        db_index=False,
        verbose_name=_("product"),
    )
    month = models.DateField(_("month"))
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=4)
    amount_base = models.DecimalField(_("amount in base currency"), max_digits=20, decimal_places=4)
    returns_base = models.DecimalField(_("returns in base currency"), max_digits=20, decimal_places=4)
    lines = models.PositiveIntegerField(_("lines"))
    return_lines = models.PositiveIntegerField(_("return lines"))

    class Meta:
        verbose_name = _("sell-in by month")
        verbose_name_plural = _("sell-in by month")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "month", "product"],
                include=["lines", "return_lines"],
                nulls_distinct=False,
                name="sales_month_once",
            )
        ]


class SalesDay(BulkModel):
    """A partner's sell-in on one day, exactly in step with the lines."""

    pk = models.CompositePrimaryKey("manufacturer", "partner", "date")
    partner = OwnedForeignKey(Partner, related_name="sales_days", db_index=False, verbose_name=_("partner"))
    date = models.DateField(_("date"))
    amount_base = models.DecimalField(_("amount in base currency"), max_digits=20, decimal_places=4)
    returns_base = models.DecimalField(_("returns in base currency"), max_digits=20, decimal_places=4)
    orders = models.PositiveIntegerField(_("orders"))
    lines = models.PositiveIntegerField(_("lines"))
    return_lines = models.PositiveIntegerField(_("return lines"))

    class Meta:
        verbose_name = _("sell-in by day")
        verbose_name_plural = _("sell-in by day")


class ManufacturerMonth(BulkModel):
    """All sell-in of a month, for the dashboard; exactly in step with the lines."""

    pk = models.CompositePrimaryKey("manufacturer", "month")
    month = models.DateField(_("month"))
    amount_base = models.DecimalField(_("amount in base currency"), max_digits=20, decimal_places=4)
    returns_base = models.DecimalField(_("returns in base currency"), max_digits=20, decimal_places=4)
    lines = models.PositiveBigIntegerField(_("lines"))
    partners = models.PositiveIntegerField(_("partners"))

    class Meta:
        verbose_name = _("sell-in of the manufacturer by month")
        verbose_name_plural = _("sell-in of the manufacturer by month")
