from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import OwnedModel


@track()
class LocatorEntry(OwnedModel):
    """How a partner stands on the public page of partners: listed or not, since staff say so, and when it is open."""

    partner = models.OneToOneField(
        Partner,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="locator_entry",
        verbose_name=_("partner"),
    )
    is_listed = models.BooleanField(_("shown on the public page"), default=False)
    about = models.CharField(_("about"), max_length=300, blank=True)
    hours = models.JSONField(_("opening hours"), default=dict, blank=True)

    class Meta:
        verbose_name = _("locator entry")
        verbose_name_plural = _("locator entries")

    def __str__(self) -> str:
        return str(self.partner)


class LocatorQuestion(OwnedModel):
    """What somebody asked a partner on the public page, with the consent to be answered."""

    partner = OwnedForeignKey(Partner, related_name="locator_questions", verbose_name=_("partner"))
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    message = models.TextField(_("question"), max_length=2000)
    language = models.CharField(max_length=2)
    consent = models.CharField(_("agreed to"), max_length=500)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)

    class Meta:
        verbose_name = _("question of a visitor")
        verbose_name_plural = _("questions of visitors")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "partner", "fingerprint"], name="locator_question_once")
        ]
        indexes = [models.Index(fields=["manufacturer", "partner", "-id"], name="locator_question_latest")]

    def __str__(self) -> str:
        return self.name
