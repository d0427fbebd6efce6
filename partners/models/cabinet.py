from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.conversations import Comment
from partners.models.partner import Partner
from partners.models.tasks import Task, shown_to_partner
from tenancy.fields import OwnedForeignKey
from tenancy.history import track
from tenancy.models import Membership, OwnedModel


@track(exclude=["shown_to"])
class SharedFile(OwnedModel):
    """A file of staff and partner under a name, in one version or more; staff can keep one to themselves."""

    partner = OwnedForeignKey(Partner, related_name="shared_files", verbose_name=_("partner"))
    task = OwnedForeignKey(Task, null=True, blank=True, related_name="files", verbose_name=_("task"))
    comment = OwnedForeignKey(Comment, null=True, blank=True, related_name="files", verbose_name=_("comment"))
    name = models.CharField(_("name"), max_length=200)
    description = models.CharField(_("description"), max_length=500, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("tags"))
    is_shared = models.BooleanField(_("the partner sees it"), default=True)
    shown_to = shown_to_partner()
    latest = OwnedForeignKey(
        "partners.FileVersion", null=True, blank=True, related_name="+", verbose_name=_("latest version")
    )
    created_by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("put in by"))
    created_at = models.DateTimeField(_("put in"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    removed_by = OwnedForeignKey(Membership, null=True, blank=True, related_name="+", verbose_name=_("removed by"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-updated_at", "-id"], name="shared_file_by_partner"),
            models.Index(fields=["manufacturer", "task"], name="shared_file_by_task"),
        ]

    def __str__(self) -> str:
        return self.name


class FileVersion(OwnedModel):
    """The content of a file as somebody put it in. It is never changed; an older one comes back as a new version."""

    partner = OwnedForeignKey(Partner, related_name="+", verbose_name=_("partner"))
    file = OwnedForeignKey(SharedFile, related_name="versions", verbose_name=_("file"))
    is_shared = models.BooleanField(_("the partner sees it"), default=True)
    shown_to = shown_to_partner()
    number = models.PositiveIntegerField(_("version"))
    stored = models.FileField(_("file"), max_length=300)
    original_name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    restored_from = models.PositiveIntegerField(_("restored from version"), null=True, blank=True)
    created_by = OwnedForeignKey(Membership, related_name="+", verbose_name=_("put in by"))
    created_at = models.DateTimeField(_("put in"), auto_now_add=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(fields=["manufacturer", "file", "number"], name="file_version_number_once")
        ]
        indexes = [
            models.Index(fields=["manufacturer", "partner", "-created_at", "-id"], name="file_version_by_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.original_name} ({self.number})"

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")
