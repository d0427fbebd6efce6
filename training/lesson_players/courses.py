"""Lessons that are a text, a video, a PDF or a file."""

from django.utils.translation import gettext as _

from training.lesson_kinds import Player, register_player
from training.models import Lesson, LessonKind, LessonProgress


def has_text(lesson: Lesson) -> list[str]:
    return [] if any(each.body.strip() for each in lesson.contents.all()) else [_("nothing is written yet")]


def has_video(lesson: Lesson) -> list[str]:
    if any(each.file or each.link for each in lesson.contents.all()):
        return []
    return [_("there is neither a video nor a link to one yet")]


def got_file(lesson: Lesson, progress: LessonProgress) -> str:
    """Nothing is left to be done once the file was fetched."""
    return "" if progress.file_got or has_file(lesson) else _("Download the file, then this lesson is done.")


def has_file(lesson: Lesson) -> list[str]:
    return [] if any(each.file for each in lesson.contents.all()) else [_("there is no file yet")]


register_player(Player(LessonKind.PAGE, "training/portal/lessons/page.html", ready=has_text))
register_player(Player(LessonKind.VIDEO, "training/portal/lessons/video.html", ready=has_video))
register_player(Player(LessonKind.PDF, "training/portal/lessons/pdf.html", ready=has_file))
register_player(Player(LessonKind.DOWNLOAD, "training/portal/lessons/file.html", ready=has_file, before_done=got_file))
