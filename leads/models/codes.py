"""The manufacturer's own lists: where leads come from, what kinds there are, why they come to nothing."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models import OwnCode
from tenancy.fields import TranslatedField
from tenancy.models import OwnedModel
from tenancy.translation import translated


class LeadSource(OwnCode):
    """Where leads come from (fair, website, call centre ...)."""

    class Meta:
        verbose_name = _("source of leads")
        verbose_name_plural = _("sources of leads")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="lead_source_code_once",
                violation_error_message=_("Another source has this code."),
            )
        ]


class LeadKind(OwnCode):
    """What kind of lead it is (home owner, project, reseller ...): each kind may be distributed in its own way."""

    class Meta:
        verbose_name = _("kind of lead")
        verbose_name_plural = _("kinds of leads")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="lead_kind_code_once",
                violation_error_message=_("Another kind has this code."),
            )
        ]


class ReasonUse(models.TextChoices):
    """For which step a reason may be given."""

    DISCARD = "discard", _("Not a lead")
    DECLINE = "decline", _("Declined by the partner")
    LOST = "lost", _("Lost")


class LeadReason(OwnCode):
    """Why a lead was discarded, declined or lost."""

    use = models.CharField(_("used for"), max_length=8, choices=ReasonUse.choices)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["use", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "use", "code"],
                name="lead_reason_code_once",
                violation_error_message=_("Another reason has this code."),
            )
        ]


class KnownAt(models.TextChoices):
    """When what a field says becomes known: what is known only with the outcome never teaches a score."""

    ARRIVAL = "arrival", _("When the lead arrives")
    WORK = "work", _("While it is worked on")
    OUTCOME = "outcome", _("With the outcome")


class LeadField(OwnedModel):
    """A field of the manufacturer's own on its leads; values live in `Lead.custom` under `key`."""

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        YES_NO = "yes_no", _("Yes or no")

    key = models.SlugField(_("key"), max_length=40)
    labels = TranslatedField(_("label by language"))
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.TEXT)
    choices = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("choices"))
    known_at = models.CharField(_("known"), max_length=8, choices=KnownAt.choices, default=KnownAt.ARRIVAL)
    is_required = models.BooleanField(_("must be filled in"), default=False)
    is_masked = models.BooleanField(_("hidden until a partner has accepted"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("own field of leads")
        verbose_name_plural = _("own fields of leads")
        ordering = ["order", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "key"],
                name="lead_field_key_once",
                violation_error_message=_("Another field has this key."),
            )
        ]

    def __str__(self) -> str:
        return translated(self.labels, self.key)
