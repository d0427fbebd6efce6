"""What can be told: each app names its kinds of notice in `notice_kinds.py`, found as Django finds `admin.py`.

    GRADE_CHANGED = register_kind(NoticeKind(
        "valuation.grade_changed", label=_("Your grade changes"), sides={PORTAL}, function="grades",
        url=lambda member, facts: member.url("valuation_portal:grade"),
    ))

The words stand in templates, rendered when somebody reads them, in the reader's language, with the facts as context:
`valuation/notices/grade_changed.subject.txt` (one sentence), `.txt` (what is behind it, may be empty) and, where the mail
is to look richer than its text, `.html`. They are plain text: nothing in them is escaped, and the page does that itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from notices.models import Channel, Mode, Notice
from tenancy.models import Membership

STAFF, PORTAL = "staff", "portal"


@dataclass(frozen=True)
class NoticeKind:
    """One thing that members can be told.

    key: "<app>.<name>"; the templates are `<app>/notices/<name>.*`.
    label: what the preferences page calls it.
    sides: who can be told at all; members of the other side are skipped.
    modes: how it travels where a member has not chosen otherwise.
    is_important: the reader has to confirm it. It always shows in the inbox.
    function: without this function (T-10) nobody is told.
    url: (member, facts) -> the address of what it is about, on the member's side.
    attachments: (notice, reader) -> the files that go with its mail, each with name, content and content type. With it the
        mail goes out even where the notice was read before.
    """

    key: str
    label: Any
    sides: frozenset[str] | set[str]
    modes: Mapping[Channel, Mode] = field(default_factory=dict)
    is_important: bool = False
    function: str | None = None
    url: Callable[[Membership, Mapping[str, Any]], str] | None = None
    attachments: Callable[[Notice, Membership], list[tuple[str, bytes, str]]] | None = None

    @property
    def template(self) -> str:
        """Where its templates are, without their ending."""
        app, name = self.key.split(".")
        return f"{app}/notices/{name}"

    @property
    def subject(self) -> Any:
        """What it is about, in a word: the app that tells it."""
        app = apps.app_configs.get(self.key.split(".")[0])
        return app.verbose_name if app else _("Other")

    def default_mode(self, channel: Channel) -> Mode:
        """How it travels to a member who has not chosen."""
        return self.modes.get(channel, Mode.ON)

    def is_for(self, member: Membership) -> bool:
        """Whether this member can ever be told: its side, with the function switched on."""
        side = STAFF if member.is_staff else PORTAL
        return side in self.sides and (self.function is None or member.has_function(self.function))


_kinds: dict[str, NoticeKind] = {}


def register_kind(kind: NoticeKind) -> NoticeKind:
    """Make a kind known; called from an app's `notice_kinds.py`, which keeps what it returns."""
    if kind.key in _kinds:
        raise ValueError(f"A kind of notice {kind.key!r} is registered already.")
    if kind.key.count(".") != 1:
        raise ValueError(f"A kind's key is '<app>.<name>', not {kind.key!r}.")
    _kinds[kind.key] = kind
    return kind


def all_kinds() -> list[NoticeKind]:
    """Every registered kind, in the order of registration."""
    return list(_kinds.values())


def kind_by_key(key: str) -> NoticeKind | None:
    """The kind of this key, or nothing for one that no app registers any more."""
    return _kinds.get(key)


def kinds_for(member: Membership) -> list[NoticeKind]:
    """The kinds that this member can be told."""
    return [kind for kind in _kinds.values() if kind.is_for(member)]


def autodiscover() -> None:
    """Import every app's `notice_kinds.py`."""
    autodiscover_modules("notice_kinds")
