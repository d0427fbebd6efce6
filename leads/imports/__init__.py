"""What of this app can be brought in from files: a module a subject."""

from leads.imports import deals as deals
from leads.imports import leads as leads
from leads.imports import opportunities as opportunities
from leads.imports import sites as sites
