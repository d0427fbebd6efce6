"""Agreements with partners, the templates they are made from, and the compliance papers that partners hand in."""

import datetime as dt
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jobs.models import Job
from partners.models.partner import Activity, Partner, PartnerKind
from tenancy.fields import KeysField, OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Language, Membership, OwnedModel
from tenancy.translation import translated


class Renewal(models.TextChoices):
    """What happens at the end of an agreement's term."""

    ENDS = "ends", _("It ends")
    AUTOMATIC = "automatic", _("It renews itself unless notice is given")
    AGAIN = "again", _("It has to be accepted again")


AGREEMENT_SUBJECT = "partners.agreement"
"""Its key among the subjects of approvals."""


@track()
class AgreementType(OwnedModel):
    """What an agreement is for (dealer agreement, confidentiality ...), with the terms that are usual for it."""

    code = models.SlugField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    kinds: Any = models.ManyToManyField(
        PartnerKind,
        through="AgreementTypeKind",
        related_name="+",
        blank=True,
        verbose_name=_("for kinds of partner"),
    )
    guards = KeysField(verbose_name=_("without it a partner may not"))
    term_months = models.PositiveSmallIntegerField(
        _("term in months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    renewal = models.CharField(_("at the end of the term"), max_length=10, choices=Renewal, default=Renewal.ENDS)
    notice_months = models.PositiveSmallIntegerField(
        _("notice in months"), default=3, validators=[MaxValueValidator(60)]
    )
    needs_approval = models.BooleanField(_("needs approval before it is sent"), default=True, db_default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("agreement template")
        verbose_name_plural = _("agreement templates")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="agreement_type_code_once",
                violation_error_message=_("Another template has this code."),
            ),
            models.CheckConstraint(
                condition=models.Q(renewal=Renewal.ENDS) | models.Q(term_months__isnull=False),
                name="agreement_type_renewal_has_term",
                violation_error_message=_("Only an agreement with a term can be renewed. Give the term in months."),
            ),
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)


class AgreementTypeKind(OwnedModel):
    """A kind of partner that a type of agreement is for; a type without any is for all kinds."""

    type = OwnedForeignKey(AgreementType, on_delete=models.CASCADE, related_name="+")
    kind = OwnedForeignKey(PartnerKind, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["manufacturer", "type", "kind"], name="agreement_kind_once")]


