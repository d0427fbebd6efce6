"""What was learned of who answers campaigns."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import OwnedModel


class PropensityModel(OwnedModel):
    """A model learned from the readers of past campaigns. The latest is the one in use, if it is useful."""

    version = models.PositiveIntegerField(_("version"))
    is_useful = models.BooleanField(_("better than the plain rate"))
    document = models.JSONField()
    """As `campaigns.propensity.Propensity.as_json` writes it."""
    people = models.PositiveIntegerField(_("readers"))
    answered = models.PositiveIntegerField(_("answered"))
    campaigns = models.PositiveIntegerField(_("campaigns"))
    first_on = models.DateField(_("first sent"))
    last_on = models.DateField(_("last sent"))
    created_at = models.DateTimeField(_("learned"), auto_now_add=True)

    class Meta:
        verbose_name = _("model of who answers")
        verbose_name_plural = _("models of who answers")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["manufacturer", "version"], name="propensity_version_once")]

    def __str__(self) -> str:
        return str(self.version)
