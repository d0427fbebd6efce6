"""How leads are handed out: the manufacturer's rules, what was decided for each lead, and the offers to partners."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.models.codes import LeadKind, LeadReason
from leads.models.leads import Lead
from partners.models import Partner
from tenancy.fields import KeysField, OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel


class Mode(models.TextChoices):
    """How leads find their partner."""

    HAND = "hand", _("By hand, with suggestions")
    BEST = "best", _("Offered to the best partner, then to the next")
    TURNS = "turns", _("Offered to partners in turn")
    FIRST = "first", _("Offered to several, who accepts first gets it")
    BATCH = "batch", _("Collected, and assigned all at once")


AUTOMATIC = frozenset({Mode.BEST, Mode.TURNS, Mode.FIRST})
"""Modes in which a lead is offered as soon as it has arrived."""


class TurnsBy(models.TextChoices):
    """What gives a partner more turns than another."""

    EQUAL = "equal", _("Everybody alike")
    CAPACITY = "capacity", _("By the leads it can work on at a time")
    TOTAL = "total", _("By how well it suits the lead")


def default_weights() -> dict[str, int]:
    return {"fit": 25, "distance": 20, "win_rate": 25, "speed": 10, "load": 10, "fairness": 10}


@track()
class DistributionRule(OwnedModel):
    """How leads of a kind are handed out; the one without a kind holds for all kinds that have none of their own."""

    kind = OwnedForeignKey(
        LeadKind, null=True, blank=True, related_name="distribution_rules", verbose_name=_("kind of lead")
    )
    mode = models.CharField(_("way of distribution"), max_length=6, choices=Mode.choices, default=Mode.HAND)
    answer_hours = models.PositiveSmallIntegerField(
        _("time to answer, in business hours"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(400)],
    )
    reminder_hours = models.PositiveSmallIntegerField(
        _("reminder before the end, in business hours"),
        default=2,
        validators=[MaxValueValidator(399)],
        help_text=_("0 sends none."),
    )
    rounds = models.PositiveSmallIntegerField(
        _("rounds before it is placed by hand"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    at_once = models.PositiveSmallIntegerField(
        _("partners asked at once"),
        default=3,
        validators=[MinValueValidator(2), MaxValueValidator(20)],
        help_text=_("Where who accepts first gets it."),
    )
    turns_by = models.CharField(_("turns"), max_length=8, choices=TurnsBy.choices, default=TurnsBy.CAPACITY)
    weights = models.JSONField(_("weights"), default=default_weights)
    near_km = models.FloatField(
        _("distance that counts half, in km"),
        default=30,
        validators=[MinValueValidator(0.5), MaxValueValidator(5000)],
    )
    quick_hours = models.FloatField(
        _("time of answer that counts half, in business hours"),
        default=4,
        validators=[MinValueValidator(0.1), MaxValueValidator(400)],
    )
    usual_capacity = models.PositiveIntegerField(
        _("usual number of leads at a time"),
        default=20,
        validators=[MinValueValidator(1)],
        help_text=_("Against which the load of a partner without a limit of its own is seen."),
    )
    by_territory = models.BooleanField(_("only partners that cover the place"), default=True)
    by_line = models.BooleanField(_("only partners authorised for the product line"), default=True)
    specialisations = KeysField(
        models.CharField(max_length=64), verbose_name=_("specialisations that suit"), db_default=[]
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("rule of distribution")
        verbose_name_plural = _("rules of distribution")
        ordering = [models.F("kind__order").asc(nulls_first=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "kind"],
                name="distribution_rule_once_per_kind",
                nulls_distinct=False,
                violation_error_message=_("This kind of lead has a rule already."),
            ),
            models.CheckConstraint(
                condition=models.Q(reminder_hours__lt=models.F("answer_hours")),
                name="distribution_rule_reminds_before_the_end",
                violation_error_message=_(
                    "The reminder must come before the end: name fewer hours than for the answer."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.kind) if self.kind_id else str(_("All other kinds"))

    @property
    def is_automatic(self) -> bool:
        return self.mode in AUTOMATIC


class Outcome(models.TextChoices):
    """What came of a decision."""

    OFFERED = "offered", _("Offered")
    GIVEN = "given", _("Given directly")
    QUEUED = "queued", _("To be placed by hand")


class QueuedBecause(models.TextChoices):
    """Why a lead waits to be placed by hand."""

    NOBODY = "nobody", _("No partner may get it")
    NOBODY_LEFT = "nobody_left", _("Everybody who may get it was asked")
    ROUNDS = "rounds", _("Nobody took it in all rounds")
    TAKEN_BACK = "taken_back", _("Taken back from its partner")
    WITHDRAWN = "withdrawn", _("The offer was withdrawn")


class RoutingDecision(OwnedModel):
    """Who a lead was offered or given to, with all that was known then: it can be explained and replayed ever after.

    inputs: facts of the lead and of the best candidates, the policy and the norms (`leads.matching`). candidates: the
    ranking, with each component. left_out: how many partners might not get it, by reason.
    """

    lead = OwnedForeignKey(Lead, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("lead"))
    rule = OwnedForeignKey(
        DistributionRule, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, verbose_name=_("rule")
    )
    mode = models.CharField(_("way of distribution"), max_length=6, choices=Mode.choices)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome.choices)
    because = models.CharField(_("because"), max_length=11, choices=QueuedBecause.choices, blank=True)
    made_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("decided by"))
    """None where nobody did: an automatic mode, or a worker after an offer ended."""
    made_at = models.DateTimeField(_("decided"), default=timezone.now)
    inputs = models.JSONField(default=dict)
    candidates = models.JSONField(default=list)
    left_out = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("routing decision")
        verbose_name_plural = _("routing decisions")
        indexes = [models.Index(fields=["manufacturer", "-made_at", "-id"], name="routing_decision_latest")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.get_outcome_display()}"


class OfferState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", pgettext_lazy("lead", "Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


NEXT_OFFER_STATES: dict[str, frozenset[str]] = {
    OfferState.OFFERED: frozenset({OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN}),
    OfferState.ACCEPTED: frozenset({OfferState.WITHDRAWN}),
    OfferState.DECLINED: frozenset(),
    OfferState.EXPIRED: frozenset(),
    OfferState.WITHDRAWN: frozenset(),
}


class Ended(models.TextChoices):
    """Why an offer was withdrawn."""

    TAKEN = "taken", _("Another partner was faster")
    STAFF = "staff", _("Withdrawn by the manufacturer")
    TAKEN_BACK = "taken_back", _("Taken back after it was accepted")
    CLOSED = "closed", _("The lead is settled otherwise")


class AnsweredBy(models.TextChoices):
    """Which way the answer came."""

    PORTAL = "portal", _("In the portal")
    MAIL = "mail", _("From the mail")
    STAFF = "staff", _("Entered by staff")


class Offer(OwnedModel):
    """A lead held out to a partner. `facts` is all that the partner may know of it until it has accepted.

    Partner users read their own offers and write none: answers go through `leads.services.offers`. `due_at` ends it
    whether or not a worker is there to say so.
    """

    lead = OwnedForeignKey(
        Lead, on_delete=models.CASCADE, related_name="offers", db_index=False, verbose_name=_("lead")
    )
    partner = OwnedForeignKey(Partner, related_name="lead_offers", db_index=False, verbose_name=_("partner"))
    decision = OwnedForeignKey(RoutingDecision, null=True, related_name="offers", verbose_name=_("decision"))
    facts = models.JSONField(default=dict)
    is_exclusive = models.BooleanField(_("to this partner alone"), default=True)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    state = models.CharField(_("state"), max_length=9, choices=OfferState.choices, default=OfferState.OFFERED)
    offered_at = models.DateTimeField(_("offered"), default=timezone.now)
    offered_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False, verbose_name=_("offered by"))
    due_at = models.DateTimeField(_("to be answered by"))
    remind_at = models.DateTimeField(_("reminder"), null=True)
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = OwnedForeignKey(
        Membership, null=True, related_name="+", db_index=False, verbose_name=_("answered by")
    )
    answered_via = models.CharField(_("answer came"), max_length=6, choices=AnsweredBy.choices, blank=True)
    answer_hours = models.FloatField(_("business hours to the answer"), null=True)
    """Of one that ran out: all the hours there were."""
    reason = OwnedForeignKey(LeadReason, null=True, related_name="+", db_index=False, verbose_name=_("reason"))
    reason_note = models.CharField(_("reason in words"), max_length=500, blank=True)
    ended = models.CharField(_("ended because"), max_length=10, choices=Ended.choices, blank=True)

    class Meta:
        verbose_name = _("offer of a lead")
        verbose_name_plural = _("offers of leads")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "lead"],
                condition=models.Q(state="offered", is_exclusive=True),
                name="offer_exclusive_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "lead"], condition=models.Q(state="accepted"), name="offer_one_winner"
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "lead", "partner"],
                condition=models.Q(state="offered"),
                name="offer_open_once_per_partner",
            ),
            models.CheckConstraint(
                condition=models.Q(state="offered", answered_at__isnull=True)
                | (~models.Q(state="offered") & models.Q(answered_at__isnull=False)),
                name="offer_answered_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "lead", "-id"], name="offer_by_lead"),
            models.Index(fields=["manufacturer", "partner", "-offered_at", "-id"], name="offer_by_partner"),
            models.Index(
                fields=["manufacturer", "partner", "due_at"],
                condition=models.Q(state="offered"),
                name="offer_open_by_partner",
            ),
            models.Index(fields=["manufacturer", "due_at"], condition=models.Q(state="offered"), name="offer_due"),
            models.Index(
                fields=["manufacturer", "remind_at"],
                condition=models.Q(state="offered", reminded_at__isnull=True),
                name="offer_to_remind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.partner_id}"

    @property
    def is_open(self) -> bool:
        """Whether it can be answered now: its end counts, also where no worker has noted it yet."""
        return self.state == OfferState.OFFERED and self.due_at > timezone.now()
