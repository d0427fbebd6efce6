"""Who is told what. Apps call `tell` or `tell_from`; the reader's own steps (read, confirm, choose) are here too."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import JSONField, QuerySet, TextField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.extras import Json
from psycopg2.sql import SQL

from notices.models import Channel, Mode, Notice, Preference, QuietHours
from notices.registry import PORTAL, STAFF, NoticeKind
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rls import current_scope, house_scope

DIGEST_TIME = dt.time(8)
"""When the daily digest goes out, in the manufacturer's time zone."""

# Who is told, and by which channels, in one statement: {rows} and {members} are querysets as Django compiles them, or an
# unnest of arrays; all values are parameters.
TELL = SQL("""
WITH given (kind, is_important, portal, mail, digest_time, ends_at, now) AS (
    SELECT %s::text, %s::boolean, %s::text, %s::text, %s::time, %s::timestamptz, %s::timestamptz
),
rows (recipient_id, key, facts) AS ({rows}),
members (id, manufacturer_id, partner_id) AS ({members}),
told AS (
    INSERT INTO notices_notice (
        manufacturer_id, recipient_id, partner_id, kind, key, facts, is_important, in_inbox, created_at, read_at, ends_at
    )
    SELECT m.manufacturer_id, m.id, m.partner_id, g.kind, r.key, coalesce(r.facts, '{{}}'), g.is_important,
        shown.yes, g.now, CASE WHEN NOT shown.yes THEN g.now END, g.ends_at
    FROM given g
    CROSS JOIN rows r
    JOIN members m ON m.id = r.recipient_id
    LEFT JOIN notices_preference portal ON portal.manufacturer_id = m.manufacturer_id AND portal.member_id = m.id
        AND portal.kind = g.kind AND portal.channel = 'portal'
    LEFT JOIN notices_preference mail ON mail.manufacturer_id = m.manufacturer_id AND mail.member_id = m.id
        AND mail.kind = g.kind AND mail.channel = 'mail'
    CROSS JOIN LATERAL (SELECT g.is_important OR coalesce(portal.mode, g.portal) <> 'off' AS yes) shown
    WHERE shown.yes OR coalesce(mail.mode, g.mail) <> 'off'
    ORDER BY m.id
    ON CONFLICT (manufacturer_id, recipient_id, key) DO NOTHING
    RETURNING id, manufacturer_id, recipient_id
),
on_its_way AS (
    INSERT INTO notices_delivery (manufacturer_id, notice_id, channel, is_digest, state, attempts, due_at, error)
    SELECT t.manufacturer_id, t.id, 'mail', mode.is_digest, 'waiting', 0,
        CASE WHEN quiet.starts IS NULL THEN wanted.at
            ELSE notices_may_go_at(wanted.at, f.timezone, quiet.starts, quiet.ends) END, ''
    FROM given g
    CROSS JOIN told t
    JOIN tenancy_manufacturer f ON f.id = t.manufacturer_id
    LEFT JOIN notices_preference mail ON mail.manufacturer_id = t.manufacturer_id AND mail.member_id = t.recipient_id
        AND mail.kind = g.kind AND mail.channel = 'mail'
    LEFT JOIN notices_quiethours quiet ON quiet.member_id = t.recipient_id
    CROSS JOIN LATERAL (SELECT coalesce(mail.mode, g.mail) = 'digest' AS is_digest) mode
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN NOT mode.is_digest THEN g.now
            WHEN (g.now AT TIME ZONE f.timezone)::time < g.digest_time
                THEN ((g.now AT TIME ZONE f.timezone)::date + g.digest_time) AT TIME ZONE f.timezone
            ELSE ((g.now AT TIME ZONE f.timezone)::date + 1 + g.digest_time) AT TIME ZONE f.timezone
        END AS at
    ) wanted
    WHERE coalesce(mail.mode, g.mail) <> 'off'
    ORDER BY t.id
    RETURNING due_at
)
SELECT (SELECT count(*) FROM told), EXISTS (SELECT FROM on_its_way w, given g WHERE w.due_at <= g.now),
    (SELECT min(manufacturer_id) FROM told)
""")
FROM_ARRAYS = SQL("SELECT * FROM unnest(%s::bigint[], %s::text[], %s::jsonb[])")


def tell(
    recipients: QuerySet[Membership] | Iterable[Membership],
    kind: NoticeKind,
    *,
    key: str,
    facts: Mapping[str, Any] | None = None,
    ends_at: dt.datetime | None = None,
) -> int:
    """Tell all recipients the same, in one statement; returns how many were told.

    The same key again tells nobody twice. Members who left, are on the wrong side, have the kind's function or all its
    channels switched off are skipped. Facts are what the kind's templates show: a dict is a text per language, and
    names ending in `_on` and `_at` are read back as day and moment.
    """
    if isinstance(recipients, QuerySet):
        rows = recipients.annotate(
            notice_key=Value(key, TextField()),
            notice_facts=Value(dict(facts or {}), JSONField(encoder=DjangoJSONEncoder)),
        )
        return tell_from(rows.values_list("pk", "notice_key", "notice_facts"), kind, ends_at=ends_at)
    return tell_from([(member.pk, key, facts or {}) for member in recipients], kind, ends_at=ends_at)


