"""What of campaigns and content an audience can ask for: a module a subject."""

from campaigns.audience_fields import assets as assets
from campaigns.audience_fields import funds as funds
from campaigns.audience_fields import initiatives as initiatives
from campaigns.audience_fields import responses as responses
