from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel


class Channel(models.TextChoices):
    PORTAL = "portal", _("Portal")
    MAIL = "mail", _("E-mail")


class Notice(BulkModel):
    """Something one person is told. Unique by recipient and key: told once, whatever is repeated."""

    recipient = OwnedForeignKey(Membership, related_name="notices", db_index=False, verbose_name=_("recipient"))
    partner = OwnedForeignKey("partners.Partner", null=True, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=50)
    key = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    is_important = models.BooleanField(_("must be confirmed"), default=False)
    in_inbox = models.BooleanField(_("in the inbox"), default=True, db_default=True)
    created_at = models.DateTimeField(_("told"), auto_now_add=True, db_default=models.functions.Now())
    read_at = models.DateTimeField(_("read"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    ends_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "recipient", "key"], name="notice_told_once")]
        indexes = [
            models.Index(fields=["manufacturer", "recipient", "-id"], name="notice_inbox"),
            models.Index(
                fields=["manufacturer", "recipient"],
                condition=models.Q(read_at=None),
                name="notice_unread",
            ),
            models.Index(
                fields=["manufacturer", "recipient"],
                condition=models.Q(is_important=True, confirmed_at=None),
                name="notice_to_confirm",
            ),
            models.Index(
                fields=["manufacturer", "partner", "-created_at", "-id"],
                condition=models.Q(partner__isnull=False),
                name="notice_by_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Not needed")


class Delivery(BulkModel):
    """A notice on its way through one channel: attempts and outcome.

    `due_at` is when it is to be tried next. Who has it in hand moves that ahead by a lease: should the worker die, it
    falls due again.
    """

    notice = OwnedForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    is_digest = models.BooleanField(_("in the digest"), default=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=DeliveryState.choices,
        default=DeliveryState.WAITING,
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), db_default=models.functions.Now())
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("error"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "notice", "channel"],
                name="delivery_once_per_channel",
            )
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "due_at"],
                condition=models.Q(state="waiting"),
                name="delivery_due",
            )
        ]


class Mode(models.TextChoices):
    ON = "on", _("At once")
    DIGEST = "digest", _("Daily digest")
    OFF = "off", _("Off")


class Preference(OwnedModel):
    """A member's choice for one kind of notice and channel; without one the kind's default holds."""

    member = OwnedForeignKey(Membership, on_delete=models.CASCADE, related_name="preferences", db_index=False)
    kind = models.CharField(_("kind"), max_length=50)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.ON)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "member", "kind", "channel"],
                name="preference_once",
            )
        ]


class QuietHours(OwnedModel):
    """When a member wants no mail: mails that fall into it wait until it ends. Hours of the manufacturer's zone."""

    member = models.OneToOneField(
        Membership,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="quiet_hours",
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("quiet hours")
        verbose_name_plural = _("quiet hours")
