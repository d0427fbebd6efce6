"""Whom a learning programme is for: the people of the partners in its audiences."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from partners.audiences.fields import Catalogue
from partners.models import STAGE_ALLOWS, Activity, Audience, Partner
from partners.selectors.audiences import BrokenAudienceError, ReadAudience
from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import PARTNER_ROLES, ROLE_RIGHTS, Right
from training import programme_sql as sql

EVERYWHERE = (0, 2**63 - 1)
"""From which partner to which."""
STAGES = sorted(stage for stage, allowed in STAGE_ALLOWS.items() if Activity.TRAINING in allowed)
LEARNERS = sorted(role for role in PARTNER_ROLES if Right.PORTAL_TRAINING in ROLE_RIGHTS[role])


def partners_of(
    owner: Membership, audiences: Iterable[Audience], catalogue: Catalogue | None = None
) -> QuerySet[Partner]:
    """The partners in any of the audiences, as the owner may ask, of those it sees; all that it sees where none is given.

    Raises BrokenAudienceError where an audience cannot be read: who is in it is not guessed.
    """
    partners, catalogue, found = partners_for(owner), catalogue or Catalogue(owner), Q()
    for audience in audiences:
        read = ReadAudience(audience.definition, catalogue)
        if read.problems:
            raise BrokenAudienceError(
                _("“%(audience)s” asks for something that is not there any more, or not for you. Mend its conditions.")
                % {"audience": audience}
            )
        found |= Q(pk__in=read.narrowed(Partner.objects.all()).order_by().values("pk"))
    return partners.filter(found)


def fit_sql(
    partners: QuerySet[Partner], *, roles: Iterable[str], new_since: dt.datetime | None
) -> tuple[str, dict[str, Any]]:
    """The people of those partners that a programme is for, as a query with its parameters; `first` and `last` are missing."""
    try:
        text, params = partners.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # conditions that nobody can fulfil
        text, params = "SELECT 0", ()
    names = iter(range(len(params)))
    named = re.sub(r"%s", lambda _match: f"%(partner_{next(names)})s", text)
    asked: dict[str, Any] = {f"partner_{number}": value for number, value in enumerate(params)}
    return sql.FIT.format(partners=named), asked | {
        "roles": sorted(set(roles) & set(LEARNERS)) or LEARNERS,
        "stages": STAGES,
        "new_since": new_since,
    }


@dataclass(frozen=True)
class Reach:
    """How many people at how many partners a programme is for, and how many of them have passed all of it already."""

    people: int
    partners: int
    done: int


def reach_of(
    partners: QuerySet[Partner], *, roles: Iterable[str], new_since: dt.datetime | None, courses: Iterable[int]
) -> Reach:
    """Whom a programme would be for now; nothing is kept. One query."""
    fit, params = fit_sql(partners, roles=roles, new_since=new_since)
    first, last = EVERYWHERE
    asked = params | {"first": first, "last": last, "courses": sorted(set(courses))}
    with connection.cursor() as cursor:
        cursor.execute(sql.REACH.format(fit=fit), asked)
        people, where, done = cursor.fetchone()
    return Reach(people, where, done if asked["courses"] else 0)
