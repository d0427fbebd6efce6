from collections.abc import Mapping
from typing import Any

from django.db import models
from django.urls import NoReverseMatch
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel


class Side(models.TextChoices):
    """Who has to do something."""

    STAFF = "staff", _("Manufacturer")
    PARTNER = "partner", _("Partner")


class TaskState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


def shown_to_partner(is_shared: str = "is_shared") -> models.GeneratedField:
    """The partner whose people may read the row; empty for what staff keep to themselves. The policies ask for it."""
    return models.GeneratedField(
        expression=models.Case(models.When(models.Q(**{is_shared: True}), then=models.F("partner"))),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )


@track(exclude=["shown_to"])
class Task(OwnedModel):
    """Something to be done for or by a partner (P-9).

    Staff's own tasks are theirs alone unless shared; the partner's own are always read by both. `kind` and `key` say what
    brought a task about, so that the same thing asks once; `url_name` leads there, for the side it belongs to.
    """

    partner = OwnedForeignKey(Partner, related_name="tasks", verbose_name=_("partner"))
    title = models.CharField(_("what is to be done"), max_length=200)
    detail = models.TextField(_("details"), blank=True, max_length=5000)
    due_on = models.DateField(_("due"), null=True, blank=True)
    side = models.CharField(_("to be done by"), max_length=10, choices=Side.choices, default=Side.STAFF)
    owner = OwnedForeignKey(Membership, null=True, blank=True, related_name="tasks", verbose_name=_("person"))
    is_shared = models.BooleanField(_("the partner sees it"), default=False)
    shown_to = shown_to_partner()
    state = models.CharField(_("state"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=200, blank=True)
    url_name = models.CharField(max_length=100, blank=True)
    url_kwargs = models.JSONField(default=dict, blank=True)
    created_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("given by"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    finished_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("finished by"))

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "partner", "kind", "key"],
                condition=~models.Q(key=""),
                name="task_asked_once",
            ),
            models.CheckConstraint(
                condition=models.Q(side=Side.STAFF) | models.Q(is_shared=True),
                name="task_of_partner_is_shared",
            ),
            models.CheckConstraint(
                condition=models.Q(state=TaskState.OPEN, finished_at=None)
                | ~models.Q(state=TaskState.OPEN) & models.Q(finished_at__isnull=False),
                name="task_finished_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "state", "due_on", "id"], name="task_by_due"),
            models.Index(fields=["manufacturer", "owner", "state", "due_on", "id"], name="task_by_owner"),
            models.Index(fields=["manufacturer", "partner", "state", "due_on", "id"], name="task_by_partner"),
            models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="task_by_creation"),
            models.Index(fields=["manufacturer", "created_by", "state"], name="task_by_giver"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == TaskState.OPEN

    def url_for(self, member: Membership) -> str:
        """The address of what brought the task about, where it is a page of the member's own side."""
        return url_on_side(member, self.url_name, self.url_kwargs)


def url_on_side(member: Membership, url_name: str, url_kwargs: Mapping[str, Any]) -> str:
    """The address of a named page if it is of the member's side and still exists, else nothing."""
    if not url_name or url_name.partition(":")[0].endswith("_portal") == member.is_staff:
        return ""
    try:
        return member.url(url_name, **url_kwargs)
    except NoReverseMatch:
        return ""
