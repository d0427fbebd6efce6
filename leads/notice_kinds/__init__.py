"""What this app can tell: a module a subject."""

from leads.notice_kinds import conflicts as conflicts
from leads.notice_kinds import deals as deals
from leads.notice_kinds import distribution as distribution
from leads.notice_kinds import opportunities as opportunities
from leads.notice_kinds import scoring as scoring
from leads.notice_kinds import sites as sites
