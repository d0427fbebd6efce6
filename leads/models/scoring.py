"""How leads are scored: the manufacturer's rules, the models learned from its closed leads, and what they said."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models.leads import Lead
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import OwnedModel


class RuleTest(models.TextChoices):
    """What a rule asks of a field."""

    ANY_OF = "any_of", _("is one of")
    NONE_OF = "none_of", _("is none of")
    AT_LEAST = "at_least", _("is at least")
    AT_MOST = "at_most", _("is at most")
    FILLED = "filled", _("is filled in")
    EMPTY = "empty", _("is empty")


@track()
class ScoreRule(OwnedModel):
    """So many points for a lead whose field passes a test. A lead's points are their sum, kept between 0 and 100."""

    field = models.CharField(_("field"), max_length=60)
    """A key of `leads.score_fields`."""
    test = models.CharField(_("test"), max_length=8, choices=RuleTest.choices)
    values = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("values"))
    points = models.SmallIntegerField(_("points"), validators=[MinValueValidator(-100), MaxValueValidator(100)])
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("rule of the score")
        verbose_name_plural = _("rules of the score")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.field} {self.test} {', '.join(self.values)}: {self.points:+}"


class ModelState(models.TextChoices):
    """Whether a learned model scores leads."""

    ACTIVE = "active", _("In use")
    WEAK = "weak", _("Not used: no better than the plain rate")
    RETIRED = "retired", _("Retired")


class RetiredBecause(models.TextChoices):
    """Why a model scores no leads any more."""

    REPLACED = "replaced", _("A newer one took its place")
    STALE = "stale", _("What came of the leads no longer fits what it said")
    OLD = "old", _("It had not been learned anew for a year")
    BY_HAND = "by_hand", _("Switched off by hand")


class ScoreModel(OwnedModel):
    """A model learned from this manufacturer's closed leads (`valuation.learning`), with how good it was and is."""

    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=8, choices=ModelState.choices)
    document = models.JSONField()
    """`valuation.learning.Model` as numbers."""
    closed = models.PositiveIntegerField(_("closed leads"))
    won = models.PositiveIntegerField(_("won"))
    first_on = models.DateField(_("first lead received"))
    last_on = models.DateField(_("last lead received"))
    days_to_close = models.PositiveIntegerField(_("days within which four of five leads close"))
    created_at = models.DateTimeField(_("learned"), auto_now_add=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    retired_because = models.CharField(
        _("why retired"), max_length=8, choices=RetiredBecause.choices, blank=True, default=""
    )
    in_use = models.JSONField(default=dict)
    """How what it said compares with what came, at the last look: `leads.services.score_models.Followed`."""
    followed_at = models.DateTimeField(_("last compared with what came"), null=True, blank=True)

    class Meta:
        verbose_name = _("learned score")
        verbose_name_plural = _("learned scores")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "version"], name="score_model_version_once"),
            models.UniqueConstraint(
                fields=["manufacturer"], condition=models.Q(state="active"), name="score_model_one_in_use"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Version %(number)s") % {"number": self.version})


class LeadChance(BulkModel):
    """What a model said of a lead when it first saw it: never changed, so that it can be held against what came."""

    pk = models.CompositePrimaryKey("manufacturer", "lead", "score_model")
    lead = OwnedForeignKey(Lead, on_delete=models.CASCADE, related_name="chances", db_index=False)
    score_model = OwnedForeignKey(ScoreModel, on_delete=models.CASCADE, related_name="chances", db_index=False)
    probability = models.FloatField()
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = _("chance of a lead")
        verbose_name_plural = _("chances of leads")
