"""Partners find partners: the card that one shows to the others, and what they ask each other (P-9)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import COUNTRY, Partner
from tenancy.fields import KeysField, OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel


class PartnerCard(OwnedModel):
    """What a partner shows of itself to other partners that show theirs. Nothing but these columns is seen by them."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    is_published = models.BooleanField(_("shown to other partners"), default=False)
    name = models.CharField(_("name"), max_length=200)
    kinds = KeysField(verbose_name=_("kinds"))
    specialisations = KeysField(verbose_name=_("specialisations"))
    region = models.CharField(_("region"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[COUNTRY])
    languages = KeysField(verbose_name=_("languages"))
    offers = models.CharField(_("what we offer"), max_length=500, blank=True)
    seeks = models.CharField(_("what we look for"), max_length=500, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("card of a partner")
        verbose_name_plural = _("cards of partners")
        constraints = [models.UniqueConstraint(fields=["manufacturer", "partner"], name="partner_card_once")]
        indexes = [models.Index(fields=["manufacturer", "name", "id"], name="partner_card_by_name")]

    def __str__(self) -> str:
        return self.name


class EnquiryKind(models.TextChoices):
    JOINT_BID = "joint_bid", _("Joint bid")
    REFERRAL = "referral", _("Referral")


class EnquiryState(models.TextChoices):
    OPEN = "open", _("Waits for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


@track()
class Enquiry(OwnedModel):
    """One partner asks another to bid together, or offers it a customer for a share."""

    asking = OwnedForeignKey(Partner, related_name="+", verbose_name=_("from"))
    asked = OwnedForeignKey(Partner, related_name="+", verbose_name=_("to"))
    asking_name = models.CharField(_("from"), max_length=200)
    asked_name = models.CharField(_("to"), max_length=200)
    """Neither can read the other's record; the names stand here as they stood on the cards."""
    kind = models.CharField(_("kind"), max_length=10, choices=EnquiryKind.choices)
    subject = models.CharField(_("subject"), max_length=150)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    share = models.DecimalField(
        _("agreed share in %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    state = models.CharField(_("state"), max_length=10, choices=EnquiryState.choices, default=EnquiryState.OPEN)
    by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("by"))
    by_name = models.CharField(_("by"), max_length=150)
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)
    answered_by_name = models.CharField(_("answered by"), max_length=150, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("enquiry between partners")
        verbose_name_plural = _("enquiries between partners")
        constraints = [
            models.CheckConstraint(condition=~models.Q(asking=models.F("asked")), name="enquiry_of_two"),
            models.CheckConstraint(
                condition=~models.Q(kind="referral") | models.Q(share__isnull=False), name="referral_has_share"
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "asking", "-created_at", "-id"], name="enquiry_by_asking"),
            models.Index(fields=["manufacturer", "asked", "-created_at", "-id"], name="enquiry_by_asked"),
            models.Index(fields=["manufacturer", "-created_at", "-id"], name="enquiry_by_time"),
        ]

    def __str__(self) -> str:
        return self.subject


class EnquiryMessage(OwnedModel):
    """What is said about an enquiry: by one of the two partners or, without a partner, by the manufacturer."""

    enquiry = OwnedForeignKey(Enquiry, on_delete=models.CASCADE, related_name="messages", verbose_name=_("enquiry"))
    partner = OwnedForeignKey(Partner, null=True, blank=True, related_name="+", verbose_name=_("partner"))
    by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("by"))
    by_name = models.CharField(_("by"), max_length=150)
    body = models.TextField(_("message"), max_length=4000)
    at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("message about an enquiry")
        verbose_name_plural = _("messages about enquiries")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["manufacturer", "enquiry", "at", "id"], name="enquiry_message_by_time")]

    def __str__(self) -> str:
        return self.body[:60]


class RewardState(models.TextChoices):
    DUE = "due", _("Due")
    PAID = "paid", _("Paid")


@track()
class IntroductionReward(OwnedModel):
    """What a partner gets for having introduced a company: an amount of money, or a favour (P-5)."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("introduced by"))
    prospect = OwnedForeignKey(
        "partners.Prospect", null=True, blank=True, related_name="rewards", verbose_name=_("company introduced")
    )
    company = models.CharField(_("company"), max_length=200, blank=True)
    """What the company is called: the introducer cannot read prospects."""
    amount = models.DecimalField(
        _("amount"), max_digits=18, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    favour = models.CharField(_("or a favour"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=4, choices=RewardState.choices, default=RewardState.DUE)
    due_on = models.DateField(_("due"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("recorded by"))
    created_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("reward for an introduction")
        verbose_name_plural = _("rewards for introductions")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=False) | ~models.Q(favour=""), name="reward_of_something"
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="reward_by_partner"),
            models.Index(fields=["manufacturer", "state", "due_on"], name="reward_by_state"),
        ]

    def __str__(self) -> str:
        return self.company or self.favour
