"""What runs by the clock for leads and deals: a module a subject."""

from leads.tasks import conflicts as conflicts
from leads.tasks import deals as deals
from leads.tasks import distribution as distribution
from leads.tasks import opportunities as opportunities
from leads.tasks import scoring as scoring
