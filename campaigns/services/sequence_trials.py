"""What a sequence would have done on events of the past: the same walk over the same events, moment by moment.

Nothing is written to anybody. Nobody answers and nobody opens in a trial, so that it shows as many messages as there can be;
orders are those of the books. Who is in an audience, who agreed to advertising and who has left is taken as of today.
"""

import datetime as dt
import heapq
import itertools
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import SequenceVersion
from campaigns.sequence_facts import Facts, plan_of
from campaigns.sequence_walk import Walker, walk, week_of
from campaigns.services.sequence_running import entrants_sql
from campaigns.services.sequences import SequenceError
from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from partners.selectors.audiences import BrokenAudienceError
from tenancy.models import Membership
from tenancy.rights import Right

MOST_DAYS = 730
USUAL_DAYS = 180
TRYING = "campaigns.trial"
Tell = Callable[[int, int, str], None]
"""How much is done, of how much, and what is said of it."""


def ask_trial(version: SequenceVersion, *, days: int = USUAL_DAYS, by: Membership) -> Job:
    """Have a version tried by a worker; the job tells how far it is."""
    _check(days, by)
    return start_job(TRYING, params={"version": version.pk, "days": days}, by=by, key=key_of(version))


def key_of(version: SequenceVersion) -> str:
    """By which the jobs that try a version are found."""
    return f"sequence-{version.pk}"


def run_trial(progress: Progress) -> dict[str, Any]:
    """The job: safe to run again. Nothing is left to do where the version was given up meanwhile."""
    job = progress.job
    version = SequenceVersion.objects.filter(pk=job.params["version"]).first()
    if version is None or job.created_by is None:
        return {}
    trial = try_on_the_past(version, days=job.params["days"], by=job.created_by, tell=progress.tell)
    return {"entered": trial["entered"], "messages": trial["messages"]}


def _check(days: int, by: Membership) -> None:
    if not by.can(Right.CAMPAIGNS_EDIT):
        raise SequenceError(_("Your role does not allow that."))
    if not 1 <= days <= MOST_DAYS:
        raise SequenceError(_("Choose 1 to %(days)s days.") % {"days": MOST_DAYS})


def _tell_nobody(_done: int, _total: int, _message: str) -> None:
    """Where nobody waits for it."""


@transaction.atomic
def try_on_the_past(
    version: SequenceVersion, *, days: int = USUAL_DAYS, by: Membership, tell: Tell = _tell_nobody
) -> dict[str, Any]:
    """Walk all whom the events of the last `days` days would have let in, up to now; what came of it is kept.

    Refused while the sequence has no event, no steps, or an audience that cannot be read.
    """
    _check(days, by)
    version = SequenceVersion.objects.select_related("sequence__manufacturer", "sequence__owner", "audience").get(
        pk=version.pk
    )
    now = timezone.now()
    version.trial = trial_of(version, now - dt.timedelta(days=days), now, tell) | {"days": days}
    version.tried_at = now
    version.save(update_fields=["trial", "tried_at"])
    return dict(version.trial)


def trial_of(
    version: SequenceVersion, since: dt.datetime, now: dt.datetime, tell: Tell = _tell_nobody
) -> dict[str, Any]:
    """What would have come of the events between two moments; nothing is kept. It tells how many days are walked."""
    try:
        found = entrants_sql(version, since, now)
    except BrokenAudienceError as error:
        raise SequenceError(str(error)) from error
    steps = list(version.steps.order_by("position", "pk"))
    if found is None or not steps:
        raise SequenceError(_("Choose what begins it, and add a step."))
    zone = zoneinfo.ZoneInfo(version.sequence.manufacturer.timezone)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({found[0]}) f ORDER BY f.at, f.key", found[1])  # noqa: S608 (our own words)
        rows = cursor.fetchall()
    walkers = [
        Walker(key, partner, contact, at.astimezone(zone).date(), steps[0].pk, at)
        for partner, contact, at, key, is_held in rows
        if not is_held
    ]
    facts = Facts(
        version,
        steps,
        walkers,
        first=since.astimezone(zone).date(),
        last=now.astimezone(zone).date(),
        is_trial=True,
    )
    plan = plan_of(version, steps)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    people: Counter[int] = Counter()
    weeks: Counter[dt.date] = Counter()
    left_out: Counter[str] = Counter()
    order = itertools.count()
    waiting = [(walker.at, next(order), walker) for walker in walkers]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= now:
        at, _number, walker = heapq.heappop(waiting)
        tell((at - since).days, (now - since).days, "")
        for taken in walk(plan, walker, facts):
            counts[taken.step.pk][taken.outcome] += 1
            people[taken.step.pk] += len(taken.readers)
            left_out.update(taken.left_out)
            if taken.readers:
                weeks[week_of(taken.at, zone)] += len(taken.readers)
        if walker.state == "active":
            heapq.heappush(waiting, (walker.at, next(order), walker))
    first, last = week_of(since, zone), week_of(now, zone)
    return {
        "events": len(rows),
        "held_out": len(rows) - len(walkers),
        "entered": len(walkers),
        "states": dict(Counter(walker.state for walker in walkers)),
        "reasons": dict(Counter(walker.reason for walker in walkers if walker.reason)),
        "steps": {str(pk): dict(counted) | {"people": people[pk]} for pk, counted in counts.items()},
        "left_out": dict(left_out),
        "put_off": sum(1 for walker in walkers if walker.held_weeks),
        "messages": sum(weeks.values()),
        "weeks": [
            [str(first + dt.timedelta(weeks=number)), weeks[first + dt.timedelta(weeks=number)]]
            for number in range((last - first).days // 7 + 1)
        ],
    }
