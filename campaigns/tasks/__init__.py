"""What runs by the clock for campaigns, content and funds: a module a subject."""

from campaigns.tasks import assets as assets
from campaigns.tasks import campaigns as campaigns
from campaigns.tasks import consents as consents
from campaigns.tasks import funds as funds
from campaigns.tasks import initiatives as initiatives
from campaigns.tasks import measuring as measuring
from campaigns.tasks import partner_campaigns as partner_campaigns
from campaigns.tasks import sending as sending
from campaigns.tasks import sequences as sequences
