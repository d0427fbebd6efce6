"""What a new channel manager is told about the partners they take over."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel


class Handover(OwnedModel):
    """Partners went to a channel manager together; what was known of each then is kept."""

    to = OwnedForeignKey(Membership, related_name="handovers", verbose_name=_("to"))
    by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    count = models.PositiveIntegerField(_("partners"), default=0)

    class Meta:
        verbose_name = _("handover")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["manufacturer", "to", "at"], name="handover_by_manager")]

    def __str__(self) -> str:
        return f"{self.to_id} {self.at:%Y-%m-%d}"


class HandoverPartner(OwnedModel):
    """One partner of a handover, with the summary as it stood."""

    handover = OwnedForeignKey(Handover, on_delete=models.CASCADE, related_name="partners")
    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="handovers")
    former = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("from"))
    summary = models.JSONField(default=dict)
    """By section of `partners.handover`: what its template shows."""
    moved_tasks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "handover", "partner"], name="handover_partner_once")
        ]
        indexes = [models.Index(fields=["manufacturer", "partner"], name="handover_by_partner")]

    def __str__(self) -> str:
        return f"{self.partner_id}"
