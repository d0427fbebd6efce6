"""What of training can be brought in from files: a module a subject."""

from training.imports import courses as courses
from training.imports import enrolments as enrolments
from training.imports import results as results
