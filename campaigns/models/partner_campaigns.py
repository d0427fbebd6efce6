"""Campaigns of partners (C-7): templates that are released to them, and what they send to customers of their own.

What a partner knows of its own customers is its own: the tables `PartnerWords`, `OwnCustomer`, `OwnSuppression` and
`OwnMessage` are private, which means that no role but the partner's may read them, not even to look on as one of its people.
The manufacturer reads `PartnerCampaign`: which template, and how many.
"""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models.recipients import MessageState
from partners.models import COUNTRY, Audience, Partner
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.models import Language, Membership, OwnedModel
from tenancy.translation import translated


class ReleaseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", _("Released")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PartnerTemplate(OwnedModel):
    """What partners may say to their customers in their own name: locked words, with places for theirs."""

    names = TranslatedField(_("name by language"))
    about = TranslatedField(_("when to use it, by language"), blank=True)
    audience = OwnedForeignKey(Audience, null=True, blank=True, related_name="+", verbose_name=_("audience"))
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    is_advertising = models.BooleanField(
        _("advertising"),
        default=True,
        help_text=_("The rules of each reader's country on advertising apply. News on an order or a contract is none."),
    )
    needs_logo = models.BooleanField(_("only with the partner's logo"), default=False)
    state = models.CharField(_("state"), max_length=9, choices=ReleaseState.choices, default=ReleaseState.DRAFT)
    released_at = models.DateTimeField(_("released"), null=True, editable=False)
    created_by = OwnedForeignKey(Membership, null=True, related_name="+", editable=False, verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("template for partners")
        verbose_name_plural = _("templates for partners")
        indexes = [
            models.Index(fields=["manufacturer", "state", "-updated_at", "-id"], name="partner_template_by_state")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="partner_template_ends_after_it_begins",
                violation_error_message=_("It ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return translated(self.names, "") or "–"

    @property
    def state_words(self) -> str:
        """Its state in words that mean templates alone."""
        if self.state == ReleaseState.RELEASED:
            return gettext("Released to partners")
        return str(self.get_state_display())

    @property
    def explanation(self) -> str:
        """When to use it, in the reader's language."""
        return translated(self.about, "")


class PartnerTemplateText(OwnedModel):
    """What a template says in one language. Places are written as `{own: what to write | what stands there else}`."""

    template = OwnedForeignKey(PartnerTemplate, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=200)
    preheader = models.CharField(_("first line in the inbox"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=20_000)
    answers = models.JSONField(_("answers by one click"), default=list, blank=True)
    """Of `campaigns.answers`."""

    class Meta:
        verbose_name = _("text of a template")
        verbose_name_plural = _("texts of templates")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "template", "language"],
                name="partner_template_text_once",
                violation_error_message=_("There is a text in this language already."),
            )
        ]


class OwnState(models.TextChoices):
    DRAFT = "draft", _("Being prepared")
    SENDING = "sending", _("Being sent")
    STOPPED = "stopped", _("Stopped")
    SENT = "sent", _("Sent")


class PartnerCampaign(OwnedModel):
    """A template that a partner sends. Written by the partner's login alone; the manufacturer reads the totals in it."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    template = OwnedForeignKey(PartnerTemplate, related_name="campaigns", verbose_name=_("template"))
    state = models.CharField(_("state"), max_length=8, choices=OwnState.choices, default=OwnState.DRAFT)
    started_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("sent by"))
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    started_at = models.DateTimeField(_("sent"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    people = models.PositiveIntegerField(_("people"), default=0)
    sent = models.PositiveIntegerField(_("sent"), default=0)
    opened = models.PositiveIntegerField(_("opened"), default=0)
    clicked = models.PositiveIntegerField(_("clicked"), default=0)
    answered = models.PositiveIntegerField(_("answered"), default=0)
    unsubscribed = models.PositiveIntegerField(_("unsubscribed"), default=0)
    bounced = models.PositiveIntegerField(_("came back"), default=0)

    class Meta:
        verbose_name = _("campaign of a partner")
        verbose_name_plural = _("campaigns of partners")
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="own_campaign_of_partner"),
            models.Index(fields=["manufacturer", "template", "partner"], name="own_campaign_of_template"),
            models.Index(
                fields=["manufacturer", "partner"], condition=models.Q(state="sending"), name="own_campaign_under_way"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "template"],
                condition=models.Q(state="draft"),
                name="own_campaign_one_draft",
            )
        ]


class PartnerWords(OwnedModel):
    """What a partner writes into the places of a template, and to which of its customers it goes. Private."""

    partner = OwnedForeignKey(Partner, related_name="+")
    campaign = OwnedForeignKey(PartnerCampaign, on_delete=models.CASCADE, related_name="words")
    words = models.JSONField(default=dict)
    """By language and place."""
    group = models.CharField(_("group"), max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["manufacturer", "campaign"], name="partner_words_once")]


class OwnCustomer(OwnedModel):
    """Somebody whom a partner writes to. Private."""

    partner = OwnedForeignKey(Partner, related_name="+")
    email = models.EmailField(_("e-mail"))
    """In small letters."""
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    country = models.CharField(_("country"), max_length=2, validators=[COUNTRY])
    group = models.CharField(_("group"), max_length=60, blank=True)
    agreed_on = models.DateField(_("agreed to advertising on"), null=True, blank=True)
    created_at = models.DateTimeField(_("put in"), default=timezone.now)

    class Meta:
        verbose_name = _("own customer")
        verbose_name_plural = _("own customers")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "partner", "email"], name="own_customer_once")]

    def __str__(self) -> str:
        return self.name or self.email


class OwnSuppression(OwnedModel):
    """An address that a partner's campaigns never write to again. Private."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCE = "bounce", _("Mail comes back")

    partner = OwnedForeignKey(Partner, related_name="+")
    email = models.CharField(_("e-mail"), max_length=320)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "partner", "email"], name="own_suppression_once")
        ]


class OwnMessage(OwnedModel):
    """What one customer is sent by one campaign of a partner: there before anything is sent, so that it is sent once. Private.

    Of a customer who is taken off the list it keeps the address alone, so that unsubscribing still works.
    """

    partner = OwnedForeignKey(Partner, related_name="+")
    campaign = OwnedForeignKey(PartnerCampaign, on_delete=models.CASCADE, related_name="messages")
    customer = OwnedForeignKey(OwnCustomer, null=True, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    email = models.CharField(_("e-mail"), max_length=320)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    country = models.CharField(_("country"), max_length=2)
    state = models.CharField(_("state"), max_length=8, choices=MessageState.choices, default=MessageState.WAITING)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(_("why not"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    clicked_at = models.DateTimeField(_("clicked"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answer = models.CharField(_("answer"), max_length=20, blank=True)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["manufacturer", "campaign", "due_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="own_message_due",
            ),
            models.Index(fields=["manufacturer", "partner", "email", "sent_at"], name="own_message_to"),
            models.Index(fields=["manufacturer", "customer"], name="own_message_of_customer"),
            models.Index(fields=["manufacturer", "key"], name="own_message_by_key"),
        ]
        constraints = [models.UniqueConstraint(fields=["manufacturer", "campaign", "email"], name="own_message_once")]
