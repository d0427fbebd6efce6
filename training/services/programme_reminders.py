"""Reminders of learning programmes by their plan, and who is told where they do not help.

What was told of which day stands with the person: a night that was missed is made up for by what is right now, and nobody
is told the same twice.
"""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db import connection, transaction
from django.db.models import F, JSONField, Q, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils import timezone

from notices.services import tell_from
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import members_with
from training.models import LearningProgramme, PersonState, ProgrammePerson, ProgrammeState
from training.notice_kinds.programmes import LATE, PARTNERS_LATE, PEOPLE_LATE, SOON

NAMES_SHOWN = 5

# The latest step of the plan that has come for whom is still learning; steps before the day was set are not made up for.
REMIND = """
UPDATE training_programmeperson p SET reminded = n.step, reminded_for = p.due_on, reminded_at = %(now)s
FROM (
    SELECT x.id, max(s.step) AS step
    FROM training_programmeperson x
    JOIN tenancy_membership m ON m.id = x.member_id AND m.is_active
    JOIN unnest(%(steps)s::int[]) s (step)
        ON x.due_on + s.step <= %(day)s::date AND (x.due_from IS NULL OR x.due_on + s.step > x.due_from)
    WHERE x.programme_id = %(programme)s AND x.state = 'open' AND NOT x.is_stuck AND x.due_on IS NOT NULL
    GROUP BY x.id
) n
WHERE p.id = n.id AND p.state = 'open' AND (p.reminded_for IS DISTINCT FROM p.due_on OR p.reminded < n.step)
RETURNING p.due_on < %(day)s::date
"""
# Whom has it become too late for: for the partner's admin (1), for the channel manager (2).
ESCALATE = """
WITH late AS (
    SELECT id, CASE WHEN escalated_for = due_on THEN escalated ELSE 0 END AS was,
        CASE WHEN due_on + %(manager_after)s::int <= %(day)s::date THEN 2
            WHEN due_on + %(admin_after)s::int <= %(day)s::date THEN 1 ELSE 0 END AS level
    FROM training_programmeperson
    WHERE programme_id = %(programme)s AND state = 'open' AND due_on < %(day)s::date
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE training_programmeperson p SET escalated = l.level, escalated_for = p.due_on
FROM late l
WHERE p.id = l.id AND l.level > l.was
RETURNING p.partner_id, p.member_id, l.was, l.level
"""


def remind_all(day: dt.date) -> dict[str, int]:
    """The reminders of all running programmes as of a day; returns how many people, admins and managers were told."""
    told = {"people": 0, "admins": 0, "managers": 0}
    for programme in LearningProgramme.objects.filter(state=ProgrammeState.RUNNING).order_by("pk"):
        with transaction.atomic():
            told["people"] += remind(programme, day)
            admins, managers = escalate(programme, day)
        told["admins"] += admins
        told["managers"] += managers
    return told


@transaction.atomic
def remind(programme: LearningProgramme, day: dt.date) -> int:
    """Tell who has come to a step of the plan; returns how many."""
    now = timezone.now()
    steps = sorted(set(programme.reminders))
    with connection.cursor() as cursor:
        cursor.execute(REMIND, {"programme": programme.pk, "steps": steps, "day": day, "now": now})
        late = [is_late for (is_late,) in cursor.fetchall()]
    told = 0
    people = ProgrammePerson.objects.filter(programme=programme, reminded_at=now, state=PersonState.OPEN)
    for kind, which, is_there in ((SOON, Q(due_on__gte=day), False), (LATE, Q(due_on__lt=day), True)):
        if is_there not in late:
            continue
        rows = people.filter(which).annotate(
            told_key=Concat(
                Value("programme-due-"),
                Cast("pk", TextField()),
                Value("-"),
                Cast("due_on", TextField()),
                Value("-"),
                Cast("reminded", TextField()),
                output_field=TextField(),
            ),
            told_facts=JSONObject(
                programme=Value(programme.pk),
                title=Cast(Value(programme.titles, JSONField()), JSONField()),
                due_on=F("due_on"),
            ),
        )
        told += tell_from(rows.order_by().values_list("member_id", "told_key", "told_facts"), kind)
    return told


@transaction.atomic
def escalate(programme: LearningProgramme, day: dt.date) -> tuple[int, int]:
    """Tell partner admins, and later channel managers, of people who are long late: each of them of all at once, of each
    person and day once. Returns how many admins and managers were told.
    """
    never = 100_000
    asked: dict[str, Any] = {
        "programme": programme.pk,
        "day": day,
        "admin_after": never if programme.admin_after is None else programme.admin_after,
        "manager_after": never if programme.manager_after is None else programme.manager_after,
    }
    with connection.cursor() as cursor:
        cursor.execute(ESCALATE, asked)
        found = cursor.fetchall()
    if not found:
        return 0, 0
    has_admins = programme.admin_after is not None
    to_admins = _by_partner((partner, member) for partner, member, was, _level in found if has_admins and was < 1)
    to_managers = _by_partner((partner, member) for partner, member, _was, level in found if level == 2)
    return _tell_admins(programme, day, to_admins), _tell_managers(programme, day, to_managers)


def _by_partner(pairs: Any) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for partner, member in pairs:
        found[partner].append(member)
    return found


def _facts(programme: LearningProgramme, count: int, names: list[str]) -> dict[str, Any]:
    shown = sorted(names)[:NAMES_SHOWN]
    more = "" if len(names) <= NAMES_SHOWN else ", …"
    return {"programme": programme.pk, "title": programme.titles, "count": count, "names": ", ".join(shown) + more}


def _tell_admins(programme: LearningProgramme, day: dt.date, late: dict[int, list[int]]) -> int:
    if not late:
        return 0
    names = dict(
        Membership.objects.filter(pk__in={pk for own in late.values() for pk in own}).values_list("pk", "name")
    )
    admins = members_with(Right.PORTAL_TRAINING_MANAGE).filter(partner__in=late).order_by("pk")
    return tell_from(
        [
            (
                admin,
                f"programme-people-late-{programme.pk}-{day}",
                _facts(programme, len(late[partner]), [names[pk] for pk in late[partner]]),
            )
            for admin, partner in admins.values_list("pk", "partner")
        ],
        PEOPLE_LATE,
    )


def _tell_managers(programme: LearningProgramme, day: dt.date, late: dict[int, list[int]]) -> int:
    if not late:
        return 0
    of_manager: dict[int, list[tuple[int, str]]] = defaultdict(list)
    partners = ProgrammePerson.objects.filter(programme=programme, partner__in=late).order_by()
    rows = partners.values_list("partner", "partner__channel_manager", "partner__name").distinct()
    for partner, manager, name in rows:
        if manager is not None:
            of_manager[manager].append((len(late[partner]), name))
    return tell_from(
        [
            (
                manager,
                f"programme-partners-late-{programme.pk}-{day}",
                _facts(programme, sum(count for count, _name in own), [name for _count, name in own]),
            )
            for manager, own in sorted(of_manager.items())
        ],
        PARTNERS_LATE,
    )
