"""What a campaign sent and what came back: who was frozen into it, what was said to them, and how they answered."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign, CampaignVariant
from commerce.models import EndCustomer
from partners.models import Contact, Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import Language, Membership, OwnedModel


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


MAILINGS_UNDER_WAY = (MailingState.SENDING, MailingState.PAUSED)


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


OPEN_MESSAGES = (MessageState.WAITING, MessageState.SENDING)
"""Of these it is not yet known what becomes of them."""


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
