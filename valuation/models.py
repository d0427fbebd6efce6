from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from partners.models import Partner, PartnerKind
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated


class ProgrammeStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class Period(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")


PROMOTION_SUBJECT = "valuation.promotion"
"""What approval lines call a promotion that needs approval."""


class Promotion(models.TextChoices):
    AUTOMATIC = "automatic", _("At once")
    APPROVAL = "approval", _("After approval")


@track()
class Programme(OwnedModel):
    """A version of the rules by which partners of some kinds are scored and graded. Frozen once published."""

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    names = TranslatedField(_("name by language"))
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ProgrammeStatus.choices,
        default=ProgrammeStatus.DRAFT,
    )
    kinds: Any = models.ManyToManyField(
        PartnerKind,
        through="ProgrammeKind",
        related_name="+",
        blank=True,
        verbose_name=_("kinds of partner"),
    )
    effective_from = models.DateField(_("effective from"))
    period = models.CharField(_("period"), max_length=10, choices=Period.choices, default=Period.QUARTER)
    grace_periods = models.PositiveSmallIntegerField(
        _("grace before demotion, in periods"),
        default=2,
        validators=[MaxValueValidator(12)],
    )
    promotion = models.CharField(
        _("promotion"),
        max_length=10,
        choices=Promotion.choices,
        default=Promotion.AUTOMATIC,
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = OwnedForeignKey(
        Membership,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code", "version"],
                name="programme_version_once",
            )
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class ProgrammeKind(OwnedModel):
    """A kind of partner that a programme is for; a programme without any is for all kinds."""

    programme = OwnedForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    kind = OwnedForeignKey(PartnerKind, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "programme", "kind"], name="programme_kind_once")
        ]


class TierColour(models.TextChoices):
    PLATINUM = "platinum", _("Platinum blue")
    GOLD = "gold", _("Gold")
    SILVER = "silver", _("Silver")
    BRONZE = "bronze", _("Bronze")
    REGISTERED = "registered", _("Grey")


class Tier(OwnedModel):
    """A level of a programme: from which score on, and what else it takes. Rank 1 is the lowest."""

    programme = OwnedForeignKey(Programme, on_delete=models.CASCADE, related_name="tiers")
    rank = models.PositiveSmallIntegerField(_("rank"))
    code = models.SlugField(_("code"), max_length=20)
    names = TranslatedField(_("name by language"))
    colour = models.CharField(_("colour"), max_length=12, choices=TierColour.choices)
    min_score = models.DecimalField(
        _("from score"),
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(120)],
    )

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["-rank"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "programme", "rank"], name="tier_rank_once"),
            models.UniqueConstraint(fields=["manufacturer", "programme", "code"], name="tier_code_once"),
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class TierRequirement(OwnedModel):
    """A threshold on a single KPI that a tier asks for beside the score; a ceiling where lower is better."""

    tier = OwnedForeignKey(Tier, on_delete=models.CASCADE, related_name="requirements")
    kpi = models.CharField(_("KPI"), max_length=40)
    threshold = models.DecimalField(_("threshold"), max_digits=20, decimal_places=4)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "tier", "kpi"], name="requirement_once")]


class Method(models.TextChoices):
    TARGET = "target", _("Against a target")
    PERCENTILE = "percentile", _("Rank within the kind")


class WhenMissing(models.TextChoices):
    SKIP = "skip", _("Leave it out")
    ZERO = "zero", _("Count no points")


class ProgrammeKpi(OwnedModel):
    """How one KPI counts in a programme."""

    programme = OwnedForeignKey(Programme, on_delete=models.CASCADE, related_name="kpis")
    kpi = models.CharField(_("KPI"), max_length=40)
    weight = models.DecimalField(
        _("weight"),
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(1000)],
    )
    method = models.CharField(_("points"), max_length=10, choices=Method.choices, default=Method.TARGET)
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=4, null=True, blank=True)
    when_missing = models.CharField(
        _("without a value"),
        max_length=5,
        choices=WhenMissing.choices,
        default=WhenMissing.SKIP,
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("KPI of a programme")
        verbose_name_plural = _("KPIs of a programme")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "programme", "kpi"], name="programme_kpi_once"),
            models.CheckConstraint(
                condition=~models.Q(method=Method.TARGET) | models.Q(target__gt=0),
                name="programme_kpi_target_needed",
                violation_error_message=_("Points against a target need a target above zero."),
            ),
        ]


