"""A learning programme assigned to 100,000 people: found by the conditions of an audience, put in, their first course opened,
and told. Beside it the same rows written by plain SQL into tables with the same columns, keys and indexes.

In a manufacturer of its own; the second run, in which nothing is to be done any more, is measured beside the same floor.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.harness import Measure, peak_memory_mb, report
from notices.models import Notice
from partners.models import Audience, Partner, PartnerKind
from tenancy.models import Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import as_owner, platform_scope, staff_scope
from training.models import (
    Course,
    CourseVersion,
    Enrolment,
    LearningProgramme,
    Lesson,
    LessonContent,
    ProgrammeAudience,
    ProgrammeCourse,
    ProgrammePerson,
)
from training.services.courses import create_course, publish
from training.services.programme_assignment import assign

SLUG = "bench-programme"
LIMIT = 3.0
PEOPLE = 5
"""At each partner."""
COURSES = 3
DAYS = 30
DAY = dt.date(2026, 6, 1)
COPIED = ("training_programmeperson", "training_enrolment", "notices_notice", "notices_delivery")

# What a pass leaves behind, written without asking who is there already: the floor.
FLOOR = [
    """
    INSERT INTO bench_programmeperson (manufacturer_id, programme_id, partner_id, member_id, state, source, since,
        entered_at, done, due_on, due_from, is_stuck, reason, escalated)
    SELECT m.manufacturer_id, %(programme)s, m.partner_id, m.id, 'open', 'auto', %(day)s, now(), 0, %(due)s, %(day)s,
        false, '', 0
    FROM tenancy_membership m JOIN partners_partner p ON p.id = m.partner_id
    WHERE m.manufacturer_id = %(manufacturer)s AND m.is_active AND p.stage = 'active'
    ORDER BY m.partner_id, m.id
    """,
    """
    INSERT INTO bench_enrolment (manufacturer_id, course_id, version_id, partner_id, member_id, state, source, enrolled_at,
        due_on, done, seconds, reason)
    SELECT m.manufacturer_id, %(course)s, %(version)s, m.partner_id, m.id, 'enrolled', 'programme', now(), %(due)s, 0, 0, ''
    FROM tenancy_membership m JOIN partners_partner p ON p.id = m.partner_id
    WHERE m.manufacturer_id = %(manufacturer)s AND m.is_active AND p.stage = 'active'
    ORDER BY m.partner_id, m.id
    """,
    """
    WITH told AS (
        INSERT INTO bench_notice (manufacturer_id, recipient_id, partner_id, kind, key, facts, is_important, in_inbox,
            created_at)
        SELECT m.manufacturer_id, m.id, m.partner_id, 'bench', 'programme-' || m.id, %(facts)s::jsonb, false, true, now()
        FROM tenancy_membership m JOIN partners_partner p ON p.id = m.partner_id
        WHERE m.manufacturer_id = %(manufacturer)s AND m.is_active AND p.stage = 'active'
        ORDER BY m.id
        RETURNING id, manufacturer_id
    )
    INSERT INTO bench_delivery (manufacturer_id, notice_id, channel, is_digest, state, attempts, due_at, error)
    SELECT manufacturer_id, id, 'mail', false, 'waiting', 0, now(), '' FROM told ORDER BY id
    """,
]
CLEAR = (
    "DELETE FROM notices_delivery WHERE manufacturer_id = %s",
    "DELETE FROM notices_notice WHERE manufacturer_id = %s",
    "DELETE FROM training_enrolment WHERE manufacturer_id = %s",
    "DELETE FROM training_programmeperson WHERE manufacturer_id = %s",
)


def build(people: int) -> Manufacturer:
    """Partners with people, and courses; left as they are where they stand already."""
    with platform_scope():
        manufacturer, _made = Manufacturer.objects.get_or_create(
            slug=SLUG, defaults={"name": "Bench", "languages": ["en"], "currency": "KRW"}
        )
    with staff_scope(manufacturer.pk):
        if Membership.objects.filter(partner__isnull=False).count() == people:
            return manufacturer
        kind, _made = PartnerKind.objects.get_or_create(code="bench", defaults={"names": {"en": "Bench"}})
        partners = Partner.objects.bulk_create(
            [
                Partner(code=f"C{n:06}", name=f"Company {n}", kind=kind, country="KR", stage="active")
                for n in range(people // PEOPLE)
            ],
            batch_size=5_000,
        )
    users = User.objects.bulk_create(
        [User(email=f"p{n}@{SLUG}.example", name=f"Person {n}", password="!") for n in range(people)],
        batch_size=5_000,
    )
    owner = User.objects.create_user(email=f"owner@{SLUG}.example", password="!", name="Owner")
    with staff_scope(manufacturer.pk):
        Membership.objects.create(user_id=owner.pk, name=owner.name, email=owner.email, role=Role.OWNER)
        Membership.objects.bulk_create(
            [
                Membership(
                    user_id=user.pk,
                    partner=partners[n // PEOPLE],
                    role=Role.PARTNER_REP,
                    name=user.name,
                    email=user.email,
                )
                for n, user in enumerate(users)
            ],
            batch_size=5_000,
        )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE partners_partner, partners_partnersummary, tenancy_membership")
    return manufacturer


def make_programme() -> LearningProgramme:
    """Of three courses, for the active partners of a country."""
    found = LearningProgramme.objects.filter(code=SLUG).first()
    if found is not None:
        return found
    owner = Membership.objects.get(role=Role.OWNER)
    rules = [
        {"field": "stage", "test": "any_of", "value": ["active"]},
        {"field": "country", "test": "any_of", "value": ["KR"]},
    ]
    audience = Audience.objects.create(name=SLUG, owner=owner, definition={"op": "all", "rules": rules})
    programme = LearningProgramme.objects.create(
        code=SLUG, titles={"en": "Bench"}, owner=owner, state="running", started_at=timezone.now()
    )
    ProgrammeAudience.objects.create(programme=programme, audience=audience)
    for place in range(COURSES):
        course = create_course(Course(code=f"{SLUG}-{place}", titles={"en": f"Course {place}"}))
        version = course.versions.get()
        lesson = Lesson.objects.create(version=version, module=version.modules.get(), titles={"en": "Lesson"})
        LessonContent.objects.create(lesson=lesson, language="en", body="Words")
        publish(course, by=owner)
        ProgrammeCourse.objects.create(programme=programme, course=course, order=place, days=DAYS)
    return programme


def clear(manufacturer: Manufacturer) -> None:
    """Nobody is in the programme, and nobody was told."""
    with as_owner(), connection.cursor() as cursor:
        for statement in CLEAR:
            cursor.execute(statement, [manufacturer.pk])


def floor(manufacturer: Manufacturer, programme: LearningProgramme) -> float:
    """How long plain SQL takes to write the same rows into empty tables, with the keys that every row is checked by."""
    version = CourseVersion.objects.filter(course__code=f"{SLUG}-0", state="published").values_list("course", "pk")
    with staff_scope(manufacturer.pk):
        course, version_id = version.get()
    asked = {
        "manufacturer": manufacturer.pk,
        "programme": programme.pk,
        "course": course,
        "version": version_id,
        "day": DAY,
        "due": DAY + dt.timedelta(days=DAYS),
        "facts": '{"programme": 1, "title": {"en": "Bench"}, "due_on": "2026-07-01"}',
    }
    with as_owner(), connection.cursor() as cursor:
        for table in COPIED:
            copy = f"bench_{table.partition('_')[2]}"
            cursor.execute(f"DROP TABLE IF EXISTS {copy}")
            cursor.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)")
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
                [table],
            )
            for name, definition in cursor.fetchall():
                if "notices_notice" not in definition:
                    cursor.execute(f'ALTER TABLE {copy} ADD CONSTRAINT "b_{name[:55]}" {definition}')
    started = time.perf_counter()
    with as_owner(), connection.cursor() as cursor:
        for statement in FLOOR:
            cursor.execute(statement, asked)
    taken = time.perf_counter() - started
    with as_owner(), connection.cursor() as cursor:
        for table in COPIED:
            cursor.execute(f"DROP TABLE bench_{table.partition('_')[2]}")
    return taken


def main(argv: Sequence[str] = ()) -> dict[str, Any]:
    """Build what is missing, assign, and assign once more."""
    parser = argparse.ArgumentParser(prog="bench.programme_assignment", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args(argv)
    manufacturer = build(options.people)
    with staff_scope(manufacturer.pk):
        programme = make_programme()
    runs = []
    for _turn in range(options.times):
        clear(manufacturer)
        plain = floor(manufacturer, programme)
        before = peak_memory_mb()
        started = time.perf_counter()
        with staff_scope(manufacturer.pk):
            done = assign(programme, day=DAY)
        taken = time.perf_counter() - started
        more = peak_memory_mb() - before
        started = time.perf_counter()
        with staff_scope(manufacturer.pk):
            again = assign(programme, day=DAY)
        idle = time.perf_counter() - started
        with staff_scope(manufacturer.pk):
            kept = (ProgrammePerson.objects.count(), Enrolment.objects.count(), Notice.objects.count())
        runs.append((taken, plain, more, done, again, idle, kept))
    clear(manufacturer)
    taken, plain, more, done, again, idle, kept = sorted(runs, key=lambda run: run[0] / run[1])[len(runs) // 2]
    wanted = (options.people,) * 3
    fault = "" if kept == wanted else f"{kept} rows of {wanted}"
    notes = {
        "put in": f"{done.entered:,}",
        "opened": f"{done.opened:,}",
        "memory": f"{peak_memory_mb():.0f} MB, {more:.0f} of it here",
    }
    nothing = "" if not any(again.as_json().values()) else f"not idle: {again.as_json()}"
    return report(
        [
            Measure(f"{options.people:,} people assigned and told", taken, plain, LIMIT, notes, fault),
            Measure("the same once more, with nothing to do", idle, plain, 1.0, {}, nothing),
        ]
    )
