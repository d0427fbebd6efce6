"""What is sold: products, their groups, and what currencies are worth."""

from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

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
