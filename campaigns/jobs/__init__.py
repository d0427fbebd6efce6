"""Long work of this app: a module a subject."""

from campaigns.jobs import campaigns as campaigns
from campaigns.jobs import propensity as propensity
from campaigns.jobs import sequences as sequences