class GradeRun(OwnedModel):
    """One recompute: for which day, how far, and what came of it. `quantiles` are what ranks are read from."""

    day = models.DateField(_("day"))
    is_past = models.BooleanField(_("looks back only"), default=False)
    is_complete = models.BooleanField(_("complete"), default=False)
    job = OwnedForeignKey(Job, null=True, blank=True, related_name="+", verbose_name=_("job"))
    quantiles = models.JSONField(default=dict)
    result = models.JSONField(_("result"), default=dict)
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("grade run")
        verbose_name_plural = _("grade runs")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "day"], name="grade_run_once_per_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class Score(BulkModel):
    """A partner's score on a day, with all it rests on.

    All of it is an explanation: `kpis` maps a KPI to its value (text, exact), `points` to what it gave, and the
    programme, which is frozen, tells weights, targets and tiers. `facts` holds what the sources tell beside the KPIs.
    """

    pk = models.CompositePrimaryKey("manufacturer", "partner", "day")
    partner = OwnedForeignKey(Partner, related_name="scores", db_index=False)
    day = models.DateField(_("day"))
    programme = OwnedForeignKey(Programme, null=True, related_name="+", db_index=False)
    tier = OwnedForeignKey(Tier, null=True, related_name="+", db_index=False)
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True)
    kpis = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    points = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")


@track()
class Grade(BulkModel):
    """The tier a partner holds now, since when, and what hangs over it."""

    partner = models.OneToOneField(
        Partner,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="grade",
    )
    programme = OwnedForeignKey(Programme, related_name="+", db_index=False)
    tier = OwnedForeignKey(Tier, related_name="+", db_index=False, verbose_name=_("grade"))
    since = models.DateField(_("since"))
    below_since = models.DateField(_("below since"), null=True)
    pending_tier = OwnedForeignKey(
        Tier,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("waits for approval"),
    )
    pending_since = models.DateField(_("waits since"), null=True)
    refused_tier = OwnedForeignKey(
        Tier,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("refused promotion"),
    )
    refused_on = models.DateField(_("refused"), null=True)
    refused_reason = models.CharField(_("reason for refusing"), max_length=500, blank=True, default="")
    override_until = models.DateField(_("set by hand until"), null=True)
    override_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    override_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("set by"))

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        indexes = [models.Index(fields=["manufacturer", "tier"], name="grade_by_tier")]


class ChangeReason(models.TextChoices):
    FIRST = "first", _("First grade")
    PROMOTION = "promotion", _("Promotion")
    DEMOTION = "demotion", _("Demotion")
    WARNING = "warning", _("Demotion warning")
    OVERRIDE = "override", _("Set by hand")
    OVERRIDE_END = "override_end", _("Set by hand, ended")
    PROGRAMME = "programme", _("New programme")


class GradeChange(BulkModel):
    """One step in a partner's grades, or a warning of one: what, when and why. Never changed afterwards."""

    partner = OwnedForeignKey(Partner, related_name="grade_changes", db_index=False)
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=12, choices=ChangeReason.choices)
    from_tier = OwnedForeignKey(Tier, null=True, related_name="+", db_index=False, verbose_name=_("from"))
    to_tier = OwnedForeignKey(Tier, related_name="+", db_index=False, verbose_name=_("to"))
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("by"))
    created_at = models.DateTimeField(auto_now_add=True, db_default=models.functions.Now())

    class Meta:
        verbose_name = _("grade change")
        verbose_name_plural = _("grade changes")
        indexes = [
            models.Index(
                fields=["manufacturer", "partner", "-day", "-id"],
                name="grade_change_by_partner",
            ),
            models.Index(fields=["manufacturer", "-day", "-id"], name="grade_change_latest"),
        ]
        constraints = [
            # Whatever is repeated, a step is noted (and told) once; by hand the same may be decided twice on a day.
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "day", "reason", "from_tier", "to_tier"],
                condition=models.Q(by=None),
                nulls_distinct=False,
                name="grade_change_once",
            )
        ]
