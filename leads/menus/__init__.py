"""Where leads and deals stand in the menus: a module a subject."""

from leads.menus import batches as batches
from leads.menus import deals as deals
from leads.menus import distribution as distribution
from leads.menus import intake as intake
from leads.menus import opportunities as opportunities
from leads.menus import scoring as scoring
from leads.menus import sites as sites
