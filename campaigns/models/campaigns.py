"""A campaign from its plan to what it did: whom it speaks to, what is said, what was sent, and what came back.

Partners read none of these tables: what a person answers comes in by a signed address, as the house.
"""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commerce.models import Product
from partners.models import COUNTRY, Audience, AudienceSnapshot
from tenancy.fields import KeysField, OwnedForeignKey
from tenancy.history import track
from tenancy.models import Language, Membership, OwnedModel

CAMPAIGN_SUBJECT = "campaigns.campaign"
"""Its key among the subjects of approvals."""
CARRIER_MARK = " · "
"""Stands before the number in the name of what carries a message of a sequence."""
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class CampaignState(models.TextChoices):
    PLAN = "plan", _("Being planned")
    APPROVAL = "approval", _("In approval")
    FREEZING = "freezing", _("Readers being frozen")
    APPROVED = "approved", _("Approved")
    PILOT = "pilot", _("Pilot run")
    DECISION = "decision", _("Go or stop")
    ROLLOUT = "rollout", _("Roll-out")
    MEASURING = "measuring", _("Measuring")
    ANALYSED = "analysed", _("Analysed")
    CLOSED = "closed", _("Completed")
    STOPPED = "stopped", _("Stopped")


NEXT_CAMPAIGN_STATES: dict[str, frozenset[str]] = {
    CampaignState.PLAN: frozenset({CampaignState.APPROVAL, CampaignState.STOPPED}),
    CampaignState.APPROVAL: frozenset({CampaignState.PLAN, CampaignState.FREEZING}),
    CampaignState.FREEZING: frozenset({CampaignState.PLAN, CampaignState.APPROVED}),
    CampaignState.APPROVED: frozenset(
        {CampaignState.PLAN, CampaignState.PILOT, CampaignState.ROLLOUT, CampaignState.STOPPED}
    ),
    CampaignState.PILOT: frozenset({CampaignState.DECISION, CampaignState.STOPPED}),
    CampaignState.DECISION: frozenset({CampaignState.ROLLOUT, CampaignState.STOPPED}),
    CampaignState.ROLLOUT: frozenset({CampaignState.MEASURING, CampaignState.STOPPED}),
    CampaignState.MEASURING: frozenset({CampaignState.ANALYSED}),
    CampaignState.ANALYSED: frozenset({CampaignState.CLOSED}),
    CampaignState.CLOSED: frozenset(),
    CampaignState.STOPPED: frozenset({CampaignState.ANALYSED}),
}
"""Which states may follow which. A campaign without an approval line or a pilot leaves these out."""


class CampaignChannel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PORTAL = "portal", _("Portal message")
    MESSENGER = "messenger", _("Messenger")
    SMS = "sms", _("Text message")
    POST = "post", _("Post")
    FAX = "fax", _("Fax")


class Readers(models.TextChoices):
    """Who of the partners in the audience is spoken to."""

    PEOPLE = "people", _("People at the partners")
    USERS = "users", _("People with a place in the portal")
    CUSTOMERS = "customers", _("End customers of the partners")


class CampaignGoal(models.TextChoices):
    """What the campaign is planned against; each is a share of those it was sent to, or what they bought."""

    CLICKS = "clicks", _("Click rate")
    REPLIES = "replies", _("Reply rate")
    LEADS = "leads", _("Leads")
    ORDERS = "orders", _("Share that ordered")
    ORDER_AMOUNT = "order_amount", _("Orders, in the base currency")


class CampaignManager(models.Manager["Campaign"]):
    """What people plan as campaigns: without those that only carry a message of a sequence."""

    def get_queryset(self) -> models.QuerySet["Campaign"]:
        return super().get_queryset().filter(is_carrier=False)


