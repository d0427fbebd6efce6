from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.models.tasks import Task, shown_to_partner
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel

LONGEST_COMMENT = 5000


@track(exclude=["shown_to"])
class Comment(OwnedModel):
    """What somebody said about a task or, without one, in the conversation of staff and partner.

    Who reads it is settled when it is written: a task that is shared later does not take along what staff said before.
    """

    partner = OwnedForeignKey(Partner, related_name="comments", verbose_name=_("partner"))
    task = OwnedForeignKey(Task, null=True, blank=True, related_name="comments", verbose_name=_("task"))
    is_shared = models.BooleanField(_("the partner sees it"), default=True)
    shown_to = shown_to_partner()
    author = OwnedForeignKey(Membership, related_name="+", verbose_name=_("written by"))
    body = models.TextField(_("comment"), blank=True, max_length=LONGEST_COMMENT)
    mentions = models.JSONField(default=dict, blank=True)
    """The members named in it by id, under the names by which they were called."""
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    removed_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("removed by"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(task__isnull=False) | models.Q(is_shared=True), name="comment_to_partner_is_shared"
            )
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="comment_by_partner"),
            models.Index(fields=["manufacturer", "task", "id"], name="comment_by_task"),
        ]

    def __str__(self) -> str:
        return self.body[:60]


@track()
class StaffNote(OwnedModel):
    """What staff write down about a partner for themselves. No partner can ever read this table."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    body = models.TextField(_("note"), max_length=LONGEST_COMMENT)
    is_pinned = models.BooleanField(_("stays on top"), default=False)
    author = OwnedForeignKey(Membership, related_name="+", verbose_name=_("written by"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)

    class Meta:
        verbose_name = _("staff note")
        verbose_name_plural = _("staff notes")
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-is_pinned", "-id"], name="staff_note_by_partner"),
        ]

    def __str__(self) -> str:
        return self.body[:60]
