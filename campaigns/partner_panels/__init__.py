"""What campaigns, content and funds show on a partner's page: a module a subject."""

from campaigns.partner_panels import funds as funds
from campaigns.partner_panels import initiatives as initiatives
from campaigns.partner_panels import responses as responses
