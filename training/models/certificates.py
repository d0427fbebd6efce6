"""Certificates (E-3): what who has passed a course can show, and how the manufacturer's looks."""

import datetime as dt
import secrets

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated
from training.models.courses import Course
from training.models.learning import Enrolment

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capitals that nobody takes for another; 16 of them are 79 random bits."""
GROUPS, GROUP = 4, 4
ENDING_WITHIN = dt.timedelta(days=60)


def new_number() -> str:
    """A number that nobody can guess: K7QM-2WXR-9TBD-4HFC."""
    return "-".join("".join(secrets.choice(SIGNS) for _sign in range(GROUP)) for _group in range(GROUPS))


class CertificateState(models.TextChoices):
    """How it stands with a certificate on a day."""

    VALID = "valid", _("Valid")
    ENDING = "ending", _("Runs out soon")
    EXPIRED = "expired", _("Run out")
    WITHDRAWN = "withdrawn", pgettext_lazy("certificate", "Withdrawn")


class Certificate(BulkModel):
    """That somebody has passed a course. Names are those of the day of issue; withdrawn, it stays to be asked about.

    Of an enrolment there is one that is not withdrawn, so that passing twice at once issues one.
    """

    number = models.CharField(_("number"), max_length=24, default=new_number)
    enrolment = OwnedForeignKey(
        Enrolment, on_delete=models.CASCADE, db_index=False, related_name="certificates", verbose_name=_("enrolment")
    )
    course = OwnedForeignKey(Course, db_index=False, related_name="certificates", verbose_name=_("course"))
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="certificates", verbose_name=_("partner")
    )
    member = OwnedForeignKey(
        Membership, on_delete=models.CASCADE, db_index=False, related_name="certificates", verbose_name=_("person")
    )
    holder = models.CharField(_("name"), max_length=150)
    company = models.CharField(_("company"), max_length=255)
    titles = TranslatedField(_("course by language"))
    issued_on = models.DateField(_("issued"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_reason = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)
    withdrawn_by = OwnedForeignKey(
        Membership, null=True, db_index=False, related_name="+", verbose_name=_("withdrawn by")
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "number"], name="certificate_number_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "enrolment"],
                condition=Q(withdrawn_at=None),
                name="certificate_once_per_enrolment",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("issued_on")),
                name="certificate_ends_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""), name="certificate_withdrawn_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "-issued_on", "-id"], name="certificate_by_issue"),
            models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="certificate_by_partner"),
            models.Index(fields=["manufacturer", "member", "course"], name="certificate_by_person"),
            models.Index(
                fields=["manufacturer", "valid_until"],
                condition=Q(withdrawn_at=None, valid_until__isnull=False),
                name="certificate_running_out",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        """The course, in the reader's language."""
        return translated(self.titles, "–")

    def state_on(self, day: dt.date) -> CertificateState:
        """How it stands on a day that is not before its issue."""
        if self.withdrawn_at is not None:
            return CertificateState.WITHDRAWN
        if self.valid_until is None or self.valid_until > day + ENDING_WITHIN:
            return CertificateState.VALID
        return CertificateState.ENDING if self.valid_until >= day else CertificateState.EXPIRED


@track()
class CertificateTemplate(OwnedModel):
    """How the manufacturer's certificates look; without one they look as the portal does."""

    headings = TranslatedField(_("heading by language"), blank=True)
    texts = TranslatedField(_("text by language"), blank=True)
    signatory = models.CharField(_("who signs"), max_length=100, blank=True)
    roles = TranslatedField(_("their position, by language"), blank=True)
    logo = models.FileField(_("logo"), max_length=300, blank=True)
    signature = models.FileField(_("picture of the signature"), max_length=300, blank=True)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour such as #0f5e69."))],
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("template of certificates")
        verbose_name_plural = _("templates of certificates")
        constraints = [models.UniqueConstraint(fields=["manufacturer"], name="certificate_template_once")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
