"""Which partner may get a lead, which suits it best, and why: the same for one lead and for ten thousand at once.

Pure: no Django, no database. What is known comes in as `LeadFacts` and `PartnerFacts`; `Network` answers. Each component
is a number from 0 to 1, the total their mean by the manufacturer's weights. Methods and sources:

- Win rates are shrunk toward those of the partner's group, as far as the partners of the group differ truly rather than
  by chance (empirical Bayes: Efron and Morris, "Data analysis using Stein's estimator", JASA 70, 1975), with a
  beta-binomial whose mean and spread are found by moments, weighted by size (Kleinman, "Proportions with extraneous
  variance: single and independent samples", JASA 68, 1973). One lead won of one does not beat thirty of sixty.
- Times of answer are shrunk toward the network's mean as if it had been seen `_TIMES` times before (a normal mean with a
  known prior weight; Efron and Morris as above).
- Distance is that of the great circle (haversine; Sinnott, "Virtues of the haversine", Sky and Telescope 68, 1984), by
  the chord between unit vectors, which is the same thing and one matrix product; its worth halves every so many
  kilometres, as the chance of a deal decays with distance (Huff, "Defining and estimating a trading area", Journal of
  Marketing 28, 1964).
- Fairness compares what a partner received in the last 90 days with its share by capacity: need for service as in fair
  queueing (Demers, Keshav and Shenker, "Analysis and simulation of a fair queueing algorithm", SIGCOMM 1989).
"""

from leads.matching.distance import distance_km
from leads.matching.facts import (
    COMPONENTS,
    DEFAULT_WEIGHTS,
    Component,
    LeadFacts,
    Norms,
    PartnerFacts,
    Policy,
    lead_from,
    norms_from,
    partner_from,
    policy_from,
    to_json,
)
from leads.matching.network import BEST, FAIR_DAYS, UNKNOWN, Network
from leads.matching.rates import shrunken_rates
from leads.matching.reasons import WORDS, Candidate, Hindrance, Said

__all__ = [
    "BEST",
    "COMPONENTS",
    "DEFAULT_WEIGHTS",
    "FAIR_DAYS",
    "UNKNOWN",
    "WORDS",
    "Candidate",
    "Component",
    "Hindrance",
    "LeadFacts",
    "Network",
    "Norms",
    "PartnerFacts",
    "Policy",
    "Said",
    "distance_km",
    "lead_from",
    "norms_from",
    "partner_from",
    "policy_from",
    "shrunken_rates",
    "to_json",
]
