"""What this app itself shows on a partner's page: a module a subject."""

from partners.partner_panels import agreements as agreements
from partners.partner_panels import markets as markets
from partners.partner_panels import partners as partners
from partners.partner_panels import plans as plans
from partners.partner_panels import qualifications as qualifications
from partners.partner_panels import working as working
