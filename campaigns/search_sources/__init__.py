"""What of campaigns, content and funds the search over everything finds: a module a subject."""

from campaigns.search_sources import assets as assets
from campaigns.search_sources import campaigns as campaigns
from campaigns.search_sources import funds as funds
from campaigns.search_sources import initiatives as initiatives
from campaigns.search_sources import sequences as sequences
