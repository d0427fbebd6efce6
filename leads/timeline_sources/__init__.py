"""What leads and deals add to a partner's timeline: a module a subject."""

from leads.timeline_sources import deals as deals
from leads.timeline_sources import distribution as distribution
from leads.timeline_sources import opportunities as opportunities
from leads.timeline_sources import sites as sites
