"""A policy run over leads of the past: what it would have done with them, beside what was done. Pure.

Each lead is decided anew, in the order in which they came, by what was known at that moment: win rates and times of answer
from what had been closed and answered before, and the load that the policy itself has brought about. Nothing that happened
later takes part in a decision; `tests/leads/test_replay.py` proves it by changing the future.

What another partner would have made of a lead nobody knows. Where the policy names the partner that had it, there is no
difference. Elsewhere both sides are judged by one model, the share of leads that a partner wins in a segment, shrunken: the
cell toward the partner's rate in all segments, that toward the segment's, that toward the whole (empirical Bayes). This is
the direct method of off-policy evaluation (Dudik, Langford and Li, "Doubly robust policy evaluation and learning", ICML
2011); weighting by inverse propensity would need decisions taken at random, and there are none.

A policy that picks who looks best looks good to whoever looks at the same figures: judged by the outcomes it decided by, a
policy that knows nothing was "clearly better" in 26 of 40 simulated histories of equal partners (now in none, and in 5
clearly worse). So the judge never knows an outcome that the policy decided by, nor the lead's own: the policy runs with the
outcomes of one half of the leads and is judged by all that it has not seen, then with the other half, and the two are
averaged (cross-fitting: Chernozhukov et al., "Double/debiased machine learning", Econometrics Journal 21, 2018). With half
of what it would know it decides a little worse than it would, which is the side to err on. Who would get how many leads
comes from a third run, with everything.

Intervals: the leads are drawn again many times (each counts a Poisson number of times), both for what the judge knows and
for what is summed; the 2.5th and 97.5th percentile of the differences.

Whether a partner would have accepted: known where it was asked about this lead then, else the share of its earlier offers
that it accepted within the policy's time, shrunken. Without any offers in the past everybody is taken to accept.
"""

from leads.replay.comparing import replay
from leads.replay.facts import Answer, Mode, Outcome, PastLead, PastPartner, ReplayPolicy, outcome_from, policy_from

__all__ = [
    "Answer",
    "Mode",
    "Outcome",
    "PastLead",
    "PastPartner",
    "ReplayPolicy",
    "outcome_from",
    "policy_from",
    "replay",
]
