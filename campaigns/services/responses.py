"""What comes back on a campaign: each response as a row, and the first of each kind on its reader.

`record` is the one door. What a person does counts within the campaign's window, days after their first mail; what a
machine did, and what came later, is kept and not counted. The same thing told again (`key`) is one response.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.machines import AT_ONCE, BURST, BURST_UNTIL
from campaigns.models import Recipient, ResponseKind
from tenancy.rls import house_scope, run_as_staff

SPACE = uuid.UUID("5b0b6f0e-7c1f-4c56-9d39-7f4c2f7f0c7e")
"""Of the names that responses told again are known by."""
LONGEST = 1000
COUNTED: dict[str, tuple[str, ...]] = {
    ResponseKind.OPEN: ("opened_at",),
    ResponseKind.CLICK: ("opened_at", "clicked_at"),
    ResponseKind.ANSWER: ("opened_at", "clicked_at", "replied_at"),
    ResponseKind.REPLY: ("opened_at", "replied_at"),
    ResponseKind.FORM: ("opened_at", "clicked_at", "replied_at"),
    ResponseKind.TYPED: ("replied_at",),
    ResponseKind.LEAD: ("lead_at",),
    ResponseKind.UNSUBSCRIBE: ("unsubscribed_at",),
    ResponseKind.COMPLAINT: ("unsubscribed_at",),
    ResponseKind.BOUNCE: ("bounced_at",),
}
"""Of which first times of its reader a response is one: who clicked has opened, who answered by a click has clicked.
“Not interested” is an answer too: its reader is not asked again, and reports say apart how many said so. Orders are found
in the books (`campaigns.services.orders`)."""
ALWAYS = (ResponseKind.UNSUBSCRIBE, ResponseKind.COMPLAINT, ResponseKind.BOUNCE)
"""What counts whenever it comes."""

RECORD = """
    WITH reader AS (
        SELECT said.response, said.detail, r.id,
            r.sent_at IS NULL OR %(is_always)s OR %(at)s < r.sent_at + make_interval(days => c.window_days) AS in_time
        FROM unnest(%(responses)s::uuid[], %(recipients)s::bigint[], %(details)s::text[])
            AS said (response, recipient, detail)
        JOIN campaigns_recipient r ON r.id = said.recipient
        JOIN campaigns_campaign c ON c.id = r.campaign_id
        WHERE r.left_out = '' {unless}
    ), put AS (
        INSERT INTO campaigns_response (id, recipient_id, kind, at, is_machine, detail)
        SELECT response, id, %(kind)s, %(at)s, %(is_machine)s, detail FROM reader
        ON CONFLICT DO NOTHING RETURNING recipient_id
    ), first AS (
        UPDATE campaigns_recipient r SET {first}
        FROM put JOIN reader ON reader.id = put.recipient_id
        WHERE r.id = reader.id AND reader.in_time AND NOT %(is_machine)s AND ({earlier})
    )
    SELECT count(*) FROM put
"""
REFUSED = """AND NOT EXISTS (
            SELECT FROM campaigns_readerchoice x WHERE x.address = lower(r.address) AND x.refuses_opens
        ) AND NOT EXISTS (SELECT FROM campaigns_campaignsettings s WHERE NOT s.tracks_opens)"""
"""Who does not want opens counted, or a house that counts none: also of mails that went out before."""
CLICK = """
    INSERT INTO campaigns_response (id, recipient_id, kind, at, is_machine, detail)
    VALUES (%(id)s, %(recipient)s, 'click', %(at)s, %(is_machine)s, %(detail)s) ON CONFLICT DO NOTHING
"""
COUNT = """
    UPDATE campaigns_recipient r SET opened_at = least(r.opened_at, f.clicked), clicked_at = least(r.clicked_at, f.clicked)
    FROM (
        SELECT o.id, min(p.at) AS clicked
        FROM campaigns_response p
        JOIN campaigns_recipient o ON o.id = p.recipient_id
        JOIN campaigns_campaign c ON c.id = o.campaign_id
        WHERE p.at >= %(since)s AND p.kind = 'click' AND NOT p.is_machine AND o.left_out = ''
            AND (o.sent_at IS NULL OR p.at < o.sent_at + make_interval(days => c.window_days))
        GROUP BY o.id
    ) f
    WHERE r.id = f.id AND (r.clicked_at IS NULL OR r.clicked_at > f.clicked)
