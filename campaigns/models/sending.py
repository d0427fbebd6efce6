"""The rules of sending: who may not be written to, what persons chose to get, the house's limits, and messengers' templates."""

from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign, CampaignChannel
from commerce.models import EndCustomer
from partners.models import Contact
from tenancy.fields import OwnedForeignKey
from tenancy.models import Language, Membership, OwnedModel


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


class ReaderChoice(OwnedModel):
    """What the owner of an address said on the preference page beyond the channels, which are suppressed addresses."""

    address = models.CharField(_("address"), max_length=320)
    """As in `Suppression`."""
    refuses_opens = models.BooleanField(_("does not want opens counted"), default=False)
    night_since = models.DateTimeField(_("agreed to advertising by night"), null=True)
    reminded_at = models.DateTimeField(_("reminded of the consent"), null=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=Now())

    class Meta:
        verbose_name = _("choice of a reader")
        verbose_name_plural = _("choices of readers")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "address"], name="reader_choice_once")]

    def __str__(self) -> str:
        return self.address


class NoticeState(models.TextChoices):
    """What became of a notice, as `campaigns.selectors.consents` finds it."""

    WAITING = "waiting", _("Still to be sent")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Could not be delivered")
    DROPPED = "dropped", _("Not sent")
    ENDED = "ended", _("Consent ended by it")


NOT_NEEDED = "withdrawn"
"""Stands for the reason where the consent ended before its notice went out."""


class ConsentNotice(OwnedModel):
    """That a person was told of what they agreed to, as a country's rules ask for from time to time; kept as the proof."""

    key = models.UUIDField(db_default=RandomUUID(), editable=False)
    """By which what comes back is known, as in `Message`."""
    contact = OwnedForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("contact"))
    customer = OwnedForeignKey(
        EndCustomer, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("end customer")
    )
    name = models.CharField(_("name"), max_length=150)
    channel = models.CharField(
        _("by"),
        max_length=10,
        choices=CampaignChannel.choices,
        default=CampaignChannel.EMAIL,
        db_default=CampaignChannel.EMAIL,
    )
    """A mail, or a text message to who has no address for mail."""
    address = models.CharField(_("address"), max_length=320)
    """As in `Suppression`."""
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    country = models.CharField(_("country"), max_length=2)
    agreed = models.JSONField(_("agreed to"), default=dict)
    """The day by channel."""
    addresses = models.JSONField(default=list)
    """As in `ReaderChoice`: these count as reminded once it is sent."""
    created_at = models.DateTimeField(_("made"), auto_now_add=True, db_default=Now())
    mail_tried_at = models.DateTimeField(null=True)
    mail_sent_at = models.DateTimeField(_("sent"), null=True)
    mail_refused = models.CharField(_("why not"), max_length=500, blank=True, default="")
    """What a server or the gateway said, at once or later; or `NOT_NEEDED`."""
    noted_at = models.DateTimeField(null=True)
    """When its addresses were marked as reminded."""
    ended_at = models.DateTimeField(_("consent ended"), null=True)

    class Meta:
        verbose_name = _("notice of consent")
        verbose_name_plural = _("notices of consent")
        indexes = [
            models.Index(fields=["manufacturer", "-created_at", "-id"], name="consent_notice_latest"),
            models.Index(fields=["manufacturer", "address"], name="consent_notice_of_address"),
            models.Index(fields=["manufacturer", "key"], name="consent_notice_by_key"),
            models.Index(
                fields=["manufacturer"],
                condition=~models.Q(mail_refused__in=["", NOT_NEEDED]),
                name="consent_notice_not_reached",
            ),
            models.Index(
                fields=["manufacturer", "created_at"],
                condition=models.Q(mail_sent_at=None, mail_refused=""),
                name="consent_notice_not_sent",
            ),
            models.Index(
                fields=["manufacturer", "mail_sent_at"],
                condition=models.Q(mail_sent_at__isnull=False, noted_at=None),
                name="consent_notice_not_noted",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "contact"],
                condition=models.Q(contact__isnull=False, mail_sent_at=None, mail_refused=""),
                name="consent_notice_contact_once",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "customer"],
                condition=models.Q(customer__isnull=False, mail_sent_at=None, mail_refused=""),
                name="consent_notice_customer_once",
            ),
        ]

    def __str__(self) -> str:
        return self.address


class LinkCheck(OwnedModel):
    """Where a link in a text led when it was last followed."""

    class Result(models.TextChoices):
        FINE = "fine", _("leads somewhere")
        BROKEN = "broken", _("leads nowhere")
        UNKNOWN = "unknown", _("could not be followed")

    url = models.CharField(_("link"), max_length=2000)
    result = models.CharField(_("result"), max_length=7, choices=Result.choices)
    detail = models.CharField(_("what was said"), max_length=200, blank=True)
    checked_at = models.DateTimeField(_("checked"))

    class Meta:
        verbose_name = _("check of a link")
        verbose_name_plural = _("checks of links")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "url"], name="link_check_once")]

    def __str__(self) -> str:
        return self.url


class TemplateState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    QUEUED = "queued", _("Being handed in")
    SUBMITTED = "submitted", pgettext_lazy("template", "Handed in")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", pgettext_lazy("template", "Rejected")
    RETIRED = "retired", _("Retired")


class MessengerTemplate(OwnedModel):
    """Words that go by messenger or text message. Once handed in they do not change; a new wording is a new template."""

    name = models.CharField(_("name"), max_length=80)
    channel = models.CharField(
        _("by"),
        max_length=10,
        choices=[(CampaignChannel.MESSENGER, _("Messenger")), (CampaignChannel.SMS, _("Text message"))],
        default=CampaignChannel.MESSENGER,
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    body = models.TextField(_("text"), max_length=1000)
    """With personal fields as in contents."""
    answers = models.JSONField(_("buttons"), default=list, blank=True)
    """Of `campaigns.answers`: each button leads to a page that answers without signing in."""
    sms_text = models.CharField(
        _("text message in its place"),
        max_length=300,
        blank=True,
        help_text=_("Sent where the messenger cannot reach the reader; empty: nothing is sent then."),
    )
    state = models.CharField(_("state"), max_length=9, choices=TemplateState.choices, default=TemplateState.DRAFT)
    gateway_key = models.CharField(_("key at the gateway"), max_length=100, blank=True, editable=False)
    reason = models.CharField(_("why it was rejected"), max_length=500, blank=True, editable=False)
    """Of a draft: why it could not be handed in."""
    submitted_at = models.DateTimeField(_("handed in"), null=True, editable=False)
    tried_at = models.DateTimeField(null=True, editable=False)
    """Since when a worker asks the gateway."""
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    created_by = OwnedForeignKey(Membership, null=True, related_name="+", editable=False, verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True, db_default=Now())

    class Meta:
        verbose_name = _("template of a messenger")
        verbose_name_plural = _("templates of messengers")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "name", "language"],
                name="messenger_template_once",
                violation_error_message=_("There is a template of this name in this language already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_language_display()}"
