"""An announcement's way: written, planned, published to an audience, read, confirmed, talked about, ended."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from communication.models import (
    Addressee,
    Announcement,
    AnnouncementComment,
    AnnouncementFile,
    AnnouncementState,
    CommentAuthor,
    Names,
    Reading,
)
from communication.notice_kinds.announcements import COMMENT, PUBLISHED, REMINDER
from notices.services import tell
from partners.held_out import held_out_on
from partners.models import AudienceMember, Partner, Stage
from partners.selectors.audiences import BrokenAudienceError, audience_partners
from partners.selectors.partners import partners_for
from partners.services.audiences import freeze_audience
from tenancy.errors import DomainError
from tenancy.files import DOCUMENTS, clean_name, digest, stored_name
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import current_scope, house_scope

FILE_KINDS = (*DOCUMENTS, "docx", "xlsx", "pptx", "hwp", "hwpx", "csv", "zip")
FILE_FOLDER = "announcements"
MOST_FILES = 20
WRITTEN = (AnnouncementState.DRAFT, AnnouncementState.SCHEDULED)
COPIED = (
    "kind",
    "titles",
    "bodies",
    "audience",
    "takes_newcomers",
    "is_pinned",
    "remind_before",
    "comments_on",
    "names",
)
"""What a copy takes over; its days are its own."""
PLANNED = (*COPIED, "publish_at", "ends_at", "must_confirm", "confirm_by")
"""What is written of one that is not out yet; where it stands is kept by its steps."""
LASTING = ("ends_at", "is_pinned", "remind_before", "comments_on")
"""What can still be changed of what partners read: how long and how it shows."""


class AnnouncementError(DomainError):
    """A step that an announcement cannot take now."""


def may_edit(member: Membership, announcement: Announcement) -> bool:
    """Who may change it: who is responsible for it, and who looks after all partners."""
    return member.can(Right.ANNOUNCEMENTS_EDIT) and (
        announcement.owner_id == member.pk or member.can(Right.PARTNERS_VIEW_ALL)
    )


# --- Writing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_announcement(announcement: Announcement, *, is_lasting: bool = False) -> Announcement:
    """Keep what is written, new or changed: AnnouncementError where it went out while somebody wrote. Where `is_lasting`, keep
    what can still be changed of one that is out."""
    if announcement._state.adding:
        announcement.save()
        return announcement
    held = _locked(announcement.pk)
    if not is_lasting:
        _must_be_written(held)
    announcement.save(update_fields=[*(LASTING if is_lasting else PLANNED), "updated_at"])
    return announcement


@transaction.atomic
def copy_announcement(announcement: Announcement, *, by: Membership) -> Announcement:
    """A draft after this one, without its days and files."""
    return Announcement.objects.create(owner=by, **{name: getattr(announcement, name) for name in COPIED})


@transaction.atomic
def put_files(announcement: Announcement, uploads: Sequence[Any], *, by: Membership) -> None:
    """Keep files, each once. The uploads have been checked by `tenancy.files.UploadField`."""
    announcement = _locked(announcement.pk)
    _must_be_written(announcement)
    if announcement.files.count() + len(uploads) > MOST_FILES:
        raise AnnouncementError(_("At most %(most)s files go with an announcement.") % {"most": MOST_FILES})
    for upload in uploads:
        found = digest(upload)
        if announcement.files.filter(sha256=found).exists():
            continue
        name = clean_name(upload.name or "")
        row = AnnouncementFile(
            announcement=announcement,
            original_name=name,
            content_type=upload.checked_type,
            size=upload.size,
            sha256=found,
            by=by,
        )
        row.file.save(stored_name(announcement.manufacturer_id, FILE_FOLDER, name), upload, save=False)
        row.save(force_insert=True)


@transaction.atomic
def remove_file(announcement: Announcement, key: int) -> None:
    """Take a file out again, before anybody has read it."""
    announcement = _locked(announcement.pk)
    _must_be_written(announcement)
    announcement.files.filter(pk=key).delete()


@transaction.atomic
def discard(announcement: Announcement) -> None:
    """Throw a draft away."""
    announcement = _locked(announcement.pk)
    if announcement.state != AnnouncementState.DRAFT:
        raise AnnouncementError(_("Only a draft can be thrown away. Withdraw what is published."))
    announcement.delete()


# --- Out and back -----------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(announcement: Announcement, *, by: Membership) -> Announcement:
    """Publish now or, where a later time is set, then. Who is in the audience at that time is whom it is for, of the
    partners that `by` sees.
    """
    announcement = _locked(announcement.pk)
    _must_be_written(announcement)
    now = timezone.now()
    if not any(announcement.titles.values()) or not any(announcement.bodies.values()):
        raise AnnouncementError(_("Write a title and a text first."))
    begins = max(announcement.publish_at or now, now)
    if announcement.ends_at and announcement.ends_at <= begins:
        raise AnnouncementError(_("It would end before it begins. Set a later end."))
    if announcement.must_confirm and announcement.confirm_by and announcement.confirm_by < timezone.localdate(begins):
        raise AnnouncementError(_("The day to confirm by would be over before it begins. Set a later day."))
    announcement.published_by = by
    if begins > now:
        _companies(announcement)
        announcement.state = AnnouncementState.SCHEDULED
        announcement.save(update_fields=["state", "published_by", "updated_at"])
        return announcement
    return _go_out(announcement, now)


@transaction.atomic
def unschedule(announcement: Announcement) -> None:
    """Back to a draft, before its time has come."""
    announcement = _locked(announcement.pk)
    if announcement.state != AnnouncementState.SCHEDULED:
        raise AnnouncementError(_("It is not planned any more."))
    announcement.state = AnnouncementState.DRAFT
    announcement.save(update_fields=["state", "updated_at"])


@transaction.atomic
def withdraw(announcement: Announcement) -> None:
    """Take it back: from this moment on no partner reads it. Who had read and confirmed it is kept."""
    announcement = _locked(announcement.pk)
    if announcement.state != AnnouncementState.PUBLISHED:
        raise AnnouncementError(_("Only what is published can be withdrawn."))
    announcement.state = AnnouncementState.WITHDRAWN
    announcement.save(update_fields=["state", "updated_at"])


def _go_out(announcement: Announcement, now: dt.datetime) -> Announcement:
    assert announcement.published_by is not None
    if announcement.audience is not None:
        announcement.snapshot = freeze_audience(
            announcement.audience, by=announcement.published_by, note=announcement.title[:200]
        )
        members = AudienceMember.objects.filter(snapshot=announcement.snapshot)
        companies: QuerySet[Any] = _but_held_out(announcement, members, now, "partner").values("partner_id")
    else:
        companies = _but_held_out(announcement, _companies(announcement), now).order_by().values("pk")
    announcement.state, announcement.published_at = AnnouncementState.PUBLISHED, now
    announcement.save(update_fields=["state", "published_at", "published_by", "snapshot", "updated_at"])
    if not _address(announcement, companies, now, announcement.confirm_by if announcement.must_confirm else None):
        raise AnnouncementError(_("Nobody is in this audience now, so nobody would read it."))
    _tell_new(announcement, now)
    return announcement


def _companies(announcement: Announcement) -> QuerySet[Partner]:
    """Whom it is for now; BrokenAudienceError where that is unknown."""
    assert announcement.published_by is not None
    if announcement.audience is None:
        return partners_for(announcement.published_by).exclude(stage=Stage.ENDED)
    return audience_partners(announcement.audience, announcement.published_by)


def _but_held_out(
    announcement: Announcement, rows: QuerySet[Any], now: dt.datetime, partner: str = "pk"
) -> QuerySet[Any]:
    """Without the partners that a campaign holds out of advertising now, where it is advertising."""
    return rows.exclude(held_out_on(timezone.localdate(now), partner)) if announcement.is_advertising else rows


def held_out_of(announcement: Announcement, by: Membership) -> int:
    """How many partners would not get it now because a campaign holds them out of advertising."""
    if not announcement.is_advertising or announcement.state not in WRITTEN:
        return 0
    announcement.published_by = by
    try:
        return _companies(announcement).filter(held_out_on(timezone.localdate())).count()
    except BrokenAudienceError:
        return 0


def _address(announcement: Announcement, companies: QuerySet[Any], now: dt.datetime, due_on: dt.date | None) -> int:
    sql, params = companies.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO communication_addressee (announcement_id, partner_id, addressed_at, due_on)"  # noqa: S608
            f" SELECT %s, found.id, %s, %s FROM ({sql}) found (id) ON CONFLICT DO NOTHING",
            [announcement.pk, now, due_on, *params],
        )
        return cursor.rowcount


def _tell_new(announcement: Announcement, addressed_at: dt.datetime) -> None:
    tell(
        Membership.objects.filter(
            partner__addressed__announcement=announcement, partner__addressed__addressed_at=addressed_at
        ),
        PUBLISHED,
        key=f"announcement-{announcement.pk}",
        facts=_facts(announcement, announcement.confirm_by if announcement.must_confirm else None),
        ends_at=announcement.ends_at,
    )


def _facts(announcement: Announcement, due_on: dt.date | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"announcement": announcement.pk, "title": announcement.titles}
    return facts | ({"confirm_on": due_on} if due_on else {})


# --- By the clock -----------------------------------------------------------------------------------------------------


def begin_and_end(now: dt.datetime) -> int:
    """Publish what is planned for now, and end what is over; returns how many. An audience that is empty or cannot be read
    any more brings its announcement back to the drafts.
    """
    moved = Announcement.objects.filter(state=AnnouncementState.PUBLISHED, ends_at__lte=now).update(
        state=AnnouncementState.EXPIRED
    )
    due = Announcement.objects.filter(state=AnnouncementState.SCHEDULED, publish_at__lte=now)
    for announcement in due.select_for_update(skip_locked=True).order_by("publish_at", "pk"):
        try:
            with transaction.atomic():
                _go_out(announcement, now)
        except DomainError:
            Announcement.objects.filter(pk=announcement.pk).update(
                state=AnnouncementState.DRAFT, published_at=None, snapshot=None
            )
        moved += 1
    return moved


def morning(day: dt.date) -> tuple[int, int]:
    """Newcomers to audiences are told, and who has not confirmed is reminded: how many of each. Safe to run again."""
    now = timezone.now()
    out = Announcement.objects.filter(state=AnnouncementState.PUBLISHED).select_related("audience", "published_by")
    came = reminded = 0
    for announcement in out.order_by("pk"):
        if announcement.ends_at and announcement.ends_at <= now:
            continue
        if announcement.takes_newcomers:
            came += _let_in(announcement, now, day)
        if announcement.must_confirm:
            reminded += _remind_due(announcement, day)
    return came, reminded


@transaction.atomic
def _let_in(announcement: Announcement, now: dt.datetime, day: dt.date) -> int:
    """Who comes later has as many days to confirm as the first had."""
    due_on = None
    if announcement.must_confirm and announcement.confirm_by and announcement.published_at:
        days = announcement.confirm_by - timezone.localdate(announcement.published_at)
        due_on = max(announcement.confirm_by, day + days)
    try:
        companies = _but_held_out(announcement, _companies(announcement), now)
        came = _address(announcement, companies.order_by().values("pk"), now, due_on)
    except BrokenAudienceError:
        return 0
    if came:
        _tell_new(announcement, now)
    return came


def _remind_due(announcement: Announcement, day: dt.date) -> int:
    """Once before the day, and once when it is over."""
    before = dt.timedelta(days=announcement.remind_before)
    owing = Addressee.objects.filter(announcement=announcement, confirmed_at=None)
    told = 0
    for due_on in owing.exclude(due_on=None).order_by("due_on").values_list("due_on", flat=True).distinct():
        assert due_on is not None
        if day > due_on:
            told += _remind(announcement, f"late-{due_on}", due_on)
        elif day >= due_on - before:
            told += _remind(announcement, f"soon-{due_on}", due_on)
    return told


def _remind(announcement: Announcement, key: str, due_on: dt.date | None = None) -> int:
    owing: dict[str, Any] = {"partner__addressed__announcement": announcement, "partner__addressed__confirmed_at": None}
    if due_on is not None:
        owing["partner__addressed__due_on"] = due_on
    return tell(
        Membership.objects.filter(**owing),
        REMINDER,
        key=f"announcement-{announcement.pk}-{key}",
        facts=_facts(announcement, due_on or announcement.confirm_by),
        ends_at=announcement.ends_at,
    )


def remind(announcement: Announcement) -> int:
    """Remind everybody at the partners that have not confirmed; once a day at most. Returns how many people were told."""
    if not announcement.is_out or not announcement.must_confirm:
        raise AnnouncementError(_("There is nothing to confirm any more."))
    return _remind(announcement, f"asked-{timezone.localdate()}")


# --- The reader -------------------------------------------------------------------------------------------------------


def mark_read(announcement: Announcement, *, by: Membership) -> None:
    """Somebody at a partner has opened it. Who only looks as they would has not."""
    if current_scope().read_only or Reading.objects.filter(announcement=announcement, member=by).exists():
        return
    now = timezone.now()
    with house_scope():
        Reading.objects.bulk_create(
            [Reading(announcement=announcement, partner=by.partner, member=by, read_at=now)],
            ignore_conflicts=True,
        )
        Addressee.objects.filter(announcement=announcement, partner=by.partner_id, read_at=None).update(read_at=now)


def confirm(announcement: Announcement, *, by: Membership) -> None:
    """A partner has taken note of it: whoever of its people confirms first counts."""
    if not announcement.must_confirm or not announcement.is_out:
        raise AnnouncementError(_("There is nothing to confirm any more."))
    now = timezone.now()
    mark_read(announcement, by=by)
    with house_scope():
        Addressee.objects.filter(announcement=announcement, partner=by.partner_id, confirmed_at=None).update(
            confirmed_at=now, confirmed_by=by, read_at=Coalesce(F("read_at"), Value(now))
        )


def comment(announcement: Announcement, body: str, *, by: Membership) -> AnnouncementComment:
    """Say something to it. Other partners read the company's name only where the announcement says so."""
    body = body.strip()
    if not body:
        raise AnnouncementError(_("Write something first."))
    if not announcement.comments_on or not announcement.is_out:
        raise AnnouncementError(_("Comments are closed."))
    if by.is_staff:
        shown = by.name
    elif announcement.names == Names.COMPANY:
        shown = str(by.partner)
    else:
        shown = ""
    with house_scope(), transaction.atomic():
        made = AnnouncementComment.objects.create(
            announcement=announcement, body=body[:4000], shown_name=shown[:200], is_staff=by.is_staff
        )
        CommentAuthor.objects.create(comment=made, partner_id=by.partner_id, member=by, name=by.name)
        if not by.is_staff:
            tell(
                Membership.objects.filter(pk=announcement.owner_id),
                COMMENT,
                key=f"announcement-comment-{made.pk}",
                facts={
                    "announcement": announcement.pk,
                    "title": announcement.titles,
                    "partner": by.partner.names if by.partner else "",
                },
            )
    return made


def moderate(announcement: Announcement, key: int, *, is_hidden: bool, by: Membership) -> None:
    """Hide a comment from partners, or show it again."""
    announcement.comments.filter(pk=key).update(
        hidden_at=timezone.now() if is_hidden else None, hidden_by=by if is_hidden else None
    )


def _locked(key: int) -> Announcement:
    rows = Announcement.objects.select_for_update(of=("self",)).select_related("audience", "published_by")
    return rows.get(pk=key)


def _must_be_written(announcement: Announcement) -> None:
    if announcement.state not in WRITTEN:
        raise AnnouncementError(_("It was published already: what partners have read is not changed. Make a copy."))
