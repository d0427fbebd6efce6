from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import COUNTRY, Partner
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.models import OwnedModel
from tenancy.translation import translated


class Territory(OwnedModel):
    """An area that partners cover: the addresses of its rules, and those of the territories below it."""

    code = models.SlugField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    parent = OwnedForeignKey(
        "self", null=True, blank=True, related_name="children", verbose_name=_("part of the territory")
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="territory_code_once",
                violation_error_message=_("Another territory has this code."),
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="territory_not_its_own_parent",
                violation_error_message=_("A territory cannot be part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class TerritoryRule(OwnedModel):
    """Addresses that belong to a territory: all that is said must fit; what is left empty fits everything."""

    territory = OwnedForeignKey(Territory, on_delete=models.CASCADE, related_name="rules", verbose_name=_("territory"))
    country = models.CharField(_("country"), max_length=2, validators=[COUNTRY])
    region = models.CharField(_("region"), max_length=120, blank=True)
    postal_from = models.CharField(_("postal code from"), max_length=20, blank=True)
    postal_to = models.CharField(_("to"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("rule of a territory")
        verbose_name_plural = _("rules of territories")
        ordering = ["country", "region", "postal_from", "pk"]

    def __str__(self) -> str:
        postal = f"{self.postal_from}–{self.postal_to}" if self.postal_from else ""
        return " ".join(part for part in (self.country, self.region, postal) if part)


class CoverageSource(models.TextChoices):
    """Why a partner covers a territory."""

    ADDRESS = "address", _("By its address")
    DECLARED = "declared", _("Declared")


class PartnerTerritory(OwnedModel):
    """A partner covers a territory. By address the database writes it; what is declared stays until it is withdrawn."""

    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, related_name="coverage", db_index=False, verbose_name=_("partner")
    )
    territory = OwnedForeignKey(Territory, related_name="coverage", verbose_name=_("territory"))
    source = models.CharField(
        _("source"), max_length=8, choices=CoverageSource.choices, default=CoverageSource.DECLARED
    )
    is_exclusive = models.BooleanField(_("alone"), default=False)

    class Meta:
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")
        constraints = [
            models.UniqueConstraint(fields=["partner", "territory"], name="partner_territory_once"),
            models.UniqueConstraint(
                fields=["territory"],
                condition=models.Q(is_exclusive=True),
                name="territory_exclusive_once",
                violation_error_message=_("Another partner covers this territory alone."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.territory_id}"
