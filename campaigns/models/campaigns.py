"""A campaign from its plan to what it did: whom it speaks to, what is said, what was sent, and what came back.

Partners read none of these tables: what a person answers comes in by a signed address, as the house.
"""

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commerce.models import EndCustomer, Product
from partners.models import COUNTRY, Audience, AudienceSnapshot, Contact, Partner
from tenancy.bulk import BulkModel
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


class Arm(models.TextChoices):
    PILOT = "pilot", _("Pilot run")
    REST = "rest", _("Roll-out")
    HOLDOUT = "holdout", _("Hold-out")


class Recipient(BulkModel):
    """A person as frozen at approval: how to reach them, which arm and variant they were drawn into, or why left out.

    What came back is kept here too, the first of each kind, so that a report is one pass over this table.
    """

    campaign = OwnedForeignKey(Campaign, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    partner = OwnedForeignKey(Partner, null=True, related_name="+", db_index=False)
    entrant = OwnedForeignKey(
        "SequenceEntrant", null=True, on_delete=models.CASCADE, related_name="recipients", db_index=False
    )
    """By which run through a sequence this person is written to; a company may go through one again, later."""
    contact = OwnedForeignKey(Contact, null=True, related_name="+", db_index=False)
    customer = OwnedForeignKey(EndCustomer, null=True, related_name="+", db_index=False)
    member = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)
    """Who gets a portal message."""
    name = models.CharField(_("name"), max_length=150)
    partner_name = models.CharField(_("partner"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=320, blank=True)
    """The e-mail address, number or name in the messenger that this campaign uses."""
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    country = models.CharField(_("country"), max_length=2, blank=True)
    grade = models.CharField(_("grade"), max_length=64, blank=True)
    left_out = models.CharField(_("left out because"), max_length=20, blank=True)
    """Of `campaigns.services.freezing`; empty: spoken to, or held out."""
    arm = models.CharField(_("part"), max_length=8, choices=Arm.choices, blank=True)
    variant = OwnedForeignKey(CampaignVariant, null=True, related_name="+", db_index=False)
    sent_at = models.DateTimeField(_("sent"), null=True)
    bounced_at = models.DateTimeField(_("came back"), null=True)
    opened_at = models.DateTimeField(_("mail opened"), null=True)
    clicked_at = models.DateTimeField(_("clicked"), null=True)
    replied_at = models.DateTimeField(_("answered"), null=True)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True)
    lead_at = models.DateTimeField(_("became a lead"), null=True)
    ordered_on = models.DateField(_("ordered"), null=True)
    order_amount = models.DecimalField(_("orders in base currency"), max_digits=20, decimal_places=4, default=0)
    known = models.JSONField(_("known before"), default=dict, db_default={})
    """Of past campaigns: what a file says was known of the person before it was sent."""
    chance = models.FloatField(_("chance to answer"), null=True)
    """As learned from past campaigns, 0 to 1, when the readers were scored."""

    class Meta:
        verbose_name = _("reader of a campaign")
        verbose_name_plural = _("readers of campaigns")
        indexes = [
            models.Index(fields=["manufacturer", "campaign", "arm", "id"], name="recipient_of_campaign"),
            models.Index(fields=["manufacturer", "partner", "sent_at"], name="recipient_of_partner"),
            models.Index(
                fields=["manufacturer", "contact", "sent_at"],
                condition=models.Q(contact__isnull=False),
                name="recipient_of_contact",
            ),
            models.Index(
                fields=["manufacturer", "customer", "sent_at"],
                condition=models.Q(customer__isnull=False),
                name="recipient_of_customer",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "campaign", "contact"],
                condition=models.Q(contact__isnull=False, entrant=None),
                name="recipient_contact_once",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "campaign", "customer"],
                condition=models.Q(customer__isnull=False),
                name="recipient_customer_once",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "campaign", "member"],
                condition=models.Q(member__isnull=False, contact=None, entrant=None),
                name="recipient_member_once",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "entrant", "campaign", "address"],
                condition=models.Q(entrant__isnull=False),
                name="recipient_entrant_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MailingState(models.TextChoices):
    PREPARING = "preparing", _("Being prepared")
    SENDING = "sending", _("Being sent")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    SENT = "sent", _("Sent")


class Mailing(OwnedModel):
    """One wave of a campaign: to the pilot, to the rest, or again to those who have not answered."""

    class Kind(models.TextChoices):
        PILOT = "pilot", _("Pilot run")
        ROLLOUT = "rollout", _("Roll-out")
        REMINDER = "reminder", _("Reminder")

    campaign = OwnedForeignKey(Campaign, on_delete=models.CASCADE, related_name="mailings")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=MailingState.choices, default=MailingState.PREPARING)
    starts_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    started_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("started by"))
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "campaign", "kind"],
                condition=~models.Q(kind="reminder"),
                name="mailing_once",
            )
        ]


class MessageState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Under way")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Not sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Came back")


