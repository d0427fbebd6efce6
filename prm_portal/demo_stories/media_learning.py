"""A course of a video, a PDF, a file to download and a video elsewhere; its files are made as the story is told."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from pages.pdf import render_pdf, render_picture
from pages.sheets import CONTENT_TYPES, write_xlsx
from prm_portal.demo_stories.media_texts import MEDIA
from prm_portal.demo_stories.webm import video_of
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right, Role
from tenancy.selectors import members_with
from training.models import Course, CourseVersion, Enrolment, EnrolmentState, Lesson, LessonKind, LessonProgress
from training.services.content import save_content
from training.services.courses import publish, save_course

TEMPLATES = Path(__file__).parent
SLIDE_SECONDS = 8
VISITORS, OTHERS = 3, 9
"""Who visitors of the demo sign in as is half way through the video; others have passed or stand somewhere."""


def tell_media_learning(manufacturer: Manufacturer, day: dt.date) -> None:
    """The course, taken by the people whom visitors sign in as and by some more."""
    told = MEDIA.get(manufacturer.slug)
    if told is None or Course.objects.filter(code=told["code"]).exists():
        return
    staff = Membership.objects.filter(partner=None, is_active=True)
    trainer = staff.filter(role=Role.TRAINER).order_by("pk").first() or staff.filter(role=Role.OWNER).first()
    if trainer is not None:
        _learn(_course(told, trainer))


def _course(told: dict[str, Any], trainer: Membership) -> CourseVersion:
    course = save_course(
        Course(
            code=told["code"],
            titles=told["titles"],
            summaries=told["summaries"],
            tags=told["tags"],
            product_lines=told["lines"],
            owner=trainer,
        ),
        [],
    )
    version = course.versions.get()
    module = version.modules.get()
    module.titles = told["module"]
    module.save(update_fields=["titles"])
    told_of: list[tuple[str, LessonKind, int, dict[str, dict[str, Any]]]] = [
        ("film", LessonKind.VIDEO, 2, _film(told)),
        ("guide", LessonKind.PDF, 5, {code: {"file": _guide(told, code)} for code in told["guide_parts"]}),
        ("list", LessonKind.DOWNLOAD, 3, {told["language"]: {"file": _list(told)}}),
        ("more", LessonKind.VIDEO, 4, {told["language"]: {"link": told["link"]}}),
    ]
    for order, (name, kind, minutes, shown) in enumerate(told_of):
        lesson = Lesson.objects.create(
            version=version,
            module=module,
            kind=kind,
            titles=told[name],
            minutes=minutes,
            order=order,
            is_required=name != "more",
        )
        for language, body in told[f"{name}_text"].items():
            save_content(lesson, language, {"body": body} | shown.get(language, {}))
    return publish(course, by=trainer)


def _film(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The video in the manufacturer's language, with its chapters, and captions in English too."""
    frames: list[Image.Image] = []
    slides = told["slides"]
    for number, (title, lines, _english) in enumerate(slides):
        words = {key: told[key] for key in ("colour", "maker", "language")} | {"title": title, "lines": lines}
        slide = Image.open(io.BytesIO(render_picture("slide.typ", words, templates=TEMPLATES))).convert("RGB")
        for second in range(SLIDE_SECONDS):
            frame = slide.copy()
            share = (number * SLIDE_SECONDS + second + 1) / (len(slides) * SLIDE_SECONDS)
            ImageDraw.Draw(frame).rectangle(
                (0, frame.height - 6, round(frame.width * share), frame.height), fill="white"
            )
            frames.append(frame)
    own = told["language"]
    return {
        own: {
            "file": _upload(f"{told['code'].lower()}.webm", video_of(frames, milliseconds=1000), "video/webm"),
            "captions": _captions([f"{title}: {', '.join(lines)}" for title, lines, _english in slides]),
            "chapters": _chapters([title for title, _lines, _english in slides]),
        },
        "en": {
            "captions": _captions([english for _title, _lines, english in slides]),
            "chapters": _chapters([english.partition(":")[0].rstrip(".") for _title, _lines, english in slides]),
        },
    }


