"""What was expected at the beginning of each month, kept so that it can be held against what came (L-9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from commerce.models import ProductCategory
from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey


class ForecastSnapshot(BulkModel):
    """On the first day of a month: what a partner's open opportunities promised for a month, by product category.

    Everything in base currency. Amounts of an opportunity are shared out over its products' categories.
    """

    taken_on = models.DateField(_("taken"))
    """The first day of the month at whose beginning it was taken."""
    month = models.DateField(_("month"))
    """The first day of the month it is about; what should have come earlier counts for the month it was taken in."""
    partner = OwnedForeignKey(Partner, db_index=False, related_name="+", verbose_name=_("partner"))
    category = OwnedForeignKey(
        ProductCategory, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("product category")
    )
    open_amount = models.DecimalField(_("open"), max_digits=20, decimal_places=4)
    weighted = models.DecimalField(_("weighted"), max_digits=20, decimal_places=4)

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "taken_on", "month", "partner", "category"],
                nulls_distinct=False,
                name="forecast_once",
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "taken_on", "month"], name="forecast_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.taken_on:%Y-%m} -> {self.month:%Y-%m}"
