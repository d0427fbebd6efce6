"""Everything that changes the files of staff and partner."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Comment, FileVersion, Partner, SharedFile, Task
from partners.services import working_notices
from tenancy.errors import DomainError
from tenancy.files import clean_name, digest, stored_name
from tenancy.models import Membership
from tenancy.rights import Right

FOLDER = "cabinet"
MOST_TAGS = 10
LONGEST_TAG = 40


class CabinetError(DomainError):
    """A step that a file cannot take now."""


@transaction.atomic
def put_file(
    *,
    partner: Partner,
    upload: Any,
    by: Membership,
    name: str = "",
    description: str = "",
    tags: Iterable[str] = (),
    is_shared: bool = True,
    task: Task | None = None,
    comment: Comment | None = None,
    tell: bool = True,
) -> SharedFile:
    """Keep a new file with its first version. `upload` has been checked by `tenancy.files.UploadField`."""
    own = clean_name(upload.name or "")
    file = SharedFile(
        partner=partner,
        task=task,
        comment=comment,
        name=(name.strip() or PurePath(own).stem)[:200],
        description=description.strip(),
        tags=clean_tags(tags),
        is_shared=is_shared or not by.is_staff,
        created_by=by,
    )
    file.save(force_insert=True)
    _keep(file, upload, number=1, note="", by=by)
    if tell:
        working_notices.tell_file(file, number=1, by=by)
    return file


@transaction.atomic
def add_version(file: SharedFile, *, upload: Any, note: str, by: Membership) -> FileVersion:
    """Put in a newer version; the older ones stay. The very content of the latest version is refused."""
    file = _locked(file)
    _check_there(file)
    found = digest(upload)
    if file.latest is not None and file.latest.sha256 == found:
        raise CabinetError(_("This is the very file that is the latest version already."))
    version = _keep(file, upload, number=_next_number(file), note=note.strip(), by=by)
    working_notices.tell_file(file, number=version.number, by=by)
    return version


@transaction.atomic
def restore_version(file: SharedFile, *, number: int, by: Membership) -> FileVersion:
    """Make an older version the latest again, as a version of its own; the same click twice makes one."""
    file = _locked(file)
    _check_there(file)
    old = file.versions.filter(number=number).first()
    if old is None:
        raise CabinetError(_("This file has no version %(number)s.") % {"number": number})
    latest = file.latest
    if latest is not None and latest.sha256 == old.sha256:
        return latest
    version = FileVersion(
        partner_id=file.partner_id,
        file=file,
        is_shared=file.is_shared,
        number=_next_number(file),
        stored=old.stored.name,
        original_name=old.original_name,
        content_type=old.content_type,
        size=old.size,
        sha256=old.sha256,
        note=old.note,
        restored_from=old.number,
        created_by=by,
    )
    _latest(file, version)
    working_notices.tell_file(file, number=version.number, by=by)
    return version


@transaction.atomic
def update_file(
    file: SharedFile, *, by: Membership, name: str, description: str, tags: Iterable[str], is_shared: bool
) -> SharedFile:
    """Change what a file is called and, as staff, whether the partner sees it: with all its versions, at once."""
    file = _locked(file)
    check_may_change(file, by)
    file.name, file.description, file.tags = name.strip()[:200], description.strip(), clean_tags(tags)
    fields = ["name", "description", "tags", "updated_at"]
    if by.is_staff and is_shared != file.is_shared:
        file.is_shared = is_shared
        fields.append("is_shared")
    file.save(update_fields=fields)
    return file


@transaction.atomic
def remove_file(file: SharedFile, *, by: Membership) -> SharedFile:
    """Take a file out of the cabinet; it can be brought back."""
    file = _locked(file)
    check_may_change(file, by)
    if file.removed_at is None:
        file.removed_at, file.removed_by = timezone.now(), by
        file.save(update_fields=["removed_at", "removed_by", "updated_at"])
    return file


@transaction.atomic
def bring_back_file(file: SharedFile, *, by: Membership) -> SharedFile:
    """Put a removed file back into the cabinet."""
    file = _locked(file)
    check_may_change(file, by)
    file.removed_at, file.removed_by = None, None
    file.save(update_fields=["removed_at", "removed_by", "updated_at"])
    return file


def may_change(file: SharedFile, member: Membership) -> bool:
    """Whether the member may rename or remove a file: staff each, a partner's people what one of them put in."""
    if member.is_staff:
        return member.can(Right.WORK)
    return (
        member.can(Right.PORTAL_WORK)
        and Membership.objects.filter(pk=file.created_by_id, partner=member.partner_id).exists()
    )


def check_may_change(file: SharedFile, member: Membership) -> None:
    """Refuse who may not."""
    if not may_change(file, member):
        raise CabinetError(_("Only the side that put a file in can change or remove it."))


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Tags in the order given, each once, without the # that some people write."""
    cleaned = (" ".join(tag.split()).lstrip("#")[:LONGEST_TAG].strip() for tag in tags)
    return list(dict.fromkeys(tag for tag in cleaned if tag))[:MOST_TAGS]


def _keep(file: SharedFile, upload: Any, *, number: int, note: str, by: Membership) -> FileVersion:
    own = clean_name(upload.name or "")
    version = FileVersion(
        partner_id=file.partner_id,
        file=file,
        is_shared=file.is_shared,
        number=number,
        original_name=own,
        content_type=upload.checked_type,
        size=upload.size,
        sha256=digest(upload),
        note=note,
        created_by=by,
    )
    version.stored.save(stored_name(by.manufacturer_id, FOLDER, own), upload, save=False)
    _latest(file, version)
    return version


def _latest(file: SharedFile, version: FileVersion) -> None:
    version.save(force_insert=True)
    file.latest = version
    file.save(update_fields=["latest", "updated_at"])


def _next_number(file: SharedFile) -> int:
    return (file.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def _locked(file: SharedFile) -> SharedFile:
    return SharedFile.objects.select_for_update(no_key=True, of=("self",)).select_related("latest").get(pk=file.pk)


def _check_there(file: SharedFile) -> None:
    if file.removed_at is not None:
        raise CabinetError(_("This file was removed. Bring it back first."))