def tell_from(
    rows: QuerySet[Any, Any] | Iterable[tuple[int, str, Mapping[str, Any]]],
    kind: NoticeKind,
    *,
    ends_at: dt.datetime | None = None,
) -> int:
    """Tell each recipient something of its own, in one statement; returns how many were told. Otherwise as `tell`.

    rows: (recipient id, key, facts), as a list or, for many, as a queryset's `values_list` of three columns, which never
    leaves the database:

        tell_from(
            Membership.objects.filter(partner__grade_changes__run=run).annotate(
                key=Concat(Value("grade-change-"), Cast("partner__grade_changes__pk", CharField())),
                facts=JSONObject(tier="partner__grade_changes__to_tier__names"),
            ).values_list("pk", "key", "facts"),
            GRADE_CHANGED,
        )
    """
    try:
        rows_sql, rows_params = _compiled(rows)
    except EmptyResultSet:
        return 0
    members_sql, members_params = _compiled(_who_can_be_told(kind))
    now = timezone.now()
    given: list[Any] = [
        kind.key,
        kind.is_important,
        kind.default_mode(Channel.PORTAL),
        kind.default_mode(Channel.MAIL),
        DIGEST_TIME,
        ends_at,
        now,
    ]
    with house_scope(), connection.cursor() as cursor:
        statement = TELL.format(rows=rows_sql, members=members_sql).as_string(cursor.cursor)
        cursor.execute(statement, [*given, *rows_params, *members_params])
        told, is_any_due, manufacturer_id = cursor.fetchone()
    if is_any_due:
        start_delivery(manufacturer_id)
    return told


def mark_read(notice: Notice) -> None:
    """Its reader has opened it; who only looks as that reader has not."""
    if current_scope().read_only:
        return
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())


def mark_all_read(member: Membership) -> int:
    """The member has seen them all; what must be confirmed still waits for that. Returns how many were unread."""
    return Notice.objects.filter(recipient=member, read_at=None).update(read_at=timezone.now())


def confirm(notice: Notice) -> None:
    """Its reader has taken note; the first time counts."""
    if not notice.is_important:
        raise DomainError(_("This notice needs no confirmation."))
    now = timezone.now()
    Notice.objects.filter(pk=notice.pk, confirmed_at=None).update(
        confirmed_at=now, read_at=Coalesce("read_at", Value(now))
    )


def choose(
    member: Membership,
    modes: Mapping[tuple[str, Channel], Mode],
    *,
    quiet: tuple[dt.time, dt.time] | None,
) -> None:
    """Keep how the member wants to be told, by kind and channel, and when no mail is to come."""
    Preference.objects.bulk_create(
        [
            Preference(manufacturer_id=member.manufacturer_id, member=member, kind=kind, channel=channel, mode=mode)
            for (kind, channel), mode in modes.items()
        ],
        update_conflicts=True,
        unique_fields=["manufacturer", "member", "kind", "channel"],
        update_fields=["mode"],
    )
    if quiet is None:
        QuietHours.objects.filter(member=member).delete()
    else:
        QuietHours.objects.update_or_create(member=member, defaults={"starts": quiet[0], "ends": quiet[1]})


def start_delivery(manufacturer_id: int) -> None:
    """After commit, set a worker on what is due. When the broker is away, the sweep does it later."""
    from notices import tasks

    transaction.on_commit(partial(tasks.start_chain, manufacturer_id), robust=True)


def _compiled(rows: Any) -> tuple[SQL, list[Any]]:
    """A queryset or list of rows as SQL and its parameters."""
    if isinstance(rows, QuerySet):
        sql, params = rows.query.sql_with_params()
        return SQL(sql), list(params)
    recipients, keys, facts = [], [], []
    for recipient, key, row_facts in rows:
        recipients.append(recipient)
        keys.append(key)
        facts.append(Json(dict(row_facts), dumps=DjangoJSONEncoder().encode))
    return FROM_ARRAYS, [recipients, keys, facts]


def _who_can_be_told(kind: NoticeKind) -> QuerySet[Any, Any]:
    members = Membership.objects.filter(is_active=True)
    if kind.sides == {STAFF}:
        members = members.filter(partner=None)
    elif kind.sides == {PORTAL}:
        members = members.filter(partner__isnull=False)
    if kind.function:
        off = [kind.function]
        members = (
            members.exclude(manufacturer__functions_off__contains=off)
            .exclude(partner__functions_off__contains=off)
            .exclude(partner__kind__functions_off__contains=off)
        )
    return members.values_list("pk", "manufacturer_id", "partner_id")
