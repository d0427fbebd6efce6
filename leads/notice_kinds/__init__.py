"""What leads and deals tell people: a module a subject."""

from leads.notice_kinds import conflicts as conflicts
from leads.notice_kinds import deals as deals
from leads.notice_kinds import distribution as distribution
from leads.notice_kinds import sites as sites
