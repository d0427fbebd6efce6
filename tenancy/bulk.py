from django.db import models

from tenancy.models import Manufacturer, OwnedModel
from tenancy.rls import CurrentManufacturer


class BulkModel(OwnedModel):
    """A table of very many rows: an index of the manufacturer alone and a look-up per row would cost more than they give.

    The policies let no row in but the scope's manufacturer, and manufacturers are never removed.
    """

    manufacturer = models.ForeignKey(
        Manufacturer,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        db_default=CurrentManufacturer(),
        editable=False,
        verbose_name=OwnedModel._meta.get_field("manufacturer").verbose_name,
    )

    class Meta:
        abstract = True
