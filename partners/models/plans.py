"""Channel plans with partners (P-8): targets, initiatives, promises, and how both sides came to agree."""

import datetime as dt
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner, PartnerKind
from partners.models.tasks import Side
from partners.models.territories import Territory
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel

YEARS = [MinValueValidator(2000), MaxValueValidator(2100)]
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]
GRADE = [MinValueValidator(1), MaxValueValidator(5)]


def _amount(label: object) -> models.DecimalField:
    return models.DecimalField(label, max_digits=20, decimal_places=4, default=Decimal(0))  # type: ignore[arg-type]


class Weights(models.Model):
    """How much each criterion counts when initiatives are ranked, in per cent."""

    weight_effect = models.PositiveSmallIntegerField(_("weight of effect"), default=20, validators=PERCENT)
    weight_urgency = models.PositiveSmallIntegerField(_("weight of urgency"), default=20, validators=PERCENT)
    weight_returns = models.PositiveSmallIntegerField(_("weight of return"), default=20, validators=PERCENT)
    weight_feasibility = models.PositiveSmallIntegerField(_("weight of feasibility"), default=40, validators=PERCENT)

    class Meta:
        abstract = True

    @property
    def weights(self) -> dict[str, int]:
        """The weights by criterion."""
        return {
            "effect": self.weight_effect,
            "urgency": self.weight_urgency,
            "returns": self.weight_returns,
            "feasibility": self.weight_feasibility,
        }


class PlanSettings(OwnedModel, Weights):
    """The manufacturer's own rules for plans and for what stands out on the map."""

    crowded_from = models.PositiveSmallIntegerField(
        _("a territory is crowded from this many partners on"), default=5, validators=[MinValueValidator(2)]
    )

    class Meta:
        verbose_name = _("rules for plans")
        verbose_name_plural = _("rules for plans")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer"], name="plan_settings_once"),
            models.CheckConstraint(
                condition=models.Q(
                    weight_effect=100
                    - models.F("weight_urgency")
                    - models.F("weight_returns")
                    - models.F("weight_feasibility")
                ),
                name="plan_settings_weights_are_whole",
                violation_error_message=_("The four weights must add up to 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manufacturer_id}"


class PlanState(models.TextChoices):
    """Where a version of a plan stands."""

    DRAFT = "draft", _("Draft")
    APPROVAL = "approval", _("In approval")
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    SUPERSEDED = "superseded", _("Replaced by a newer version")


NEXT_PLAN_STATES: dict[str, frozenset[PlanState]] = {
    PlanState.DRAFT: frozenset({PlanState.PROPOSED, PlanState.APPROVAL}),
    PlanState.APPROVAL: frozenset({PlanState.DRAFT, PlanState.PROPOSED, PlanState.AGREED}),
    PlanState.PROPOSED: frozenset({PlanState.DRAFT, PlanState.AGREED, PlanState.APPROVAL}),
    PlanState.AGREED: frozenset({PlanState.SUPERSEDED}),
    PlanState.SUPERSEDED: frozenset(),
}
"""What may follow each state of a plan; the database holds it too."""

OPEN_PLAN_STATES = (PlanState.DRAFT, PlanState.APPROVAL, PlanState.PROPOSED)


class ChannelPlan(OwnedModel, Weights):
    """A version of what is planned with a partner for a fiscal year. Frozen once both sides agree."""

    partner = OwnedForeignKey(Partner, related_name="plans", verbose_name=_("partner"))
    year = models.PositiveSmallIntegerField(_("fiscal year"), validators=YEARS)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    summary = models.TextField(_("what this year is about"), blank=True, max_length=2000)
    proposed_side = models.CharField(_("proposed by"), max_length=10, choices=Side.choices, blank=True)
    proposed_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    agreed_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("agreed by"))
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("replaced"), null=True, blank=True)
    created_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("channel plan")
        verbose_name_plural = _("channel plans")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "partner", "year", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "year"],
                condition=models.Q(state__in=["draft", "approval", "proposed"]),
                name="plan_one_open",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "year"],
                condition=models.Q(state="agreed"),
                name="plan_one_agreed",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["agreed", "superseded"]) | models.Q(agreed_at__isnull=False),
                name="plan_agreed_has_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approval", "proposed", "agreed"]) | ~models.Q(proposed_side=""),
                name="plan_proposed_by_a_side",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "year", "state", "id"], name="plan_by_year"),
            models.Index(fields=["manufacturer", "state", "proposed_side", "id"], name="plan_by_state"),
        ]

    def __str__(self) -> str:
        return str(_("Plan %(year)s, version %(version)s") % {"year": self.year, "version": self.version})

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_PLAN_STATES

    @property
    def is_draft(self) -> bool:
        return self.state == PlanState.DRAFT

    @property
    def proposal(self) -> str:
        """What stands on the page of a proposal, so that nobody agrees to another one than was read; empty before any."""
        return f"{self.version}-{self.proposed_at.astimezone(dt.UTC):%Y%m%d%H%M%S%f}" if self.proposed_at else ""

    def waits_for(self, side: str) -> bool:
        """Whether it is this side's turn to answer."""
        return self.state == PlanState.PROPOSED and self.proposed_side != side


