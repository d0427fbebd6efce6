"""Which partners look like one and the same company, and which were merged."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from tenancy.bulk import BulkModel
from tenancy.fields import OwnedForeignKey
from tenancy.models import Membership, OwnedModel


class MatchKey(BulkModel):
    """A blocking key of a partner (`partners.blocking`), hashed: partners that share one are compared."""

    pk = models.CompositePrimaryKey("manufacturer", "partner", "key")
    partner = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="match_keys", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        verbose_name = _("key for finding duplicates")
        verbose_name_plural = _("keys for finding duplicates")
        indexes = [models.Index(fields=["manufacturer", "key"], name="match_key_by_key")]


class PairState(models.TextChoices):
    OPEN = "open", _("To decide")
    DISMISSED = "dismissed", _("Not a duplicate")
    MERGED = "merged", _("Merged")


class DuplicatePair(OwnedModel):
    """Two partners that look like one company, how surely, and why; and what somebody decided about it."""

    first = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+", verbose_name=_("partner"))
    second = OwnedForeignKey(Partner, on_delete=models.CASCADE, related_name="+", verbose_name=_("looks like"))
    score = models.FloatField(_("how sure"))
    reasons = models.JSONField(_("why"), default=list)
    """What agreed and what did not, strongest first: `field`, `weight` in bits, `words`."""
    state = models.CharField(_("decision"), max_length=9, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField(_("found"), auto_now_add=True, db_default=models.functions.Now())
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("decided by"))

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="duplicate_pair_in_order"),
        ]
        indexes = [models.Index(fields=["manufacturer", "state", "-score", "-id"], name="duplicate_pair_by_score")]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id}"


class PartnerMerge(OwnedModel):
    """Two records of one company were made one; with all that is needed to take it back."""

    winner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("stays"))
    loser = OwnedForeignKey(Partner, related_name="merges", verbose_name=_("went into it"))
    merged_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("merged by"))
    merged_at = models.DateTimeField(_("merged"), auto_now_add=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """`winner` and `loser`: their columns as they were."""
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """The winner's columns that the merge changed, as it left them."""
    moved = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What moved, by table and column: enough for each to move back."""
    undone_by = OwnedForeignKey(Membership, null=True, related_name="+", verbose_name=_("undone by"))
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "loser"], condition=models.Q(undone_at=None), name="partner_merged_once"
            )
        ]
        indexes = [models.Index(fields=["manufacturer", "-merged_at", "-id"], name="partner_merge_latest")]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.winner_id}"
