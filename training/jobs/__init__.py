"""Long work of this app: a module a subject."""

from training.jobs import analysis as analysis
from training.jobs import programmes as programmes
