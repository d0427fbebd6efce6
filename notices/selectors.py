"""What a member reads: the inbox, its counts, what waits to be confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from notices.models import Channel, Mode, Notice, Preference, QuietHours
from notices.registry import NoticeKind, all_kinds, kind_by_key, kinds_for
from notices.wording import Wording, word
from tenancy.models import Membership

COUNT_UP_TO = 100
"""Badges say 99+ beyond."""


@dataclass(frozen=True)
class Item:
    """A notice ready to be shown to its reader."""

    notice: Notice
    kind: NoticeKind
    wording: Wording
    url: str
    """The notice's own page, which marks it read and leads on to what it is about."""

    @property
    def is_unread(self) -> bool:
        return self.notice.read_at is None

    @property
    def waits(self) -> bool:
        """Whether it still has to be confirmed."""
        return self.notice.is_important and self.notice.confirmed_at is None


def inbox(member: Membership) -> QuerySet[Notice]:
    """All that this member was told in the portal. Nobody else's, not even a colleague's."""
    return Notice.objects.filter(recipient=member, in_inbox=True, kind__in=[kind.key for kind in all_kinds()])


def unread(member: Membership) -> QuerySet[Notice]:
    """What the member has not read."""
    return inbox(member).filter(read_at=None)


def to_confirm(member: Membership) -> QuerySet[Notice]:
    """What the member has not confirmed and must."""
    return inbox(member).filter(is_important=True, confirmed_at=None)


def unread_count(member: Membership) -> int:
    """How many notices are unread, up to 100. One query."""
    return unread(member)[:COUNT_UP_TO].count()


def latest(member: Membership, limit: int = 5) -> list[Item]:
    """What concerns this member lately, for home pages: the newest notices, read or not. One query."""
    return items(inbox(member).order_by("-pk")[:limit], member)


def items(notices: Iterable[Notice], member: Membership) -> list[Item]:
    """Notices in words, in the language that is active now."""
    name = page_name(member, "notice")
    found = ((notice, kind_by_key(notice.kind)) for notice in notices)
    return [
        Item(notice, kind, word(notice, kind, member), member.url(name, pk=notice.pk))
        for notice, kind in found
        if kind is not None
    ]


def page_name(member: Membership, name: str) -> str:
    """The name of a page of notices on the member's own side."""
    return f"{'notices' if member.is_staff else 'notices_portal'}:{name}"


@dataclass(frozen=True)
class Choice:
    """How one kind of notice travels to a member by one channel."""

    kind: NoticeKind
    channel: Channel
    mode: Mode

    @property
    def is_fixed(self) -> bool:
        """Whether it cannot be chosen: what must be confirmed always shows in the portal."""
        return self.kind.is_important and self.channel == Channel.PORTAL


def choices(member: Membership) -> list[Choice]:
    """What the member has chosen, or gets by default, for each kind and channel. One query."""
    chosen = {
        (kind, channel): mode
        for kind, channel, mode in Preference.objects.filter(member=member).values_list("kind", "channel", "mode")
    }
    return [
        Choice(kind, channel, Mode(chosen.get((kind.key, channel), kind.default_mode(channel))))
        for kind in kinds_for(member)
        for channel in Channel
    ]


def quiet_hours(member: Membership) -> QuietHours | None:
    """When the member wants no mail."""
    return QuietHours.objects.filter(member=member).first()