@track()
class Campaign(OwnedModel):
    """What is said to whom, against a number, and what it did.

    A message of a sequence is sent as one too (`is_carrier`), so that it goes by the same rules and is counted alike.
    """

    objects = CampaignManager()
    every: ClassVar[models.Manager["Campaign"]] = models.Manager()

    is_carrier = models.BooleanField(default=False, db_default=False, editable=False)
    """Sends a message of a sequence: its page is the sequence's, and it has no plan, pilot or report of its own."""
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=CampaignState.choices, default=CampaignState.PLAN)
    owner = OwnedForeignKey(Membership, related_name="campaigns", verbose_name=_("owner"))
    purpose = models.TextField(_("what it is for"), blank=True, max_length=2000)
    goal = models.CharField(_("goal"), max_length=12, choices=CampaignGoal.choices, default=CampaignGoal.REPLIES)
    goal_value = models.DecimalField(
        _("goal as a number"),
        max_digits=18,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        help_text=_("Per cent for rates, a number for leads, an amount for orders."),
    )
    channel = models.CharField(
        _("sending channel"), max_length=10, choices=CampaignChannel.choices, default=CampaignChannel.EMAIL
    )
    is_advertising = models.BooleanField(
        _("advertising"),
        default=True,
        help_text=_("The rules of each reader's country on advertising apply. News on an order or a contract is none."),
    )
    readers = models.CharField(_("readers"), max_length=10, choices=Readers.choices, default=Readers.PEOPLE)
    roles = KeysField(verbose_name=_("only these roles"), db_default=[])
    """Of `ContactRole`; empty: all."""
    audience = OwnedForeignKey(Audience, null=True, blank=True, related_name="+", verbose_name=_("audience"))
    excluded = OwnedForeignKey(Audience, null=True, blank=True, related_name="+", verbose_name=_("but not"))
    snapshot = OwnedForeignKey(
        AudienceSnapshot, null=True, blank=True, editable=False, related_name="+", verbose_name=_("frozen audience")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    rollout_on = models.DateField(
        _("roll-out on"),
        null=True,
        blank=True,
        help_text=_("With a pilot: when the others are written to. By then it is decided whether to go on."),
    )
    window_days = models.PositiveSmallIntegerField(
        _("days in which answers and orders count"),
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    budget = models.DecimalField(
        _("budget"), max_digits=18, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    product = OwnedForeignKey(Product, null=True, blank=True, related_name="+", verbose_name=_("product"))
    offer_price = models.DecimalField(
        _("price"), max_digits=18, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    payment_terms = models.CharField(_("payment terms"), max_length=200, blank=True)
    delivery_terms = models.CharField(_("delivery terms"), max_length=200, blank=True)
    offer_until = models.DateField(_("offer ends"), null=True, blank=True)
    holdout = models.FloatField(
        _("hold-out"),
        default=10,
        validators=[MinValueValidator(0), MaxValueValidator(50)],
        help_text=_("Per cent of the readers that get nothing by any channel, so that the effect is measured."),
    )
    pilot_size = models.PositiveIntegerField(
        _("readers of the pilot"), default=0, help_text=_("0: no pilot, all at once.")
    )
    pilot_goal = models.CharField(
        _("go if the"), max_length=12, choices=CampaignGoal.choices, default=CampaignGoal.REPLIES
    )
    pilot_at_least = models.FloatField(_("is at least, in %"), default=3, validators=PERCENT)
    pilot_level = models.FloatField(
        _("with a certainty of, in %"), default=95, validators=[MinValueValidator(50), MaxValueValidator(99.9)]
    )
    seed = models.PositiveIntegerField(default=0, editable=False)
    """Of the draw of arms: with the frozen readers it gives the same arms again."""
    left_out = models.JSONField(default=dict, editable=False)
    """How many were left out at approval, by reason."""
    arms = models.JSONField(default=dict, db_default={}, editable=False)
    """How many readers were drawn into which arm at approval."""
    verdict = models.JSONField(default=dict, editable=False)
    """What the rule of the pilot said when it was decided."""
    is_imported = models.BooleanField(_("brought in from a file"), default=False, db_default=False, editable=False)
    frozen_at = models.DateTimeField(_("audience frozen"), null=True, blank=True, editable=False)
    created_by = OwnedForeignKey(Membership, null=True, related_name="+", editable=False, verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True, db_default=Now())

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        indexes = [
            models.Index(fields=["manufacturer", "-starts_on", "-id"], name="campaign_latest"),
            models.Index(fields=["manufacturer", "state", "-id"], name="campaign_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "name"],
                name="campaign_name_once",
                violation_error_message=_("Another campaign has this name."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="campaign_ends_after_start",
                violation_error_message=_("The end lies before the start."),
            ),
            models.CheckConstraint(
                condition=models.Q(rollout_on__isnull=True)
                | models.Q(rollout_on__gt=models.F("starts_on"), rollout_on__lte=models.F("ends_on")),
                name="campaign_rolls_out_in_time",
                violation_error_message=_("The roll-out comes after the start and within the period."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """What it is called; one of a sequence by the sequence's name, without the number that tells its messages apart."""
        return self.name.rpartition(CARRIER_MARK)[0] if self.is_carrier else self.name


class CampaignStep(OwnedModel):
    """One step of a campaign's life: from where to where, by whom, when and why. Nobody changes it afterwards."""

    campaign = OwnedForeignKey(Campaign, on_delete=models.CASCADE, related_name="steps")
    from_state = models.CharField(max_length=10, choices=CampaignState.choices)
    to_state = models.CharField(max_length=10, choices=CampaignState.choices)
    note = models.CharField(_("why"), max_length=1000, blank=True)
    by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("on"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("step of a campaign")
        verbose_name_plural = _("steps of campaigns")
        ordering = ["-at", "-pk"]


class CampaignCost(OwnedModel):
    """A line of what a campaign costs, as planned and as it came."""

    campaign = OwnedForeignKey(Campaign, on_delete=models.CASCADE, related_name="costs")
    what = models.CharField(_("what"), max_length=120)
    planned = models.DecimalField(
        _("planned"), max_digits=18, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    actual = models.DecimalField(
        _("spent"), max_digits=18, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("cost of a campaign")
        verbose_name_plural = _("costs of campaigns")
        ordering = ["pk"]


class CampaignCheck(OwnedModel):
    """Something to be done before a campaign goes out."""

    campaign = OwnedForeignKey(Campaign, on_delete=models.CASCADE, related_name="checks")
    what = models.CharField(_("what"), max_length=200)
    order = models.PositiveSmallIntegerField(default=0)
    done_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("done by"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("check of a campaign")
        verbose_name_plural = _("checks of campaigns")
        ordering = ["order", "pk"]


class CampaignVariant(OwnedModel):
    """One way of saying it: A, B or C. Readers are drawn into variants by their shares."""

    campaign = OwnedForeignKey(Campaign, on_delete=models.CASCADE, related_name="variants")
    label = models.CharField(_("variant"), max_length=1)
    about = models.CharField(_("what is different"), max_length=200, blank=True)
    share = models.PositiveSmallIntegerField(
        _("share"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["label"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "campaign", "label"], name="campaign_variant_once")
        ]

    def __str__(self) -> str:
        return self.label


class CampaignContent(OwnedModel):
    """What a variant says in one language, and where a country needs words of its own, in that country.

    Texts are Markdown with personal fields such as {name}; `{name|customer}` says what stands where there is none.
    """

    variant = OwnedForeignKey(CampaignVariant, on_delete=models.CASCADE, related_name="contents")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    subject = models.CharField(_("subject"), max_length=200)
    preheader = models.CharField(_("first line in the inbox"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=20_000)
    answers = models.JSONField(_("answers by one click"), default=list, blank=True)
    """Of `campaigns.answers`: which one-click answers the text offers, in order."""
    template = OwnedForeignKey(
        "MessengerTemplate",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contents",
        verbose_name=_("template of the messenger"),
    )
    """What is sent by messenger or text message: words that were approved before."""

    class Meta:
        verbose_name = _("text of a campaign")
        verbose_name_plural = _("texts of campaigns")
        ordering = ["language", "country"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "variant", "language", "country"],
                name="campaign_content_once",
                violation_error_message=_("There is a text for this language and country already."),
            )
        ]
