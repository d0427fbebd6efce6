from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel


class Audience(OwnedModel):
    """A named group of partners, said by conditions: who is in it is found out each time anew."""

    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("what it is for"), max_length=500, blank=True)
    definition = models.JSONField(_("conditions"), default=dict)
    owner = OwnedForeignKey(Membership, related_name="audiences", verbose_name=_("made by"))
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)
    is_archived = models.BooleanField(_("archived"), default=False)
    counted = models.PositiveIntegerField(_("partners"), null=True, editable=False)
    counted_at = models.DateTimeField(_("as of"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "owner", "name"],
                condition=models.Q(is_archived=False),
                name="audience_name_once",
                violation_error_message=_("You have an audience of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class AudienceSnapshot(OwnedModel):
    """Who was in an audience at a moment, with the conditions as they read then. Nobody changes it afterwards."""

    audience = OwnedForeignKey(Audience, related_name="snapshots", verbose_name=_("audience"))
    name = models.CharField(_("name"), max_length=120)
    note = models.CharField(_("what it is for"), max_length=200, blank=True)
    definition = models.JSONField(_("conditions"))
    text = models.TextField(_("conditions in words"))
    count = models.PositiveIntegerField(_("partners"))
    taken_at = models.DateTimeField(_("frozen on"), db_default=TransactionNow(), editable=False)
    taken_by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("frozen by"))

    class Meta:
        verbose_name = _("frozen audience")
        verbose_name_plural = _("frozen audiences")
        ordering = ["-taken_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class AudienceMember(BulkModel):
    """A partner in a frozen audience, called as it was called then. It outlives the partner."""

    pk = models.CompositePrimaryKey("snapshot", "partner")
    snapshot = OwnedForeignKey(AudienceSnapshot, on_delete=models.DO_NOTHING, related_name="members", db_index=False)
    partner = OwnedForeignKey(Partner, on_delete=models.DO_NOTHING, related_name="+")
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    local_name = models.CharField(_("local name"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("member of a frozen audience")
        verbose_name_plural = _("members of frozen audiences")

    def __str__(self) -> str:
        return self.name
