"""What campaigns, content and funds add to a partner's timeline: a module a subject."""

from campaigns.timeline_sources import assets as assets
from campaigns.timeline_sources import funds as funds
from campaigns.timeline_sources import initiatives as initiatives
from campaigns.timeline_sources import responses as responses
from campaigns.timeline_sources import sequences as sequences