class Message(BulkModel):
    """What one person is sent by one mailing: the row stands before anything is sent, so nobody is sent it twice."""

    pk = models.CompositePrimaryKey("manufacturer", "mailing", "recipient")
    mailing = OwnedForeignKey(Mailing, on_delete=models.CASCADE, related_name="messages", db_index=False)
    recipient = OwnedForeignKey(Recipient, on_delete=models.CASCADE, related_name="messages", db_index=False)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    """In its Message-ID and its links."""
    domain = models.CharField(max_length=255, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=MessageState.choices, default=MessageState.WAITING)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("why not"), max_length=500, blank=True)
    """A code of `campaigns.refusals`, or what the server said."""
    via = models.CharField(max_length=10, blank=True, default="", db_default="")
    """The channel it went by where that is not the campaign's: a text message in place of a messenger's."""
    gateway_key = models.CharField(max_length=100, blank=True, default="", db_default="")
    """What the gateway calls it, by which its receipts name it."""
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=4, null=True)
    """As the gateway told it, in the manufacturer's currency."""
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["manufacturer", "mailing", "due_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="message_due",
            ),
            models.Index(fields=["manufacturer", "key"], name="message_by_key"),
            models.Index(fields=["manufacturer", "recipient"], name="message_of_recipient"),
        ]


class ResponseKind(models.TextChoices):
    OPEN = "open", _("Mail opened")
    CLICK = "click", _("Clicked")
    ANSWER = "answer", _("Answered by a click")
    REPLY = "reply", _("Replied by mail")
    FORM = "form", _("Wrote by the form")
    UNSUBSCRIBE = "unsubscribe", _("Unsubscribed")
    BOUNCE = "bounce", _("Came back")
    COMPLAINT = "complaint", _("Complained of it")
    LEAD = "lead", _("Became a lead")
    ORDER = "order", _("Ordered")
    TYPED = "typed", _("Entered by staff")


class Response(BulkModel):
    """Something that came back from one person on one campaign; what a machine did is told apart and not counted."""

    pk = models.CompositePrimaryKey("manufacturer", "id")
    id = models.UUIDField(default=uuid.uuid4, editable=False)
    recipient = OwnedForeignKey(Recipient, on_delete=models.CASCADE, related_name="responses", db_index=False)
    kind = models.CharField(_("kind"), max_length=11, choices=ResponseKind.choices)
    at = models.DateTimeField(_("at"), db_default=Now())
    is_machine = models.BooleanField(_("by a machine"), default=False)
    detail = models.CharField(_("what"), max_length=1000, blank=True)
    """The link, the answer's code, the first words of a reply."""

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        indexes = [
            models.Index(fields=["manufacturer", "recipient", "at"], name="response_of_recipient"),
            models.Index(fields=["manufacturer", "at"], name="response_latest"),
        ]


class Suppression(OwnedModel):
    """An address that is never written to again by a campaign, and since what."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("Mail comes back")
        COMPLAINT = "complaint", _("Complained of it")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        STAFF = "staff", _("Entered by staff")

    channel = models.CharField(_("sending channel"), max_length=10, choices=CampaignChannel.choices)
    address = models.CharField(_("address"), max_length=320)
    """In small letters; numbers as digits alone."""
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    detail = models.CharField(_("what was said"), max_length=500, blank=True)
    campaign = OwnedForeignKey(Campaign, null=True, blank=True, related_name="+", verbose_name=_("campaign"))
    by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "channel", "address"], name="suppression_once")]
        indexes = [models.Index(fields=["manufacturer", "-at", "-id"], name="suppression_latest")]

    def __str__(self) -> str:
        return self.address


class CampaignSettings(OwnedModel):
    """How this manufacturer's campaigns are sent."""

    sender_name = models.CharField(_("sender's name"), max_length=120, blank=True)
    sender_email = models.EmailField(_("sender's address"), blank=True)
    reply_to = models.EmailField(_("answers to"), blank=True)
    postal_address = models.CharField(_("postal address in the foot of each mail"), max_length=300, blank=True)
    free_phone = models.CharField(
        _("free number to opt out"),
        max_length=40,
        blank=True,
        help_text=_("Named in advertising where a country's rules ask for it."),
    )
    weekly_cap = models.PositiveSmallIntegerField(
        _("mails to one person in a week at most"), default=3, validators=[MinValueValidator(1)]
    )
    quiet_from = models.TimeField(_("quiet from"), default="21:00")
    quiet_to = models.TimeField(_("quiet to"), default="08:00")
    tracks_opens = models.BooleanField(
        _("count opens"), default=True, help_text=_("By a picture in the mail; persons can refuse it on their page.")
    )
    bounce_address = models.EmailField(
        _("where mail that comes back goes"),
        blank=True,
        help_text=_("A mailbox of its own, which the portal reads. Empty: to the sender's address."),
    )
    sms_instead = models.BooleanField(
        _("text message where a messenger cannot reach the reader"), default=True, db_default=True
    )
    per_minute = models.PositiveIntegerField(
        _("mails a minute to one mail domain"), default=6000, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("how campaigns are sent")
        verbose_name_plural = _("how campaigns are sent")
        constraints = [models.UniqueConstraint(fields=["manufacturer"], name="campaign_settings_once")]
