"""What partners bought, line by line and in sums."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from commerce.models.catalogue import Product
from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey


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
