"""Work that waits in the database is done turn by turn, each turn a task of its own, so that other work gets its turn too."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache

TURN_SECONDS = 10
"""For how long a turn that watches the clock works."""
SILENT_SECONDS = 300
Done = TypeVar("Done")


class Chain:
    """One chain of turns of a task, told from the others of the task by its keywords. While it is at work, nobody starts it
    again; one that says nothing for `seconds` is taken to be at work no more."""

    def __init__(self, task: Any, *, seconds: int = SILENT_SECONDS, **keywords: int) -> None:
        self.task, self.seconds, self.keywords = task, seconds, keywords
        self.key = ".".join(["chain", task.name, *map(str, keywords.values())])

    def start(self) -> None:
        """Set a worker on what is due, unless one is at it: what it finds due at its next turn it does too."""
        if cache.add(self.key, True, self.seconds):
            self.task.delay(**self.keywords)

    def turn(self, work: Callable[[], Done]) -> Done:
        """Do one turn; as long as it answers that there may be more, queue the next one."""
        cache.set(self.key, True, self.seconds)
        done = work()
        if done:
            cache.set(self.key, True, self.seconds)
            self.task.delay(**self.keywords)
        else:
            cache.delete(self.key)
        return done
