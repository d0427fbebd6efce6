"""What this app shows as waiting on the home pages: a module a subject."""

from partners.waiting import agreements as agreements
from partners.waiting import markets as markets
from partners.waiting import matches as matches
from partners.waiting import partners as partners
from partners.waiting import plans as plans
from partners.waiting import qualifications as qualifications
from partners.waiting import tiers as tiers
from partners.waiting import working as working
