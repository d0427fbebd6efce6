"""What follows when a course has ended for somebody: certificates, programmes and notices hang themselves on here, each in
`course_endings`, found as Django finds `admin.py`."""

from collections.abc import Callable

from django.utils.module_loading import autodiscover_modules

from training.models import Enrolment

Follow = Callable[[Enrolment], None]

_followers: list[Follow] = []


def on_ended(follow: Follow) -> Follow:
    """Call `follow(enrolment)` in the transaction in which an enrolment is passed, failed, exempt or taken back, in the
    scope of the manufacturer's staff."""
    _followers.append(follow)
    return follow


def follow_up(enrolment: Enrolment) -> None:
    """Tell all that hang on an ended enrolment."""
    for follow in _followers:
        follow(enrolment)


def autodiscover() -> None:
    """Import every app's `course_endings`."""
    autodiscover_modules("course_endings")