@track()
class AgreementTemplate(OwnedModel):
    """A version of an agreement's text, by language in Markdown with placeholders. Frozen once an agreement uses it."""

    type = OwnedForeignKey(AgreementType, related_name="versions", verbose_name=_("template"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    texts = TranslatedField(_("text by language"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("published by"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("version of an agreement template")
        verbose_name_plural = _("versions of agreement templates")
        ordering = ["type", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "type", "version"], name="agreement_template_version_once"),
            models.UniqueConstraint(
                fields=["manufacturer", "type"],
                condition=models.Q(published_at=None),
                name="agreement_template_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.version}"


class AgreementState(models.TextChoices):
    """Where an agreement stands. One that is accepted runs from its first day to its last."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Waiting for acceptance")
    ACCEPTED = "accepted", _("Accepted")
    ENDED = "ended", _("Ended")
    TERMINATED = "terminated", _("Terminated")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


NEXT_AGREEMENT_STATES: dict[str, frozenset[AgreementState]] = {
    AgreementState.DRAFT: frozenset({AgreementState.SENT, AgreementState.WITHDRAWN}),
    AgreementState.SENT: frozenset({AgreementState.ACCEPTED, AgreementState.REFUSED, AgreementState.WITHDRAWN}),
    AgreementState.ACCEPTED: frozenset({AgreementState.ENDED, AgreementState.TERMINATED}),
    AgreementState.ENDED: frozenset(),
    AgreementState.TERMINATED: frozenset(),
    AgreementState.REFUSED: frozenset(),
    AgreementState.WITHDRAWN: frozenset(),
}
"""What may follow each state of an agreement; the database holds it too."""


@track(exclude=["text"])
class Agreement(OwnedModel):
    """An agreement with a partner: the exact text, its term, and who accepted it. The text cannot change once sent."""

    partner = OwnedForeignKey(Partner, related_name="agreements", verbose_name=_("partner"))
    type = OwnedForeignKey(AgreementType, related_name="agreements", verbose_name=_("type"))
    template = OwnedForeignKey(AgreementTemplate, related_name="agreements", verbose_name=_("template"))
    first = OwnedForeignKey("self", null=True, blank=True, related_name="renewals", verbose_name=_("renews"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    text = models.TextField(_("text"))
    text_sha256 = models.CharField(_("SHA-256 of the text"), max_length=64, editable=False, default="")
    starts_on = models.DateField(_("first day"))
    term_months = models.PositiveSmallIntegerField(_("term in months"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    renewal = models.CharField(_("at the end of the term"), max_length=10, choices=Renewal, default=Renewal.ENDS)
    notice_months = models.PositiveSmallIntegerField(_("notice in months"), default=3)
    state = models.CharField(_("state"), max_length=10, choices=AgreementState, default=AgreementState.DRAFT)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("accepted by"))
    accepted_name = models.CharField(_("name"), max_length=150, blank=True)
    accepted_role = models.CharField(_("position"), max_length=100, blank=True)
    accepted_address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    notice_on = models.DateField(_("notice given"), null=True, blank=True)
    notice_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("notice by"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    pdf = models.FileField(_("PDF"), blank=True, max_length=300)
    job = OwnedForeignKey(Job, null=True, blank=True, related_name="+", verbose_name=_("job"))

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "first", "version"], name="agreement_renewed_once"),
            models.UniqueConstraint(fields=["manufacturer", "job", "partner"], name="agreement_once_per_job"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="agreement_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["accepted", "ended", "terminated"])
                | (models.Q(accepted_at__isnull=False) & ~models.Q(accepted_name="")),
                name="agreement_accepted_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "type", "state"], name="agreement_by_partner"),
            models.Index(fields=["manufacturer", "ends_on", "id"], name="agreement_by_end"),
            models.Index(fields=["manufacturer", "state", "id"], name="agreement_by_state"),
            *(
                models.Index(fields=["manufacturer", "partner", f"-{moment}", "-id"], name=f"agreement_{moment}")
                for moment in ("sent_at", "accepted_at", "closed_at")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_terminated(self) -> bool:
        """Whether notice has been given."""
        return self.notice_on is not None

    @property
    def state_now(self) -> str:
        """`shown_state` as of the manufacturer's own today."""
        return self.shown_state(timezone.localdate())

    def runs_on(self, day: dt.date) -> bool:
        """Whether it is in force on a day. One that renews itself runs on, whether or not the renewal is written yet."""
        renews = self.renewal == Renewal.AUTOMATIC and not self.is_terminated
        return (
            self.state == AgreementState.ACCEPTED
            and self.starts_on <= day
            and (self.ends_on is None or self.ends_on >= day or renews)
        )

    def shown_state(self, day: dt.date) -> str:
        """The state as a reader is told it: `running` and `notice` (running out after notice) beside the stored ones."""
        if not self.runs_on(day):
            return self.state
        return "notice" if self.is_terminated else "running"


class PaperType(OwnedModel):
    """A compliance paper that the manufacturer wants to see: licence, insurance, certificate ..."""

    code = models.SlugField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    explanations = TranslatedField(_("what it is, by language"), blank=True)
    kinds: Any = models.ManyToManyField(
        PartnerKind,
        through="PaperTypeKind",
        related_name="+",
        blank=True,
        verbose_name=_("needed from kinds of partner"),
    )
    is_required = models.BooleanField(_("needed"), default=True)
    has_expiry = models.BooleanField(_("runs out"), default=True)
    has_number = models.BooleanField(_("has a number"), default=False)
    guards = KeysField(verbose_name=_("without it a partner may not"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("type of compliance paper")
        verbose_name_plural = _("types of compliance paper")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="paper_type_code_once",
                violation_error_message=_("Another type has this code."),
            )
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)

    @property
    def guard_labels(self) -> list[str]:
        """What partners may not do without it."""
        return [str(activity.label) for activity in Activity if activity in self.guards]


class PaperTypeKind(OwnedModel):
    """A kind of partner that a paper is needed from; a type without any is needed from all kinds."""

    type = OwnedForeignKey(PaperType, on_delete=models.CASCADE, related_name="+")
    kind = OwnedForeignKey(PartnerKind, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["manufacturer", "type", "kind"], name="paper_kind_once")]


class PaperState(models.TextChoices):
    """What staff said of a paper."""

    WAITING = "waiting", _("Waiting for review")
    ACCEPTED = "accepted", pgettext_lazy("paper", "Accepted")
    REFUSED = "refused", _("Refused")


class Paper(OwnedModel):
    """A compliance paper as it was handed in. It stays as it was; a newer one stands beside it."""

    partner = OwnedForeignKey(Partner, related_name="papers", verbose_name=_("partner"))
    type = OwnedForeignKey(PaperType, related_name="papers", verbose_name=_("type"))
    number = models.CharField(_("number"), max_length=80, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    file = models.FileField(_("file"), max_length=300)
    original_name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=PaperState, default=PaperState.WAITING)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    uploaded_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("handed in by"))
    uploaded_at = models.DateTimeField(_("handed in"), auto_now_add=True)
    reviewed_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("reviewed by"))
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)

    class Meta:
        verbose_name = _("compliance paper")
        verbose_name_plural = _("compliance papers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_until=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="paper_valid_until_after_from",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(reason=""), name="paper_refused_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "type", "-id"], name="paper_by_partner"),
            models.Index(fields=["manufacturer", "valid_until", "id"], name="paper_by_end"),
            models.Index(fields=["manufacturer", "id"], condition=models.Q(state="waiting"), name="paper_waiting"),
            *(
                models.Index(fields=["manufacturer", "partner", f"-{moment}", "-id"], name=f"paper_{moment}")
                for moment in ("uploaded_at", "reviewed_at", "valid_until")
            ),
        ]

    def __str__(self) -> str:
        return str(self.type)
