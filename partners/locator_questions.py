"""What else becomes of a question that somebody asks a partner on the public page: apps above make leads of it.

@register_question
def keep_as_lead(question: LocatorQuestion) -> None: ...     # in `locator_questions.py`, found as Django finds `admin.py`
"""

from collections.abc import Callable

from django.utils.module_loading import autodiscover_modules

from partners.models import LocatorQuestion

Listener = Callable[[LocatorQuestion], None]
_listeners: list[Listener] = []


def register_question(listener: Listener) -> Listener:
    """`listener(question)` is called in the manufacturer's scope, once for each question, in its transaction."""
    _listeners.append(listener)
    return listener


def question_asked(question: LocatorQuestion) -> None:
    """Tell everybody who waits for questions."""
    for listener in _listeners:
        listener(question)


def autodiscover() -> None:
    """Import every app's `locator_questions.py`."""
    autodiscover_modules("locator_questions")
