"""The leaves of a course's page: each subject adds its own in `course_leaves`, found as Django finds `admin.py`.

    register_leaf(Leaf("content", _("Content"), "training/staff/leaves/content.html", context=content_of, order=10))

A leaf that is a list of its own is a page: `url_name`, taking the course's pk, instead of a template.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.module_loading import autodiscover_modules

from tenancy.models import Membership
from tenancy.rights import Right
from training.models import Course

Context = Callable[[Membership, Course, QueryDict], dict[str, Any]]


@dataclass(frozen=True)
class Leaf:
    """A leaf. `context(member, course, query)` gives what its template shows beside `course`, when it is open."""

    key: str
    title: Any
    template: str = ""
    context: Context | None = None
    url_name: str = ""
    right: Right = Right.TRAINING_VIEW
    order: int = 100


_leaves: list[Leaf] = []


def register_leaf(leaf: Leaf) -> Leaf:
    """Make a leaf known."""
    _leaves.append(leaf)
    _leaves.sort(key=lambda each: each.order)
    return leaf


def leaves_for(member: Membership) -> list[Leaf]:
    """The leaves of a course that this member may open, in order."""
    return [leaf for leaf in _leaves if member.can(leaf.right)]


def tabs_of(member: Membership, course: Course, here: str) -> list[tuple[str, str, bool]]:
    """The leaves as tabs, `here` the one that is open."""
    page = member.url("training:course", pk=course.pk)
    return [
        (
            str(leaf.title),
            member.url(leaf.url_name, pk=course.pk) if leaf.url_name else f"{page}?tab={leaf.key}",
            leaf.key == here,
        )
        for leaf in leaves_for(member)
    ]


def autodiscover() -> None:
    """Import every app's `course_leaves`."""
    autodiscover_modules("course_leaves")
