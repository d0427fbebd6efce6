from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from tenancy.fields import OwnedForeignKey
from tenancy.models import OwnedModel


class FieldCorrection(OwnedModel):
    """A value of a profile that came from one source was put right by another. The database writes it on each change."""

    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, related_name="field_corrections", verbose_name=_("partner")
    )
    field = models.CharField(_("field"), max_length=60)
    told_by = models.CharField(_("told by"), max_length=20)
    corrected_by = models.CharField(_("put right by"), max_length=20)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("correction of a field")
        verbose_name_plural = _("corrections of fields")

    def __str__(self) -> str:
        return f"{self.partner_id} {self.field}: {self.told_by} → {self.corrected_by}"
