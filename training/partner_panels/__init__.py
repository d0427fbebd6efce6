"""What training shows on a partner's page: a module a subject."""

from training.partner_panels import programmes as programmes
