"""What of this app can go along an approval line: a module a subject."""

from leads.approval_subjects import conflicts as conflicts
from leads.approval_subjects import deals as deals
