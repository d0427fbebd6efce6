from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Stage
from tenancy.history import track
from tenancy.models import OwnedModel


@track()
class ProfileQuestion(OwnedModel):
    """From which stage on a field of the profile is asked of partners; without a row it is as `partners.questions` proposes."""

    field = models.CharField(_("field"), max_length=60)
    """As `Partner.provenance` names it: own fields as `custom.<key>`."""
    stage = models.CharField(_("asked from"), max_length=12, choices=Stage.choices, blank=True)
    """Empty: never asked."""
    is_required = models.BooleanField(_("needed"), default=False)

    class Meta:
        verbose_name = _("question of the profile")
        verbose_name_plural = _("questions of the profile")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "field"], name="profile_question_once")]

    def __str__(self) -> str:
        return self.field
