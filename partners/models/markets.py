"""Countries and markets: what one has to know to trade there, whoever the partner is (P-16)."""

import datetime as dt
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from partners.agreement_text import as_html
from partners.countries import country_name
from partners.models.partner import COUNTRY
from tenancy.fields import KeysField, OwnedForeignKey, TranslatedField
from tenancy.files import stored_name
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated


class MarketPart(models.TextChoices):
    """What a market's file is made of."""

    LAW = "law", _("Law")
    INSTITUTIONS = "institutions", _("Institutions")
    CULTURE = "culture", _("Culture")
    HOLIDAYS = "holidays", _("Holidays")
    FIGURES = "figures", _("Market figures")
    DOCUMENTS = "documents", _("Documents and links")


TEXT_PARTS = (MarketPart.LAW, MarketPart.INSTITUTIONS, MarketPart.CULTURE)


@track()
class Market(OwnedModel):
    """One country, or a group of countries that is handled as one market."""

    code = models.SlugField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    owner = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    review_on = models.DateField(_("to be reviewed by"), null=True, blank=True)
    reviewed_on = models.DateField(_("last reviewed"), null=True, blank=True)
    shown_parts = KeysField(verbose_name=_("parts for partners"))
    """The parts that the partners of this market read in their portal; the others are staff's alone."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("market")
        verbose_name_plural = _("markets")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="market_code_once",
                violation_error_message=_("Another market has this code."),
            )
        ]
        indexes = [models.Index(fields=["manufacturer", "review_on", "id"], name="market_by_review")]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class MarketCountry(OwnedModel):
    """A country of a market. Each country is in one market at most."""

    market = OwnedForeignKey(Market, on_delete=models.CASCADE, related_name="countries", verbose_name=_("market"))
    country = models.CharField(_("country"), max_length=2, validators=[COUNTRY])

    class Meta:
        verbose_name = _("country of a market")
        verbose_name_plural = _("countries of markets")
        ordering = ["country"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "country"], name="market_country_once"),
        ]

    def __str__(self) -> str:
        return self.country


CHECK_AFTER = dt.timedelta(days=365)


class SourcedModel(OwnedModel):
    """Something known of a market, from where, and when somebody last looked whether it is still so."""

    source = models.CharField(_("taken from"), max_length=300, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    country: Any

    class Meta:
        abstract = True

    @property
    def is_stale(self) -> bool:
        """Whether nobody has looked for a year whether it is still so."""
        return self.checked_on is None or self.checked_on < timezone.localdate() - CHECK_AFTER

    @property
    def country_name(self) -> str:
        """The country that it is about; nothing for the whole market."""
        return country_name(self.country) if self.country else ""


@track()
class MarketText(SourcedModel):
    """What is to be known of a market's law, institutions or culture, in words."""

    market = OwnedForeignKey(Market, on_delete=models.CASCADE, related_name="texts", verbose_name=_("market"))
    part = models.CharField(
        _("part"), max_length=12, choices=[(part.value, part.label) for part in TEXT_PARTS], default=MarketPart.LAW
    )
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("text"), max_length=20_000)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("text about a market")
        verbose_name_plural = _("texts about markets")
        ordering = ["part", "country", "title", "pk"]
        indexes = [models.Index(fields=["manufacturer", "market", "part"], name="market_text_by_part")]

    def __str__(self) -> str:
        return self.title

    @property
    def html(self) -> SafeString:
        """The text as a page shows it."""
        return mark_safe(as_html(self.text))  # noqa: S308 (cleaned there)


def file_place(row: Any, name: str) -> str:
    """Where a market's document lies."""
    return stored_name(row.manufacturer_id, "markets", name)


class MarketDocument(SourcedModel):
    """A document about a market, or the address where it stands."""

    market = OwnedForeignKey(Market, on_delete=models.CASCADE, related_name="documents", verbose_name=_("market"))
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    title = models.CharField(_("title"), max_length=150)
    url = models.URLField(_("address"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to=file_place, max_length=200, blank=True)
    original_name = models.CharField(_("name of the file"), max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("document about a market")
        verbose_name_plural = _("documents about markets")
        ordering = ["country", "title", "pk"]
        indexes = [models.Index(fields=["manufacturer", "market"], name="market_document_by_market")]

    def __str__(self) -> str:
        return self.title


class Holiday(OwnedModel):
    """A day off in a country."""

    country = models.CharField(_("country"), max_length=2, validators=[COUNTRY])
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["date", "country"]
        constraints = [models.UniqueConstraint(fields=["manufacturer", "country", "date"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}".strip()


class MarketFigure(SourcedModel):
    """A figure of a country in a year: how many live there, what is built or sold, what duty is taken."""

    country = models.CharField(_("country"), max_length=2, validators=[COUNTRY])
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1900), MaxValueValidator(2100)])
    name = models.CharField(_("figure"), max_length=100)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("figure of a market")
        verbose_name_plural = _("figures of markets")
        ordering = ["country", "name", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "country", "name", "year"],
                name="market_figure_once",
                violation_error_message=_("This figure is there already for the year."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class LifeCycle(models.TextChoices):
    """Where a product line stands in a country."""

    INTRODUCTION = "introduction", _("Being introduced")
    GROWTH = "growth", _("Growing")
    MATURITY = "maturity", _("Mature")
    DECLINE = "decline", _("Declining")


class ProductStage(SourcedModel):
    """Where a product line stands in its life cycle in a country."""

    country = models.CharField(_("country"), max_length=2, validators=[COUNTRY])
    product_line = models.CharField(_("product line"), max_length=64)
    stage = models.CharField(_("stage"), max_length=12, choices=LifeCycle.choices)
    since = models.DateField(_("since"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("life-cycle stage")
        verbose_name_plural = _("life-cycle stages")
        ordering = ["product_line", "country"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "country", "product_line"],
                name="product_stage_once",
                violation_error_message=_("This product line has a stage in the country already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_line} {self.country}: {self.get_stage_display()}"
