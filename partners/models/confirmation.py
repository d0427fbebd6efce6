from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel


class ConfirmationRound(OwnedModel):
    """Partners are asked at one time whether what is old in their profiles is still right."""

    months = models.PositiveSmallIntegerField(_("older than, in months"))
    due_on = models.DateField(_("answer until"))
    started_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("started by"))
    started_at = models.DateTimeField(_("started"), auto_now_add=True)

    class Meta:
        verbose_name = _("confirmation round")
        verbose_name_plural = _("confirmation rounds")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d}"


class ConfirmationAsk(OwnedModel):
    """What one partner is asked in a round; answered once none of it is older any more."""

    round = OwnedForeignKey(
        ConfirmationRound, on_delete=models.CASCADE, related_name="asks", verbose_name=_("confirmation round")
    )
    partner = OwnedForeignKey(Partner, related_name="confirmation_asks", verbose_name=_("partner"))
    fields = ArrayField(models.CharField(max_length=60), verbose_name=_("fields"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("question of a round")
        verbose_name_plural = _("questions of a round")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "round", "partner"], name="confirmation_ask_once")
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "partner"],
                condition=models.Q(answered_at=None),
                name="confirmation_ask_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.partner_id}"
