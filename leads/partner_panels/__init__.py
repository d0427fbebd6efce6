"""What leads and deals show on a partner's page: a module a subject."""

from leads.partner_panels import opportunities as opportunities
