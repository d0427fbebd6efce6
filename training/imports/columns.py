"""Columns that the files of training share: which course, which person."""

import zoneinfo
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from jobs.columns import Column, Email, Lookup, Text
from partners.selectors import partner_ids
from tenancy.selectors import current_manufacturer


def course_column(**options: Any) -> Column:
    """The code of a course."""
    return Text(
        "course",
        gettext_lazy("Course code"),
        ("과정코드", "과정", "강좌코드", "コースコード", "コース", "講座コード", "course code"),
        required=True,
        must_map=True,
        max_length=40,
        example="INST-101",
        **options,
    )


def person_columns() -> list[Column]:
    """Whose row it is: an e-mail, and the partner where somebody has been at several."""
    return [
        Email(
            "email",
            gettext_lazy("E-mail"),
            ("이메일", "메일", "メール", "メールアドレス", "email address", "mail", "learner"),
            required=True,
            must_map=True,
            example="kim@seoul-agency.example",
        ),
        Lookup(
            "partner_code",
            gettext_lazy("Partner code"),
            ("거래처코드", "대리점코드", "파트너코드", "取引先コード", "代理店コード", "partner", "dealer"),
            help=gettext_lazy("Only needed for people who have been at several partners."),
            max_length=64,
            example="A-001",
            find=partner_ids,
            into="partner_id",
            unknown="unknown_partner",
        ),
    ]


def today_and_zone() -> dict[str, Any]:
    """The manufacturer's clock, for statements that turn days into moments."""
    manufacturer = current_manufacturer()
    zone = zoneinfo.ZoneInfo(manufacturer.timezone)
    return {"zone": manufacturer.timezone, "today": timezone.localdate(timezone=zone)}


SENTENCES: dict[str, Any] = {
    "unknown_partner": gettext_lazy("no partner has the code “%(value)s”"),
    "unknown_course": gettext_lazy("no course has the code “%(value)s”"),
    "not_out": gettext_lazy("the course “%(value)s” was never published"),
    "unknown_person": gettext_lazy("nobody of a partner signs in as “%(value)s”"),
    "several_places": gettext_lazy("“%(value)s” has been at several partners: give the partner's code"),
    "made_here": gettext_lazy("it was learned in this portal, which a file does not change"),
    "too_early": gettext_lazy("%(value)s lies before the enrolment"),
    "to_come": gettext_lazy("%(value)s is still to come"),
}

COURSE = """
    UPDATE import_rows n SET course_id = c.id, version_id = v.id
    FROM training_course c LEFT JOIN LATERAL (
        SELECT id FROM training_courseversion
        WHERE course_id = c.id AND state <> 'draft' ORDER BY state = 'published' DESC, number DESC LIMIT 1
    ) v ON true
    WHERE c.code = n.course
"""
UNKNOWN_COURSE = "SELECT n.row, 'course', 'unknown_course', n.course FROM import_rows n WHERE n.course_id IS NULL"
NOT_OUT = "SELECT n.row, 'course', 'not_out', n.course FROM import_rows n WHERE n.version_id IS NULL"
# The place of somebody who has left is known by the same e-mail; the present one is taken first.
PERSON = """
    UPDATE import_rows n SET member_id = t.id, own_partner_id = t.partner_id
    FROM (
        SELECT *, count(*) OVER (PARTITION BY email) AS places FROM (
            SELECT DISTINCT ON (lower(email), partner_id) lower(email) AS email, partner_id, id FROM tenancy_membership
            WHERE partner_id IS NOT NULL ORDER BY lower(email), partner_id, is_active DESC, id DESC
        ) one
    ) t
    WHERE t.email = lower(n.email) AND (t.partner_id = n.partner_id OR n.partner_id IS NULL AND t.places = 1)
"""
SEVERAL_PLACES = """
    SELECT n.row, 'email', 'several_places', n.email FROM import_rows n
    WHERE n.member_id IS NULL AND n.partner_id IS NULL AND EXISTS (
        SELECT FROM tenancy_membership m WHERE lower(m.email) = lower(n.email) AND m.partner_id IS NOT NULL
    )
"""
UNKNOWN_PERSON = "SELECT n.row, 'email', 'unknown_person', n.email FROM import_rows n WHERE n.member_id IS NULL"
# What a file says is kept on the full minute; what happens here bears its seconds. So an enrolment from a file that was gone
# on with here, or ended here, is told from one of which the file alone has spoken. It is read of `e`.
GONE_ON_HERE = """
    (CASE WHEN e.state IN ('enrolled', 'started')
        THEN coalesce(e.seen_at <> date_trunc('minute', e.seen_at), false)
            OR EXISTS (SELECT FROM training_attempt a WHERE a.enrolment_id = e.id)
        ELSE e.ended_at <> date_trunc('minute', e.ended_at)
    END OR EXISTS (SELECT FROM training_certificate x WHERE x.enrolment_id = e.id))
"""
SOURCE = f"CASE WHEN e.source = 'import' AND {GONE_ON_HERE} THEN 'here' ELSE e.source END"
"""Where an enrolment comes from, for those whom a file may change: only what says 'import'."""
LOOKED_UP = {"course_id": "bigint", "version_id": "bigint", "member_id": "bigint", "own_partner_id": "bigint"}
