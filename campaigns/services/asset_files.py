"""What is done with the files of the library: checked when they come in, drawn and read in a process of their own."""

import datetime as dt
import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Asset, AssetPreview, AssetVersion, PreviewState
from campaigns.selectors.assets import without_preview
from campaigns.services.assets import FOLDER, write_texts
from tenancy.files import OFFICE_FILES, PICTURES, VIDEOS, check_upload, clean_name, stored_name
from tenancy.rls import staff_scope

logger = logging.getLogger(__name__)

FILE_KINDS = ("pdf", *PICTURES, *OFFICE_FILES, *VIDEOS)
MEGABYTE = 1024 * 1024
MOST_DOCUMENT, MOST_PICTURE, MOST_VIDEO = 100 * MEGABYTE, 40 * MEGABYTE, 500 * MEGABYTE
SECONDS = 60
LATE_AFTER = dt.timedelta(minutes=2)


def checked_upload(upload: UploadedFile) -> UploadedFile:
    """The upload with its `checked_type`, if it may be kept; ValidationError with a sentence otherwise.

    Beside what holds for every upload, a PDF must open without a password and must not run or start anything.
    """
    ending = clean_name(upload.name or "").rpartition(".")[2].lower()
    most = (
        MOST_VIDEO if ending in VIDEOS else MOST_PICTURE if ending in ("png", "jpg", "jpeg", "webp") else MOST_DOCUMENT
    )
    checked = check_upload(upload, max_bytes=most, kinds=FILE_KINDS)
    if checked == "application/pdf":
        _check_pdf(upload)
    upload.checked_type = checked  # type: ignore[attr-defined]
    return upload


def draw_previews(*, manufacturer_id: int, version_id: int) -> str:
    """Draw the pages of a version and read its text, once; the state in which it is afterwards, empty where it is gone.

    No transaction is open while the file is read and drawn. A file that cannot be drawn stays without a preview, and is
    not tried again.
    """
    with staff_scope(manufacturer_id):
        version = AssetVersion.objects.filter(pk=version_id).first()
    if version is None or version.preview != PreviewState.WAITING:
        return version.preview if version else ""
    with tempfile.TemporaryDirectory() as folder:
        found = _drawn(version, Path(folder))
        with staff_scope(manufacturer_id):
            # The material first, as everywhere: it may be withdrawn or deleted at this moment.
            list(Asset.objects.select_for_update(no_key=True).filter(pk=version.asset_id))
            locked = AssetVersion.objects.select_for_update(no_key=True, of=("self",))
            version = locked.select_related("asset", "asset__category").filter(pk=version_id).first()
            if version is None or version.preview != PreviewState.WAITING:
                return version.preview if version else ""
            version.preview = PreviewState.FAILED if found is None else PreviewState.DONE
            if found is not None:
                _keep(version, found, Path(folder))
            version.save(update_fields=["preview", "pages", "text"])
            if version.is_current:
                write_texts(version.asset)
    return version.preview


def late_previews() -> list[tuple[int, int]]:
    """The versions whose preview was never begun or whose worker died: (manufacturer, version). In the platform's scope."""
    late = without_preview(AssetVersion.objects.all(), before=timezone.now() - LATE_AFTER)
    return list(late.order_by("created_at").values_list("manufacturer_id", "pk")[:200])


def _check_pdf(upload: UploadedFile) -> None:
    name = clean_name(upload.name or "")
    with tempfile.NamedTemporaryFile() as copy:
        upload.seek(0)
        for chunk in upload.chunks():
            copy.write(chunk)
        upload.seek(0)
        copy.flush()
        answer = _asked("check", copy.name)
    sentences = {
        "encrypted": _("“%(name)s” has a password. Save it without one and upload that."),
        "active": _("“%(name)s” holds scripts, attachments or commands. Print it to a new PDF and upload that."),
    }
    problem = "damaged" if answer is None else answer["problem"]
    if problem:
        damaged = _("“%(name)s” is damaged: it cannot be opened. Save it anew and upload that.")
        raise ValidationError(sentences.get(problem, damaged) % {"name": name})


def _drawn(version: AssetVersion, folder: Path) -> dict[str, Any] | None:
    try:
        with version.stored.open("rb") as source, (folder / "original").open("wb") as copy:
            for chunk in source.chunks():
                copy.write(chunk)
    except FileNotFoundError:
        return None
    if version.is_video:
        return {"pages": None, "text": "", "previews": []}
    return _asked("draw", str(folder / "original"), version.content_type, str(folder))


def _asked(*arguments: str) -> dict[str, Any] | None:
    """The answer of the process that looks into files; nothing where it broke on the file or took too long."""
    command = [sys.executable, "-m", "campaigns.rendering", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 (our own module, and paths of ours)
            command, capture_output=True, timeout=SECONDS, check=False, cwd=settings.BASE_DIR
        )
    except subprocess.TimeoutExpired:
        logger.warning("A file took too long to be looked into.")
        return None
    if done.returncode:
        logger.warning("A file could not be looked into: %s", done.stderr[-500:].decode("utf-8", "replace"))
        return None
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _keep(version: AssetVersion, found: dict[str, Any], folder: Path) -> None:
    version.pages, version.text = found["pages"], found["text"]
    for each in found["previews"]:
        preview = AssetPreview(version=version, page=each["page"], width=each["width"], height=each["height"])
        content = ContentFile((folder / Path(each["file"]).name).read_bytes())
        preview.stored.save(stored_name(version.asset.manufacturer_id, FOLDER, each["file"]), content, save=False)
        preview.save(force_insert=True)
