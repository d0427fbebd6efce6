"""What this app's own subjects add to a partner's timeline: a module a subject."""

from partners.timeline_sources import agreements as agreements
from partners.timeline_sources import duplicates as duplicates
from partners.timeline_sources import matches as matches
from partners.timeline_sources import partners as partners
from partners.timeline_sources import plans as plans
from partners.timeline_sources import qualifications as qualifications
from partners.timeline_sources import tiers as tiers
from partners.timeline_sources import working as working
