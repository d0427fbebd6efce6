"""Every call, visit, mail and message with a partner, with the manufacturer's own codes for what it was about."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models.partner import Partner
from partners.models.people import Contact
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated


class CodeList(models.TextChoices):
    CHANNEL = "channel", _("Contact channel")
    SUBJECT = "subject", pgettext_lazy("of a contact", "Subject")
    OUTCOME = "outcome", _("Outcome")


class ContactCode(OwnedModel):
    """An entry of one of the manufacturer's lists; one may stand below another, and retire."""

    list = models.CharField(_("list"), max_length=8, choices=CodeList.choices)
    code = models.SlugField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    parent = OwnedForeignKey("self", null=True, blank=True, related_name="children", verbose_name=_("belongs to"))
    is_retired = models.BooleanField(_("retired"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("contact code")
        verbose_name_plural = _("contact codes")
        ordering = ["list", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "list", "code"],
                name="contact_code_once",
                violation_error_message=_("Another entry of this list has this code."),
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="contact_code_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class Direction(models.TextChoices):
    OUT = "out", _("Outgoing")
    IN = "in", _("Incoming")


class ContactEntry(OwnedModel):
    """One contact with a partner. Partners see those that are shared with them, and no others."""

    partner = OwnedForeignKey(Partner, related_name="contact_entries", db_index=False, verbose_name=_("partner"))
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices, default=Direction.OUT)
    channel = OwnedForeignKey(ContactCode, related_name="+", db_index=False, verbose_name=_("contact channel"))
    subject = OwnedForeignKey(
        ContactCode,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=pgettext_lazy("of a contact", "subject"),
    )
    outcome = OwnedForeignKey(
        ContactCode, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("outcome")
    )
    at = models.DateTimeField(_("when"))
    contact = OwnedForeignKey(
        Contact, null=True, blank=True, related_name="entries", db_index=False, verbose_name=_("talked with")
    )
    others = models.CharField(_("others who took part"), max_length=300, blank=True)
    by = OwnedForeignKey(
        Membership, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("noted by")
    )
    title = models.CharField(_("in one line"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("due on"), null=True, blank=True)
    is_shared = models.BooleanField(_("shared with the partner"), default=False)
    created_by = OwnedForeignKey(Membership, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contact history")
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-at", "-id"], name="entry_by_partner"),
            models.Index(fields=["manufacturer", "-at", "-id"], name="entry_latest"),
            models.Index(fields=["manufacturer", "contact", "-at", "-id"], name="entry_by_contact"),
        ]

    def __str__(self) -> str:
        return self.title


class ContactFile(OwnedModel):
    """A file of a contact, with the text that was found in it. As visible as its contact."""

    partner = OwnedForeignKey(Partner, related_name="+", db_index=False)
    entry = OwnedForeignKey(ContactEntry, on_delete=models.CASCADE, related_name="files", db_index=False)
    file = models.FileField(_("file"), max_length=300)
    original_name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    text = models.TextField(_("text found in it"), blank=True)
    imported_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["manufacturer", "entry"], name="contact_file_of")]
        constraints = [
            # The same mail or scan is filed once with a partner, however often it is brought in.
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "imported_sha256"],
                condition=~models.Q(imported_sha256=""),
                name="contact_file_imported_once",
            )
        ]

    def __str__(self) -> str:
        return self.original_name
