"""Where this app stands in the menus: a module a subject."""

from partners.menus import agreements as agreements
from partners.menus import markets as markets
from partners.menus import matches as matches
from partners.menus import partners as partners
from partners.menus import plans as plans
from partners.menus import qualifications as qualifications
from partners.menus import tiers as tiers
from partners.menus import working as working
