"""What campaigns, content and funds ask for on the home pages: a module a subject."""

from campaigns.waiting import assets as assets
from campaigns.waiting import campaigns as campaigns
from campaigns.waiting import funds as funds
from campaigns.waiting import initiatives as initiatives
from campaigns.waiting import sequences as sequences
