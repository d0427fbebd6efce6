"""Announcements on the timeline of a partner that they were for."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communication.functions import ANNOUNCEMENTS
from communication.models import Addressee
from pages.templatetags.formats import long_date
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def announcements(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What the partner was told, and what became of it there."""
    rows = Addressee.objects.filter(partner_id=partner_id).select_related("announcement", "confirmed_by")
    return [
        Entry(
            at=row.addressed_at,
            key=row.announcement_id,
            title=_("News: %(title)s") % {"title": row.announcement.title},
            text=became_of(row),
            url_name="communication:announcement",
            url_kwargs={"pk": row.announcement_id},
        )
        for row in newest(rows, before, limit, at="addressed_at", key="announcement")
    ]


def became_of(row: Addressee) -> str:
    """Whether it was read and confirmed, and by whom."""
    if row.confirmed_at and row.confirmed_by:
        return _("Confirmed by %(name)s on %(day)s") % {
            "name": row.confirmed_by.name,
            "day": long_date(row.confirmed_at),
        }
    if row.read_at:
        return _("Read on %(day)s") % {"day": long_date(row.read_at)}
    return _("Not read yet")


register_timeline(
    TimelineSource(
        "announcements",
        gettext_lazy("Announcements"),
        "bell",
        Right.ANNOUNCEMENTS_EDIT,
        announcements,
        function=ANNOUNCEMENTS.key,
        of=Addressee,
    )
)
