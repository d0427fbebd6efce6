"""What this app shows as waiting on the home pages: a module a subject."""

from leads.waiting import conflicts as conflicts
from leads.waiting import deals as deals
from leads.waiting import distribution as distribution
from leads.waiting import opportunities as opportunities
from leads.waiting import sites as sites
