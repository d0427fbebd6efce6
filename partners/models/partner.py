from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tenancy.bulk import BulkModel
from tenancy.fields import KeysField, OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated


class PartnerKind(OwnedModel):
    """What a partner is to this manufacturer (agency, dealer, distributor ...): the manufacturer's own list."""

    code = models.SlugField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    functions_off = KeysField(verbose_name=_("switched-off functions"))
    is_retired = models.BooleanField(_("retired"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("kind of partner")
        verbose_name_plural = _("kinds of partner")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="partner_kind_code_once",
                violation_error_message=_("Another kind has this code."),
            )
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class Specialisation(OwnedModel):
    """What a partner is good at (service, delivery, installation ...): the manufacturer's own list."""

    code = models.SlugField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    is_retired = models.BooleanField(_("retired"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("specialisation")
        verbose_name_plural = _("specialisations")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="specialisation_code_once",
                violation_error_message=_("Another specialisation has this code."),
            )
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class Stage(models.TextChoices):
    """Where a partner stands in its life cycle."""

    DRAFT = "draft", _("Draft")
    PROSPECT = "prospect", _("Prospect")
    APPLICANT = "applicant", _("Applicant")
    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", pgettext_lazy("stage of a partner", "Active")
    DORMANT = "dormant", _("Dormant")
    ENDED = "ended", _("Ended")


NEXT_STAGES: dict[str, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.PROSPECT, Stage.APPLICANT, Stage.ONBOARDING, Stage.ACTIVE, Stage.ENDED}),
    Stage.PROSPECT: frozenset({Stage.APPLICANT, Stage.ONBOARDING, Stage.ACTIVE, Stage.ENDED}),
    Stage.APPLICANT: frozenset({Stage.PROSPECT, Stage.ONBOARDING, Stage.ACTIVE, Stage.ENDED}),
    Stage.ONBOARDING: frozenset({Stage.PROSPECT, Stage.APPLICANT, Stage.ACTIVE, Stage.ENDED}),
    Stage.ACTIVE: frozenset({Stage.ONBOARDING, Stage.DORMANT, Stage.ENDED}),
    Stage.DORMANT: frozenset({Stage.ACTIVE, Stage.ENDED}),
    Stage.ENDED: frozenset({Stage.PROSPECT, Stage.APPLICANT, Stage.ONBOARDING, Stage.ACTIVE}),
}
"""What may follow each stage; nobody goes back to being a draft."""


class Activity(models.TextChoices):
    """What a partner can take part in, as far as its stage goes."""

    PORTAL = "portal", _("sign in to the portal")
    TRAINING = "training", _("take courses")
    ORDER = "order", _("place orders")
    LEADS = "leads", _("receive leads")
    DEALS = "deals", _("register deals")
    FUNDS = "funds", _("ask for marketing money")
    LOCATOR = "locator", _("be found by customers")


STAGE_ALLOWS: dict[str, frozenset[Activity]] = {
    Stage.DRAFT: frozenset({Activity.PORTAL, Activity.ORDER}),
    Stage.PROSPECT: frozenset({Activity.PORTAL}),
    Stage.APPLICANT: frozenset({Activity.PORTAL}),
    Stage.ONBOARDING: frozenset({Activity.PORTAL, Activity.TRAINING, Activity.ORDER}),
    Stage.ACTIVE: frozenset(Activity),
    Stage.DORMANT: frozenset({Activity.PORTAL, Activity.TRAINING, Activity.ORDER, Activity.DEALS}),
    Stage.ENDED: frozenset(),
}
"""What each stage allows. `selectors.may` and the door of the portal read it; papers and agreements may forbid more."""

COUNTRY = RegexValidator(r"^[A-Z]{2}$", _("A country code of two letters, such as KR."))


