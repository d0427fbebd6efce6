"""What this app can tell: a module a subject."""

from campaigns.notice_kinds import assets as assets
from campaigns.notice_kinds import campaigns as campaigns
from campaigns.notice_kinds import funds as funds
from campaigns.notice_kinds import initiatives as initiatives
from campaigns.notice_kinds import sending as sending
