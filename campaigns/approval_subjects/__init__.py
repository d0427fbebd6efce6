"""What of campaigns and funds is decided along an approval line: a module a subject."""

from campaigns.approval_subjects import campaigns as campaigns
from campaigns.approval_subjects import funds as funds
