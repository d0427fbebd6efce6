"""What the timeline tells of a partner itself: changes of its profile, and notices sent to its people."""

from django.db.models import F, Value
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notices.models import Notice
from notices.registry import kind_by_key
from notices.wording import word
from pages.paging import RowCompare
from partners.models import ContactEntry, HandoverPartner, JourneyItem, Partner, StageMove
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.history import FieldChange, history_before
from tenancy.rights import Right

TEXT_SHOWN = 240


def profile_changes(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What was changed in the profile, the stage among it."""
    partner = Partner.objects.get(pk=partner_id)
    place = None if before == Before() else (before.at, before.key)
    return [
        Entry(
            at=change.at,
            key=change.key,
            title=_changed(change.changes),
            text=" · ".join(f"{each.label}: {each.before or '–'} → {each.after or '–'}" for each in change.changes),
            who=change.who,
        )
        for change in history_before(partner, before=place, limit=limit)
    ]


def _changed(changes: list[FieldChange]) -> str:
    stage_label = str(Partner._meta.get_field("stage").verbose_name).capitalize()
    if not changes:
        return ""
    if [change.label for change in changes] == [stage_label]:
        return ""  # told with who and why among the moves
    if len(changes) == 1:
        return _("Changed: %(field)s") % {"field": changes[0].label}
    return _("Profile changed")


def notices_sent(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What the partner's people were told; one entry where several were told the same at once."""
    notices = newest(
        Notice.objects.filter(partner_id=partner_id).select_related("recipient__manufacturer", "recipient__partner"),
        before,
        limit,
        at="created_at",
    )
    told: dict[tuple[object, ...], list[str]] = {}
    for notice in notices:
        told.setdefault((notice.created_at, notice.kind, str(notice.facts)), []).append(notice.recipient.name)
    entries = []
    for notice in notices:
        names = told.pop((notice.created_at, notice.kind, str(notice.facts)), None)
        kind = kind_by_key(notice.kind)
        if names is None or kind is None:
            entries.append(Entry(notice.created_at, notice.pk, ""))
            continue
        wording = word(notice, kind, notice.recipient)
        told_to = _("To %(names)s") % {"names": ", ".join(names)}
        entries.append(Entry(notice.created_at, notice.pk, wording.sentence, text=told_to))
    return entries


CONTACTS_SAY = (
    *("at", "title", "summary", "by__name"),
    *("channel__code", "channel__names", "contact__name", "contact__latin_name"),
)


def contacts(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """What was noted of calls, visits and mails."""
    entries = newest(
        ContactEntry.objects.filter(partner_id=partner_id)
        .select_related("channel", "contact", "by")
        .only(*CONTACTS_SAY),
        before,
        limit,
        at="at",
    )
    return [
        Entry(
            at=entry.at,
            key=entry.pk,
            title=f"{entry.channel}: {entry.title}",
            text=shortened(entry.summary),
            who=" · ".join(str(name) for name in (entry.by and entry.by.name, entry.contact) if name),
            url_name="partners:entry",
            url_kwargs={"pk": entry.pk},
        )
        for entry in entries
    ]


def shortened(text: str) -> str:
    """The beginning of a text, as a timeline shows it."""
    lines = (line.strip() for line in text.splitlines())
    return Truncator("\n".join(line for line in lines if line)).chars(TEXT_SHOWN)


register_timeline(
    TimelineSource(
        "contacts",
        gettext_lazy("Contacts"),
        "message",
        Right.PARTNERS_VIEW,
        contacts,
        function="people",
        of=ContactEntry,
    )
)
register_timeline(
    TimelineSource(
        "profile",
        gettext_lazy("Profile"),
        "pencil",
        Right.PARTNERS_VIEW,
        profile_changes,
        of=Partner._meta.get_field("events").related_model,
        columns=("pgh_obj_id",),
    )
)
register_timeline(
    TimelineSource("notices", gettext_lazy("Notices"), "bell", Right.PARTNERS_VIEW, notices_sent, of=Notice)
)


def moves(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """How the partner moved through its life cycle, who moved it and why."""
    rows = newest(
        StageMove.objects.filter(partner_id=partner_id).select_related("by", "reason"), before, limit, at="at"
    )
    return [
        Entry(
            at=move.at,
            key=move.pk,
            title=_("Stage: from %(before)s to %(after)s")
            % {"before": move.get_before_display(), "after": move.get_after_display()},
            text=" · ".join(str(part) for part in (move.reason, move.note) if part),
            who=move.by.name if move.by else "",
        )
        for move in rows
    ]


def journey_steps(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Steps of journeys that were done."""
    rows = newest(
        JourneyItem.objects.filter(partner_id=partner_id, done_at__isnull=False).select_related("step", "done_by"),
        before,
        limit,
        at="done_at",
    )
    return [
        Entry(
            at=item.done_at or before.at,
            key=item.pk,
            title=_("Done: %(step)s") % {"step": item.step},
            text=item.note,
            who=item.done_by.name if item.done_by else "",
            url_name="partners:journey",
            url_kwargs={"pk": item.journey_id},
        )
        for item in rows
    ]


def handed_over(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Who looked after the partner from when on."""
    rows = HandoverPartner.objects.filter(
        RowCompare([F("handover__at"), F("pk")], "<", [Value(before.at), Value(before.key)]), partner_id=partner_id
    ).select_related("handover__to", "handover__by", "former")
    return [
        Entry(
            at=row.handover.at,
            key=row.pk,
            title=_("Handed over to %(name)s") % {"name": row.handover.to.name},
            text=_("from %(name)s") % {"name": row.former.name} if row.former else "",
            who=row.handover.by.name if row.handover.by else "",
            url_name="partners:handover",
            url_kwargs={"pk": row.handover_id},
        )
        for row in rows.order_by("-handover__at", "-pk")[:limit]
    ]


register_timeline(
    TimelineSource("moves", gettext_lazy("Life cycle"), "right", Right.PARTNERS_VIEW, moves, of=StageMove)
)
register_timeline(
    TimelineSource("journeys", gettext_lazy("Onboarding"), "check", Right.PARTNERS_VIEW, journey_steps, of=JourneyItem)
)
register_timeline(
    TimelineSource(
        "handovers", gettext_lazy("Handovers"), "person", Right.PARTNERS_VIEW, handed_over, of=HandoverPartner
    )
)