def _captions(lines: list[str]) -> SimpleUploadedFile:
    told = [
        f"00:00:{number * SLIDE_SECONDS:02}.000 --> 00:00:{(number + 1) * SLIDE_SECONDS - 1:02}.900\n{line}\n"
        for number, line in enumerate(lines)
    ]
    return _upload("captions.vtt", "\n".join(["WEBVTT\n", *told]).encode(), "text/vtt")


def _chapters(titles: list[str]) -> list[dict[str, Any]]:
    return [{"second": number * SLIDE_SECONDS, "title": title} for number, title in enumerate(titles)]


def _guide(told: dict[str, Any], language: str) -> SimpleUploadedFile:
    parts = told["guide_parts"][language]
    data = {
        **{key: parts[key] for key in ("title", "subtitle", "intro", "foot")},
        "maker": told["maker"],
        "colour": told["colour"],
        "language": language,
        "sections": [
            {"title": title, "text": text, "rows": rows, "steps": steps}
            for title, text, rows, steps in parts["sections"]
        ],
    }
    content = render_pdf("material.typ", data, templates=TEMPLATES)
    return _upload(f"{told['guide_name']}-{language}.pdf", content, "application/pdf")


def _list(told: dict[str, Any]) -> SimpleUploadedFile:
    file = io.BytesIO()
    write_xlsx(file, told["list_head"], told["list_rows"])
    return _upload(told["list_name"], file.getvalue(), CONTENT_TYPES["xlsx"])


def _upload(name: str, content: bytes, content_type: str) -> SimpleUploadedFile:
    upload = SimpleUploadedFile(name, content, content_type)
    upload.checked_type = content_type  # type: ignore[attr-defined]
    return upload


def _learn(version: CourseVersion) -> None:
    """Visitors are half way through the video; the others have done one lesson more each, the first of them all."""
    people = members_with(Right.PORTAL_TRAINING).filter(partner__stage="active").select_related("partner")
    visitors = list(people.filter(email__endswith=".example", role=Role.PARTNER_ADMIN).order_by("pk")[:VISITORS])
    others = list(people.exclude(pk__in=[each.pk for each in visitors]).order_by("-pk")[:OTHERS])
    lessons, now = list(version.lessons.all()), timezone.now()
    needed = [each for each in lessons if each.is_required]
    begun = [(person, 0) for person in visitors]
    begun += [(person, len(needed) - number % (len(needed) + 1)) for number, person in enumerate(others)]
    enrolments = [
        Enrolment(
            course_id=version.course_id,
            version=version,
            partner=person.partner,
            member=person,
            state=EnrolmentState.PASSED if done == len(needed) else EnrolmentState.STARTED,
            enrolled_at=now - dt.timedelta(days=12 + number),
            started_at=now - dt.timedelta(days=10),
            seen_at=now - dt.timedelta(days=2),
            ended_at=now - dt.timedelta(days=2) if done == len(needed) else None,
            done=done,
            seconds=90 * (done + 1),
        )
        for number, (person, done) in enumerate(begun)
    ]
    Enrolment.objects.bulk_create(enrolments)
    LessonProgress.objects.bulk_create(
        LessonProgress(
            enrolment=enrolment,
            lesson=lesson,
            partner_id=enrolment.partner_id,
            started_at=now - dt.timedelta(days=10 - place),
            seen_at=now - dt.timedelta(days=10 - place),
            done_at=now - dt.timedelta(days=10 - place) if place < enrolment.done else None,
            seconds=90,
            place={"at": 20} if lesson.kind == LessonKind.VIDEO and place == enrolment.done else {},
        )
        for enrolment in enrolments
        for place, lesson in enumerate(needed[: enrolment.done + 1])
    )
