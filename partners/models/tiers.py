"""Two tiers: who says that a partner belongs to another, and what one did in the other's place (P-15)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel


class RelationSide(models.TextChoices):
    """Who takes a step about a relation."""

    ABOVE = "above", _("the partner above")
    BELOW = "below", _("the sub-partner")
    STAFF = "staff", _("the manufacturer")


class RelationState(models.TextChoices):
    WAITING = "waiting", _("Waits for an answer")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENDED = "ended", _("Ended")


@track()
class Relation(OwnedModel):
    """That one partner belongs to another, as one of the two declared it. It takes effect, as `Partner.parent`, once the
    other or staff have confirmed it.

    A partner may read the relations it stands in. What the other is called it learns only where the other has declared
    the relation itself, or once it is confirmed: `selectors.tiers`.
    """

    above = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner above"))
    below = OwnedForeignKey(Partner, related_name="+", verbose_name=_("sub-partner"))
    state = models.CharField(_("state"), max_length=10, choices=RelationState.choices, default=RelationState.WAITING)
    declared_by = models.CharField(_("declared by"), max_length=5, choices=RelationSide.choices)
    given = models.CharField(_("code or business number as given"), max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    declared_member = OwnedForeignKey(
        Membership, null=True, blank=True, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared on"), auto_now_add=True)
    answered_by = models.CharField(_("answered by"), max_length=5, choices=RelationSide.choices, blank=True)
    answered_member = OwnedForeignKey(
        Membership, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=5, choices=RelationSide.choices, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("relation between partners")
        verbose_name_plural = _("relations between partners")
        constraints = [
            models.CheckConstraint(condition=~models.Q(above=models.F("below")), name="relation_of_two"),
            models.UniqueConstraint(
                fields=["manufacturer", "above", "below"],
                condition=models.Q(state__in=["waiting", "confirmed"]),
                name="relation_open_once",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "below"],
                condition=models.Q(state="confirmed"),
                name="relation_one_above",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "below", "-declared_at", "-id"], name="relation_by_below"),
            models.Index(fields=["manufacturer", "above", "-declared_at", "-id"], name="relation_by_above"),
            models.Index(fields=["manufacturer", "state", "-declared_at", "-id"], name="relation_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.below_id} -> {self.above_id}: {self.get_state_display()}"


class OnBehalf(OwnedModel):
    """Something that the partner above did in a sub-partner's place, for both and for staff to see."""

    class What(models.TextChoices):
        PROFILE = "profile", _("Changed the profile")
        PAPER = "paper", _("Handed in a paper")

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("for"))
    acting = OwnedForeignKey(Partner, related_name="+", verbose_name=_("by"))
    by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("by"))
    by_name = models.CharField(_("by"), max_length=150)
    """The sub-partner cannot read the people of the partner above; the name stands here."""
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("step on behalf of a sub-partner")
        verbose_name_plural = _("steps on behalf of sub-partners")
        indexes = [models.Index(fields=["manufacturer", "partner", "-at", "-id"], name="on_behalf_by_partner")]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.get_what_display()}"
