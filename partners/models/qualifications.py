"""What partners and their people have proved they can do; it may stand before leads, deals, marketing money or the public page (E-3)."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Activity, Partner, PartnerKind
from tenancy.bulk import BulkModel
from tenancy.fields import KeysField, OwnedForeignKey, TranslatedField
from tenancy.history import track
from tenancy.models import Membership, OwnedModel
from tenancy.translation import translated


class QualificationType(OwnedModel):
    """Something to be able to do, by the manufacturer's own list. `guards` says what a partner may not do without it."""

    code = models.CharField(_("code"), max_length=40)
    names = TranslatedField(_("name by language"))
    guards = ArrayField(
        models.CharField(max_length=12, choices=Activity.choices),
        default=list,
        blank=True,
        verbose_name=_("without it a partner may not"),
    )
    kinds: Any = models.ManyToManyField(
        PartnerKind,
        through="QualificationTypeKind",
        related_name="+",
        blank=True,
        verbose_name=_("asked of kinds of partner"),
    )
    product_lines = KeysField(
        verbose_name=_("only for product lines"),
        help_text=_("None chosen: whatever the lead or deal is about."),
    )
    people_needed = models.PositiveSmallIntegerField(
        _("certified people a company needs"),
        default=1,
        help_text=_("A company holds it as long as so many of its people do."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_retired = models.BooleanField(_("retired"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("type of qualification")
        verbose_name_plural = _("types of qualification")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "code"],
                name="qualification_type_code_once",
                violation_error_message=_("Another qualification has this code."),
            ),
            models.CheckConstraint(
                condition=models.Q(people_needed__gte=1),
                name="qualification_type_needs_somebody",
                violation_error_message=_("At least one person has to be certified."),
            ),
        ]

    def __str__(self) -> str:
        return translated(self.names, self.code)

    @property
    def guard_labels(self) -> list[str]:
        """What partners may not do without it."""
        return [str(activity.label) for activity in Activity if activity in self.guards]


class EndReason(models.TextChoices):
    """Why one ended of itself; else somebody wrote the reason."""

    EXPIRED = "expired", _("It ran out")
    PEOPLE = "people", _("Too few certified people")


class QualificationTypeKind(OwnedModel):
    """A kind of partner of which the qualification is asked; a type without any is asked of all kinds."""

    type = OwnedForeignKey(QualificationType, on_delete=models.CASCADE, related_name="+", verbose_name=_("type"))
    kind = OwnedForeignKey(PartnerKind, on_delete=models.CASCADE, related_name="+", verbose_name=_("kind"))

    class Meta:
        verbose_name = _("kind asked for a qualification")
        verbose_name_plural = _("kinds asked for a qualification")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "type", "kind"], name="qualification_type_kind_once")
        ]

    def __str__(self) -> str:
        return f"{self.type_id} {self.kind_id}"


@track()
class Qualification(BulkModel):
    """That a person, or without one the company, is qualified, from a day to a day. Ended, it stays to be read.

    A company's is kept by `services.settle_companies`, never by hand: it follows from its people's.
    """

    type = OwnedForeignKey(QualificationType, related_name="held", verbose_name=_("qualification"))
    partner = OwnedForeignKey(
        Partner, on_delete=models.CASCADE, db_index=False, related_name="qualifications", verbose_name=_("partner")
    )
    member = OwnedForeignKey(
        Membership, null=True, db_index=False, related_name="qualifications", verbose_name=_("person")
    )
    obtained_on = models.DateField(_("obtained"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True)
    source = models.CharField(
        _("proved by"),
        max_length=200,
        blank=True,
        help_text=_("The number of a certificate, or a paper you have seen."),
    )
    recorded_by = OwnedForeignKey(
        Membership, null=True, db_index=False, related_name="+", verbose_name=_("recorded by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "type", "member"],
                condition=models.Q(ended_on=None),
                nulls_distinct=False,
                name="qualification_held_once",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("obtained_on")),
                name="qualification_ends_after_it_begins",
                violation_error_message=_("It is valid until a day before it was obtained: check the days."),
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "type"], name="qualification_by_partner"),
            models.Index(
                fields=["manufacturer", "valid_until"],
                condition=models.Q(ended_on=None, valid_until__isnull=False),
                name="qualification_running_out",
            ),
        ]

    def __str__(self) -> str:
        return str(self.type)

    @property
    def why_ended(self) -> str:
        """The reason in the reader's language, or as somebody wrote it."""
        return str(dict(EndReason.choices).get(self.end_reason, self.end_reason))

    def is_held(self, day: dt.date) -> bool:
        """Whether it counts on that day."""
        return (
            self.obtained_on <= day
            and (self.valid_until is None or self.valid_until >= day)
            and (self.ended_on is None or self.ended_on > day)
        )
