"""The policy beside what was done."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from leads.assignment import gini
from leads.replay.facts import Outcome, PastLead, PastPartner, ReplayPolicy, Side
from leads.replay.judging import Judge, Past
from leads.replay.running import Run

RESAMPLES = 300


def replay(
    leads: Iterable[PastLead],
    partners: Iterable[PastPartner],
    policy: ReplayPolicy,
    *,
    resamples: int = RESAMPLES,
    seed: int = 1,
    tell: Callable[[int], object] = lambda count: None,
) -> Outcome:
    """Run the policy over the leads. `tell` hears how many have been decided, now and then."""
    past = Past(leads, partners, policy, resamples, seed)
    everything = Run(past, np.ones(len(past.leads), dtype=bool), None, tell)
    everything.run()
    halves = [Run(past, seen, Judge(past), tell) for seen in (past.is_first_half, ~past.is_first_half)]
    for run in halves:
        run.run()
    return _outcome(past, everything, halves)


def _outcome(past: Past, everything: Run, halves: list[Run]) -> Outcome:
    """Who gets how many from the run that knows everything; what that is worth from the two that can be judged."""
    judged = [row for row, lead in enumerate(past.leads) if lead.is_judged]
    closed = [past.leads[row].worth or 0.0 for row in judged if past.is_taught(row)]
    weights = past.draws[judged].sum(axis=0)
    scale = np.divide(len(judged), weights, out=np.zeros_like(weights), where=weights > 0)
    done = np.mean([run.done for run in halves], axis=0)
    differences = (np.mean([run.tried for run in halves], axis=0) - done) * scale
    low, high = np.percentile(differences[1:], [2.5, 97.5])
    months = sorted({month for run in halves for month in run.months})
    had = [past.had[row] for row in judged]
    answers = [past.leads[row].answers.get(past.leads[row].partner or 0) for row in judged]
    return Outcome(
        leads=len(judged),
        agreed=sum(
            place is not None and place == everything.firsts[row] for row, place in zip(judged, had, strict=True)
        ),
        closed=len(closed),
        realised=math.fsum(closed),
        realised_expected=float(np.mean([run.closed_done for run in halves])),
        learned=sum(past.is_taught(row) for row in range(len(past.leads))),
        done=_side(past, float(done[0]), had, [answer.hours for answer in answers if answer is not None]),
        policy=_side(past, float(done[0] + differences[0]), list(everything.firsts.values()), everything.hours),
        difference=float(differences[0]),
        low=float(low),
        high=float(high),
        months=tuple(
            (
                month,
                float(np.mean([run.months[month][0] for run in halves])),
                float(np.mean([run.months[month][1] for run in halves])),
            )
            for month in months
        ),
    )


def _side(past: Past, value: float, places: Sequence[int | None], hours: Sequence[float]) -> Side:
    load = Counter(place for place in places if place is not None)
    could_get = {past.place[each] for lead in past.leads if lead.is_judged for each in lead.candidates}
    placed = load.total()
    return Side(
        value=value,
        placed=placed,
        load={past.partners[place].id: count for place, count in sorted(load.items())},
        gini=gini(load[place] for place in could_get | load.keys()),
        largest_share=max(load.values(), default=0) / placed if placed else 0.0,
        hours=math.fsum(hours) / len(hours) if hours else 0.0,
    )
