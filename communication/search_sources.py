"""Announcements in the search over everything."""

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from communication.functions import ANNOUNCEMENTS
from communication.models import Announcement
from communication.selectors.announcements import matching, news_for
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.searching import Found, SearchSource, register_search


def find_announcements(member: Membership, text: str, limit: int) -> list[Found]:
    rows = matching(Announcement.objects.order_by("-created_at", "-pk"), text)
    return [
        Found(
            row.title,
            member.url("communication:announcement", pk=row.pk),
            f"{row.get_kind_display()} · {row.get_state_display()}",
        )
        for row in rows[:limit]
    ]


def all_announcements(member: Membership, text: str) -> str:
    """The list, narrowed."""
    return f"{member.url('communication:announcements')}?{urlencode({'q': text})}"


def find_news(member: Membership, text: str, limit: int) -> list[Found]:
    """What is addressed to the member's company, by its words."""
    fitting = matching(Announcement.objects.all(), text).order_by().values("pk")
    rows = news_for(member).filter(announcement__in=fitting).order_by("-addressed_at", "-announcement")
    return [
        Found(
            row.announcement.title,
            member.url("communication_portal:news_item", pk=row.announcement_id),
            str(row.announcement.get_kind_display()),
        )
        for row in rows[:limit]
    ]


def all_news(member: Membership, text: str) -> str:
    """The list, narrowed."""
    return f"{member.url('communication_portal:news')}?{urlencode({'q': text})}"


register_search(
    SearchSource(
        "announcements",
        _("Announcements"),
        "staff",
        Right.ANNOUNCEMENTS_EDIT,
        find_announcements,
        function=ANNOUNCEMENTS.key,
        more=all_announcements,
        order=60,
    ),
    SearchSource(
        "announcements",
        _("News"),
        "portal",
        Right.PORTAL_HOME,
        find_news,
        function=ANNOUNCEMENTS.key,
        more=all_news,
        order=60,
    ),
)