class PlanPart(OwnedModel):
    """A row of a plan. Its partner stands beside it, as the policies ask for it."""

    plan = OwnedForeignKey(ChannelPlan, on_delete=models.CASCADE, related_name="%(class)ss", verbose_name=_("plan"))
    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))

    class Meta:
        abstract = True


class Spread(models.TextChoices):
    """How a quarter's target is put on its months."""

    EVEN = "even", _("Evenly")
    SEASON = "season", _("As last year's months were")


class PlanTarget(PlanPart):
    """A target by quarter; its months are worked out when it is saved, and agreed with it."""

    measure = models.CharField(_("what is planned"), max_length=100)
    label = models.CharField(max_length=200)
    """What the measure was called then: plans outlive categories."""
    quarter_1 = _amount(_("first quarter"))
    quarter_2 = _amount(_("second quarter"))
    quarter_3 = _amount(_("third quarter"))
    quarter_4 = _amount(_("fourth quarter"))
    spread = models.CharField(_("on the months"), max_length=8, choices=Spread.choices, default=Spread.EVEN)
    months = ArrayField(models.DecimalField(max_digits=20, decimal_places=4), size=12)
    is_sum = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "plan", "measure"], name="plan_target_once"),
            models.CheckConstraint(condition=models.Q(months__len=12), name="plan_target_twelve_months"),
            models.CheckConstraint(
                condition=models.Q(quarter_1__gte=0, quarter_2__gte=0, quarter_3__gte=0, quarter_4__gte=0),
                name="plan_target_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def quarters(self) -> list[Decimal]:
        return [self.quarter_1, self.quarter_2, self.quarter_3, self.quarter_4]

    @property
    def year_target(self) -> Decimal:
        """What the year is to end with."""
        return sum(self.quarters, Decimal(0)) if self.is_sum else self.quarter_4


class Phase(models.TextChoices):
    """A stretch of a year's work on an initiative."""

    PREPARE = "prepare", _("Prepare")
    PILOT = "pilot", _("Pilot")
    ROLL_OUT = "roll_out", _("Roll out")
    SECURE = "secure", _("Make it last")


class PlanYear(models.IntegerChoices):
    """The year of a plan in which something is done; what lies ahead comes along into the next year's plan."""

    FIRST = 1, _("Year 1")
    SECOND = 2, _("Year 2")
    THIRD = 3, _("Year 3")


class Work(models.TextChoices):
    """How far an initiative is."""

    OPEN = "open", _("Not begun")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class PlanInitiative(PlanPart):
    """Something that both sides want to do, ranked by the scores that people of both give it."""

    title = models.CharField(_("what is to be done"), max_length=200)
    detail = models.TextField(_("details"), blank=True, max_length=2000)
    plan_year = models.PositiveSmallIntegerField(_("year"), choices=PlanYear.choices, default=PlanYear.FIRST)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices, default=Phase.PREPARE)
    side = models.CharField(_("carried by"), max_length=10, choices=Side.choices, default=Side.PARTNER)
    owner = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("person"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    work = models.CharField(_("how far it is"), max_length=10, choices=Work.choices, default=Work.OPEN)

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        indexes = [models.Index(fields=["manufacturer", "plan", "id"], name="plan_initiative_by_plan")]

    def __str__(self) -> str:
        return self.title


class InitiativeScore(PlanPart):
    """What one person gives an initiative, from 1 to 5 on each of the four criteria."""

    initiative = OwnedForeignKey(
        PlanInitiative, on_delete=models.CASCADE, related_name="scores", verbose_name=_("initiative")
    )
    member = OwnedForeignKey(Membership, related_name="+", verbose_name=_("scored by"))
    side = models.CharField(max_length=10, choices=Side.choices)
    effect = models.PositiveSmallIntegerField(_("effect on business"), validators=GRADE)
    urgency = models.PositiveSmallIntegerField(_("urgency"), validators=GRADE)
    returns = models.PositiveSmallIntegerField(_("return"), validators=GRADE)
    feasibility = models.PositiveSmallIntegerField(_("feasibility"), validators=GRADE)
    updated_at = models.DateTimeField(_("scored"), auto_now=True)

    class Meta:
        verbose_name = _("score of an initiative")
        verbose_name_plural = _("scores of initiatives")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "initiative", "member"], name="initiative_scored_once"),
            models.CheckConstraint(
                condition=models.Q(
                    effect__range=(1, 5), urgency__range=(1, 5), returns__range=(1, 5), feasibility__range=(1, 5)
                ),
                name="initiative_score_from_1_to_5",
            ),
        ]


