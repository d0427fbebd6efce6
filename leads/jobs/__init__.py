"""Long work of this app: a module a subject."""

from leads.jobs import batches as batches
from leads.jobs import conflicts as conflicts
from leads.jobs import deals as deals
from leads.jobs import routing as routing
from leads.jobs import scoring as scoring
