"""SCORM packages of our own making, so that the demo has some to play: a few slides and a question in each part."""

import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile

from prm_portal.demo_stories.package_texts import PACKAGES
from tenancy.models import Membership
from training.models import (
    CourseVersion,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonKind,
    LessonProgress,
    ScormActivity,
    ScormState,
)
from training.scorm_manifest import SCORM_12
from training.services.scorm import keep_package

FOLDER = Path(__file__).parent / "package"
NAMESPACES = {
    "1.2": 'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"',
    "2004": 'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"',
}
FONTS = {"ko": "vendor/pretendard/pretendardvariable-dynamic-subset.css", "ja": "vendor/noto-sans-jp/wght.css"}
FACE = re.compile(r"@font-face\s*{[^}]*}")
SOURCE = re.compile(r"""url\(['"]?([^'")]+)['"]?\)""")
RANGE = re.compile(r"U\+([0-9A-Fa-f]+)(?:-([0-9A-Fa-f]+))?")
SCORES = tuple(map(Decimal, (100, 80, 100, 60, 100)))


def add_package(version: CourseVersion, trainer: Membership) -> None:
    """Where the story has a package for a course, a lesson with it at the end."""
    told = PACKAGES.get(version.course.code)
    if told is None:
        return
    *_others, module = version.modules.all()
    lesson = Lesson.objects.create(
        version=version,
        module=module,
        kind=LessonKind.SCORM,
        titles=told["titles"],
        minutes=told["minutes"],
        order=module.lessons.count(),
    )
    name = f"{version.course.code.lower()}.zip"
    upload: Any = SimpleUploadedFile(name, package_of(told), content_type="application/zip")
    keep_package(lesson, upload, by=trainer)


def package_of(told: dict[str, Any]) -> bytes:
    """The ZIP of a package as the story tells it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", _manifest(told))
        for name in ("slides.js", "look.css"):
            archive.write(FOLDER / name, f"shared/{name}")
        for number, part in enumerate(told["parts"], 1):
            archive.writestr(f"part{number}/index.html", _page(told, part))
        archive.writestr("shared/fonts.css", "\n".join(_fonts(told, archive)))
    return target.getvalue()


def _fonts(told: dict[str, Any], archive: zipfile.ZipFile) -> Iterator[str]:
    """The parts of the portal's font that hold the signs of a package, so that it looks the same on every machine."""
    signs = {ord(sign) for sign in json.dumps(told, ensure_ascii=False)}
    styles = finders.find(FONTS[told["language"]])
    for face in FACE.findall(Path(styles).read_text()) if isinstance(styles, str) else ():
        source = SOURCE.search(face)
        ranges = [(int(first, 16), int(last or first, 16)) for first, last in RANGE.findall(face)]
        if source is None or not any(first <= sign <= last for first, last in ranges for sign in signs):
            continue
        file = Path(str(styles)).parent / source[1]
        archive.write(file, f"shared/fonts/{file.name}", zipfile.ZIP_STORED)
        yield face.replace(source[1], f"fonts/{file.name}")


def _manifest(told: dict[str, Any]) -> str:
    version = told["version"]
    kind, schema = ("scormtype", "1.2") if version == SCORM_12 else ("scormType", "2004 4th Edition")
    items, resources = [], []
    for number, part in enumerate(told["parts"], 1):
        items.append(
            f'<item identifier="I{number}" identifierref="R{number}"><title>{escape(part["title"])}</title></item>'
        )
        resources.append(
            f'<resource identifier="R{number}" type="webcontent" adlcp:{kind}="sco" href="part{number}/index.html">'
            f'<file href="part{number}/index.html"/><file href="shared/slides.js"/><file href="shared/look.css"/></resource>'
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest identifier={quoteattr(told["name"])} {NAMESPACES[version]}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{schema}</schemaversion></metadata>"
        f'<organizations default="O"><organization identifier="O"><title>{escape(told["title"])}</title>'
        f"{''.join(items)}</organization></organizations><resources>{''.join(resources)}</resources></manifest>"
    )


def _page(told: dict[str, Any], part: dict[str, Any]) -> str:
    shown = json.dumps(told["words"] | part, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<!DOCTYPE html><html lang="{told["language"]}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(part["title"])}</title>'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="../shared/fonts.css">'
        '<link rel="stylesheet" href="../shared/look.css"></head><body><main>'
        f'{escape(part["title"])}</main><script type="application/json" id="slides">{shown}</script>'
        '<script src="../shared/slides.js"></script></body></html>'
    )


def tell_visits() -> None:
    """What packages have reported of who is done with them, and of who stands in the middle of one."""
    rows = LessonProgress.objects.filter(lesson__kind=LessonKind.SCORM).select_related("enrolment", "lesson__scorm")
    states, passed = [], []
    for number, progress in enumerate(found := list(rows.order_by("pk"))):
        activities = list(ScormActivity.objects.filter(package=progress.lesson.scorm.package_id))
        done = activities if progress.done_at is not None else activities[:-1]
        score = SCORES[number % len(SCORES)]
        for place, activity in enumerate(done):
            at = progress.started_at + dt.timedelta(minutes=3 * (place + 1))
            states.append(
                ScormState(
                    enrolment=progress.enrolment,
                    activity=activity,
                    visits=1,
                    session=1,
                    sequence=6,
                    cmi={},
                    completion="completed",
                    success="passed",
                    score=score,
                    seconds=150 + 10 * place,
                    started_at=progress.started_at,
                    seen_at=at,
                    done_at=at,
                )
            )
        if progress.done_at is not None:
            progress.score = score
            if progress.enrolment.state == EnrolmentState.PASSED:
                progress.enrolment.score = score
                passed.append(progress.enrolment)
    ScormState.objects.bulk_create(states)
    LessonProgress.objects.bulk_update(found, ["score"])
    Enrolment.objects.bulk_update(passed, ["score"])
