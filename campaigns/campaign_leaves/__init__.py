"""The leaves that subjects add to the page of a campaign: a module a subject."""

from campaigns.campaign_leaves import campaigns as campaigns
from campaigns.campaign_leaves import propensity as propensity
from campaigns.campaign_leaves import responses as responses
from campaigns.campaign_leaves import sending as sending