@track(exclude=["search_text", "provenance"])
class Partner(OwnedModel):
    """A company in one manufacturer's programme."""

    code = models.CharField(_("code"), max_length=64)
    external_code = models.CharField(_("external code"), max_length=64, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    local_name = models.CharField(_("local name"), max_length=200, blank=True)
    kind = OwnedForeignKey(PartnerKind, related_name="partners", verbose_name=_("kind"))
    other_kinds: Any = models.ManyToManyField(
        PartnerKind,
        through="PartnerOtherKind",
        related_name="+",
        blank=True,
        verbose_name=_("also"),
    )
    specialisations: Any = models.ManyToManyField(
        Specialisation,
        through="PartnerSpecialisation",
        related_name="partners",
        blank=True,
        verbose_name=_("specialisations"),
    )
    parent = OwnedForeignKey(
        "self",
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.ACTIVE)
    is_exclusive = models.BooleanField(_("sells only our goods"), null=True, blank=True)
    business_number = models.CharField(_("business number"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    email_domain = models.CharField(_("e-mail domain"), max_length=253, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    address = models.CharField(_("street and number"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
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
    established_year = models.PositiveSmallIntegerField(
        _("founded in"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1600), MaxValueValidator(2100)],
    )
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    showroom_area = models.DecimalField(
        _("showroom in m²"),
        max_digits=8,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    languages = KeysField(verbose_name=_("languages"))
    product_lines = KeysField(
        models.CharField(max_length=64), verbose_name=_("authorised product lines"), db_default=[]
    )
    lead_capacity = models.PositiveIntegerField(_("leads it can work on at a time"), null=True, blank=True)
    crew_count = models.PositiveIntegerField(_("crews"), null=True, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    channel_manager = OwnedForeignKey(
        Membership,
        null=True,
        blank=True,
        related_name="assigned_partners",
        verbose_name=_("channel manager"),
    )
    custom = models.JSONField(_("own fields"), default=dict, blank=True)
    functions_off = KeysField(verbose_name=_("switched-off functions"))
    search_text = models.GeneratedField(
        expression=models.Func("name", "local_name", "code", "external_code", "city", function="partners_search_text"),
        output_field=models.TextField(),
        db_persist=True,
    )
    merged_into = OwnedForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        related_name="merged_records",
        verbose_name=_("merged into"),
    )
    """What this record has gone into: it stays for its codes and its past, and is no partner any more."""
    confirmed_at = models.DateTimeField(_("last confirmed"), null=True, blank=True)
    # Who told each field, and when it was last said to be right: {"phone": ["partner", "2026-03-01"]}. Kept by a trigger.
    provenance = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="partner_code_once",
                violation_error_message=_("Another partner has this code."),
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "external_code"],
                name="partner_external_code_once",
                violation_error_message=_("Another partner has this external code."),
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="partner_not_its_own_parent",
                violation_error_message=_("A partner cannot belong to itself."),
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="partner_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "name", "id"], name="partner_by_name"),
            models.Index(fields=["manufacturer", "parent"], name="partner_by_parent"),
            models.Index(fields=["manufacturer", "region"], name="partner_by_region"),
            models.Index(fields=["manufacturer", "channel_manager"], name="partner_by_manager"),
            models.Index(fields=["manufacturer", "email_domain"], name="partner_by_domain"),
        ]

    def __str__(self) -> str:
        return shown_name(self.name, self.local_name)

    @property
    def names(self) -> dict[str, str]:
        """What it is called, by language."""
        return names_by_language(self.name, self.local_name)


def shown_name(name: str, local_name: str) -> str:
    """The local name for readers of Korean and Japanese, where there is one; else the Latin one."""
    return local_name if local_name and get_language() in ("ko", "ja") else name


def names_by_language(name: str, local_name: str) -> dict[str, str]:
    """The same for texts that are read later, such as the facts of notices: the name by language."""
    local = local_name or name
    return {"en": name, "ko": local, "ja": local}


class PartnerOtherKind(OwnedModel):
    """A further kind of a partner beside its main one."""

    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    kind = OwnedForeignKey(PartnerKind, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "kind"],
                name="partner_other_kind_once",
            )
        ]


class PartnerSpecialisation(OwnedModel):
    """A specialisation of a partner."""

    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    specialisation = OwnedForeignKey(Specialisation, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "specialisation"],
                name="partner_specialisation_once",
            )
        ]


