"""What personal news can tell: each app registers its topics in `news_topics.py`, found as Django finds `admin.py`.

    register_topic(NewsTopic("figures", _("Own figures"), figures, function="sales"))

    def figures(partner: Partner, since: dt.date, until: dt.date) -> list[str]:
        return [_("You bought for %(amount)s.") % {...}]

`until` is the day after the last one. The lines are read by the partner's own people, in their language.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules

from partners.models import Partner
from tenancy.functions import is_switched_on
from tenancy.models import Membership

Lines = Callable[[Partner, dt.date, dt.date], Sequence[str]]


@dataclass(frozen=True)
class NewsTopic:
    """One thing that news can be about, and what there is to say of it to a partner for a period."""

    key: str
    label: Any
    lines: Lines
    function: str | None = None


_topics: dict[str, NewsTopic] = {}


def register_topic(topic: NewsTopic) -> NewsTopic:
    """Make a topic known; called from an app's `news_topics.py`."""
    if topic.key in _topics:
        raise ValueError(f"A topic of news {topic.key!r} is registered already.")
    _topics[topic.key] = topic
    return topic


def topics_for(member: Membership, partner: Partner | None = None) -> list[NewsTopic]:
    """The topics of what this manufacturer uses, with this partner if one is given, in the order of registration."""
    levels = [member.manufacturer.functions_off]
    if partner is not None:
        levels += [partner.functions_off, partner.kind.functions_off]
    return [topic for topic in _topics.values() if topic.function is None or is_switched_on(topic.function, *levels)]


def autodiscover() -> None:
    """Import every app's `news_topics.py`."""
    autodiscover_modules("news_topics")