class PromiseState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    DROPPED = "dropped", _("Dropped")


class PlanPromise(PlanPart):
    """What the manufacturer promises in return."""

    title = models.CharField(_("what the manufacturer promises"), max_length=300)
    due_on = models.DateField(_("due"), null=True, blank=True)
    owner = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("person"))
    state = models.CharField(_("state"), max_length=10, choices=PromiseState.choices, default=PromiseState.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")

    def __str__(self) -> str:
        return self.title


class PlanStep(PlanPart):
    """A step on the way of a version: who took it, for which side, and what they said."""

    class Kind(models.TextChoices):
        STARTED = "started", _("Begun")
        ASKED = "asked", _("Put up for approval")
        PROPOSED = "proposed", _("Proposed")
        RETURNED = "returned", _("Sent back for changes")
        TAKEN_BACK = "taken_back", _("Taken back")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Not approved")
        SUPERSEDED = "superseded", _("Replaced by a newer version")
        COMMENTED = "commented", _("Comment")

    kind = models.CharField(_("step"), max_length=10, choices=Kind.choices)
    side = models.CharField(max_length=10, choices=Side.choices)
    by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("comment"), blank=True, max_length=2000)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("step of a plan")
        verbose_name_plural = _("steps of plans")
        indexes = [models.Index(fields=["manufacturer", "partner", "-at", "-id"], name="plan_step_by_partner")]


class MixTarget(OwnedModel):
    """How the manufacturer wants its sales to be divided between itself and each kind of partner in a year."""

    year = models.PositiveSmallIntegerField(_("fiscal year"), validators=YEARS)
    kind = OwnedForeignKey(PartnerKind, null=True, blank=True, related_name="+", verbose_name=_("kind"))
    """None stands for what the manufacturer sells itself."""
    share = models.DecimalField(
        _("target share in %"), max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT
    )
    amount = models.DecimalField(
        _("sold directly"), max_digits=20, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    """Of direct sales alone: nothing else here knows them."""

    class Meta:
        verbose_name = _("target of the channel mix")
        verbose_name_plural = _("targets of the channel mix")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "year", "kind"], nulls_distinct=False, name="mix_target_once"
            )
        ]


class TerritoryFigure(OwnedModel):
    """What could be sold in a territory in a year: the demand that the coverage map shows."""

    territory = OwnedForeignKey(
        Territory, on_delete=models.CASCADE, related_name="figures", verbose_name=_("territory")
    )
    year = models.PositiveSmallIntegerField(_("fiscal year"), validators=YEARS)
    potential = models.DecimalField(
        _("market potential"), max_digits=20, decimal_places=4, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("figure of a territory")
        verbose_name_plural = _("figures of territories")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "territory", "year"], name="territory_figure_once")
        ]