class CustomField(OwnedModel):
    """A field of the manufacturer's own on its partners; values live in `Partner.custom` under `key`."""

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        MULTIPLE = "multiple", _("Several choices")
        FILE = "file", _("File")

    key = models.SlugField(_("key"), max_length=40)
    labels = TranslatedField(_("label by language"))
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.TEXT)
    choices = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        verbose_name=_("choices"),
    )
    is_required = models.BooleanField(_("counts towards completeness"), default=False)
    partner_edits = models.BooleanField(_("the partner may edit it"), default=True)
    is_filter = models.BooleanField(_("lists of partners can be filtered by it"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("own field")
        verbose_name_plural = _("own fields")
        ordering = ["order", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "key"],
                name="custom_field_key_once",
                violation_error_message=_("Another field has this key."),
            )
        ]

    def __str__(self) -> str:
        return translated(self.labels, self.key)


class Trend(models.TextChoices):
    RISING = "rising", _("Rising")
    STEADY = "steady", _("Steady")
    FALLING = "falling", _("Falling")
    SILENT = "silent", _("Silent")
    NEW = "new", _("New")


def _order_of(field: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=Cast(field, models.FloatField()), output_field=models.FloatField(null=True), db_persist=True
    )


class PartnerSummary(BulkModel):
    """What lists show and sort by, written by the recompute: grade and figures as of a day."""

    partner = models.OneToOneField(
        Partner,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="summary",
        verbose_name=_("partner"),
    )
    tier_code = models.CharField(_("grade"), max_length=20, blank=True, default="")
    tier_colour = models.CharField(max_length=12, blank=True, default="")
    tier_names = TranslatedField()
    tier_rank = models.PositiveSmallIntegerField(_("grade"), default=0)
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True)
    revenue = models.DecimalField(_("sell-in, 12 months"), max_digits=20, decimal_places=4, default=0)
    previous_revenue = models.DecimalField(_("12 months before"), max_digits=20, decimal_places=4, default=0)
    growth = models.DecimalField(_("growth in %"), max_digits=12, decimal_places=2, null=True)
    last_sale_on = models.DateField(_("last sell-in"), null=True)
    trend = models.CharField(_("trend"), max_length=8, choices=Trend.choices, default=Trend.STEADY)
    monthly = ArrayField(
        models.DecimalField(max_digits=20, decimal_places=0),
        default=list,
        verbose_name=_("sell-in by month"),
    )
    as_of = models.DateField(_("as of"))

    # What lists are sorted by. Below a policy only comparisons that give nothing away ("leakproof") may use an index;
    # those of floating point do, those of numeric do not, and a deep page would read all rows before it.
    score_order = _order_of("score")
    revenue_order = _order_of("revenue")
    growth_order = _order_of("growth")

    class Meta:
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")
        indexes = [
            models.Index(
                fields=["manufacturer", "revenue_order", "partner"],
                name="summary_by_revenue",
            ),
            models.Index(fields=["manufacturer", "score_order", "partner"], name="summary_by_score"),
            models.Index(fields=["manufacturer", "growth_order", "partner"], name="summary_by_growth"),
            models.Index(
                fields=["manufacturer", "last_sale_on", "partner"],
                name="summary_by_last_sale",
            ),
            models.Index(fields=["manufacturer", "tier_rank", "partner"], name="summary_by_tier"),
            models.Index(fields=["manufacturer", "trend"], name="summary_by_trend"),
        ]

    @property
    def change(self) -> Decimal | None:
        """Growth in per cent, exact: `growth` is rounded, and rounding it again to show it would not always agree."""
        if self.previous_revenue <= 0:
            return None
        return (self.revenue / self.previous_revenue - 1) * 100

    @property
    def tier_name(self) -> str:
        """The grade's name in the reader's language."""
        return translated(self.tier_names, self.tier_code)

    def __str__(self) -> str:
        return f"{self.partner_id} {self.as_of}"
