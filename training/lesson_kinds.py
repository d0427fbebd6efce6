"""How each kind of lesson is played: a part of training registers its own in `lesson_players.py`, one module a kind.

    register_player(Player("page", template="training/portal/lessons/page.html"))

`context(enrolment, lesson, progress, member)` gives what its template needs beside the lesson and
`shown` (training.shown.ShownLesson: its text and file in the reader's language); in a preview by staff `enrolment` and
`progress` are None, and `is_preview` is set. Where the learner says
itself that it is done there is a button; the other kinds tell `services.learning.finish_lesson` when it is proved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class Player:
    """What a kind of lesson shows to learners.

    by_hand: the learner ticks it off; before_done: (lesson, progress) says in a sentence what it has to do before that.
    editor: the name of the staff page on which what it plays is put together, taking the lesson's pk; without it a text, a
    file or a link is all there is. ready: what is still missing before a version with such a lesson can go out, in
    sentences. make: gives a new lesson what it plays. copy: (lesson, new lesson) takes what it
    plays into a new version. pack: (lesson, packer) gives what it plays for the file of a course; unpack: (where, what was
    packed, reading) looks at it and gives what keeps it for the new lesson, or None (training.services.course_files).
    """

    kind: str
    template: str
    context: Callable[..., dict[str, Any]] | None = None
    by_hand: bool = True
    before_done: Callable[[Any, Any], str] | None = None
    editor: str = ""
    ready: Callable[[Any], list[str]] | None = None
    make: Callable[[Any], None] | None = None
    copy: Callable[[Any, Any], None] | None = None
    pack: Callable[[Any, Any], dict[str, Any]] | None = None
    unpack: Callable[[str, dict[str, Any], Any], Callable[[Any], None] | None] | None = None


_players: dict[str, Player] = {}


def register_player(player: Player) -> Player:
    """Make it known how a kind of lesson is played; ValueError where that is known already."""
    if player.kind in _players:
        raise ValueError(f"Two players are registered for lessons of kind {player.kind!r}.")
    _players[player.kind] = player
    return player


def player_of(kind: str) -> Player:
    """The player of a kind; KeyError for a kind that nobody plays."""
    return _players[kind]


def playable_kinds() -> set[str]:
    """The kinds of lesson that there is a player for."""
    return set(_players)


def autodiscover() -> None:
    """Import every app's `lesson_players`."""
    autodiscover_modules("lesson_players")