"""
_SQL = {
    kind: RECORD.format(
        unless=REFUSED if kind == ResponseKind.OPEN else "",
        first=", ".join(f"{column} = least(r.{column}, %(at)s)" for column in columns),
        earlier=" OR ".join(f"r.{column} IS NULL OR r.{column} > %(at)s" for column in columns),
    )
    for kind, columns in COUNTED.items()
}


def record(
    recipient: Recipient | int,
    kind: str,
    *,
    at: dt.datetime | None = None,
    is_machine: bool = False,
    detail: str = "",
    key: str = "",
) -> bool:
    """Keep a response of a reader; returns whether it is new. One statement, in the scope of the house.

    With a `key` (the id of a mail, the link and the minute) the same thing told again is one response. Who was left out
    or does not exist has none.
    """
    number = recipient if isinstance(recipient, int) else recipient.pk
    return bool(record_all({number: detail}, kind, at=at or timezone.now(), is_machine=is_machine, key=key))


def record_all(
    details: Mapping[int, str], kind: str, *, at: dt.datetime, is_machine: bool = False, key: str = ""
) -> int:
    """Keep one response of each of many readers, by their numbers, as `record` does; how many are new. One statement."""
    asked: dict[str, Any] = {
        "responses": [_response(number, kind, key) for number in details],
        "recipients": list(details),
        "details": [detail[:LONGEST] for detail in details.values()],
        "kind": str(kind),
        "at": at,
        "is_machine": is_machine,
        "is_always": kind in ALWAYS,
    }
    with house_scope(), connection.cursor() as cursor:
        cursor.execute(_SQL[kind], asked)
        return int(cursor.fetchone()[0])


def record_click(manufacturer: int, recipient: int, url: str, *, is_machine: bool, key: str) -> None:
    """Keep a click, outside any scope: its reader waits to be led on, so that it is one row in one round trip. The first
    times of its reader follow within a minute (`count_clicks`).

    The server is not waited for to have it on disk: when its machine fails, the clicks of the last moment are lost, and
    nothing else.
    """
    asked: dict[str, Any] = {
        "id": _response(recipient, ResponseKind.CLICK, key),
        "recipient": recipient,
        "at": timezone.now(),
        "is_machine": is_machine,
        "detail": url[:LONGEST],
    }
    run_as_staff(manufacturer, CLICK, asked, is_lossy=True)


def count_clicks(since: dt.datetime) -> int:
    """Bring the clicks since a moment to their readers; returns how many readers changed. Safe to run again."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"since": since})
        return int(cursor.rowcount)


def _response(recipient: int, kind: str, key: str) -> uuid.UUID:
    return uuid.uuid5(SPACE, f"{recipient}:{kind}:{key}") if key else uuid.uuid4()


# --- Machines that show only by when they ask -------------------------------------------------------------------------

BY_TIME = """
    WITH early AS (
        SELECT p.id, p.recipient_id, p.kind, p.at, p.detail, m.sent_at
        FROM campaigns_response p
        JOIN campaigns_message m ON m.recipient_id = p.recipient_id
            AND p.at >= m.sent_at - %(at_once)s AND p.at < m.sent_at + %(burst_until)s
        WHERE p.at >= %(since)s AND p.kind IN ('open', 'click') AND NOT p.is_machine
    ), found AS (
        SELECT id, recipient_id FROM early WHERE at < sent_at + %(at_once)s
        UNION
        SELECT a.id, a.recipient_id FROM early a JOIN early b ON b.recipient_id = a.recipient_id
        WHERE a.kind = 'click' AND b.kind = 'click' AND a.detail <> b.detail
            AND a.at BETWEEN b.at - %(burst)s AND b.at + %(burst)s
    ), marked AS (
        UPDATE campaigns_response p SET is_machine = true FROM found WHERE p.id = found.id RETURNING p.recipient_id
    )
    SELECT array_agg(DISTINCT recipient_id), count(*) FROM marked
"""
AGAIN = """
    UPDATE campaigns_recipient r SET opened_at = f.opened, clicked_at = f.clicked
    FROM (
        SELECT r.id,
            min(p.at) FILTER (WHERE p.kind IN ('open', 'click', 'answer', 'reply', 'form')) AS opened,
            min(p.at) FILTER (WHERE p.kind IN ('click', 'answer', 'form')) AS clicked
        FROM campaigns_recipient r
        JOIN campaigns_campaign c ON c.id = r.campaign_id
        LEFT JOIN campaigns_response p ON p.recipient_id = r.id AND NOT p.is_machine
            AND (r.sent_at IS NULL OR p.at < r.sent_at + make_interval(days => c.window_days))
        WHERE r.id = ANY (%(readers)s) GROUP BY r.id
    ) f
    WHERE r.id = f.id
"""


def tell_machines_apart(since: dt.datetime) -> int:
    """Mark the opens and clicks since a moment that only a machine can have made, by when they came, and count their
    readers anew. Returns how many were marked. Safe to run again."""
    asked: dict[str, Any] = {"since": since, "at_once": AT_ONCE, "burst": BURST, "burst_until": BURST_UNTIL}
    with connection.cursor() as cursor:
        cursor.execute(BY_TIME, asked)
        readers, marked = cursor.fetchone()
        if marked:
            cursor.execute(AGAIN, {"readers": readers})
    return int(marked)
