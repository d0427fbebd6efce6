"""Where campaigns, content and funds stand in the menus: a module a subject."""

from campaigns.menus import assets as assets
from campaigns.menus import campaigns as campaigns
from campaigns.menus import funds as funds
from campaigns.menus import initiatives as initiatives
from campaigns.menus import partner_campaigns as partner_campaigns
from campaigns.menus import propensity as propensity
from campaigns.menus import sending as sending
from campaigns.menus import sequences as sequences
