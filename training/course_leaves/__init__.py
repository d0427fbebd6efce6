"""What a course's page consists of: a module a subject."""

from training.course_leaves import analysis as analysis
from training.course_leaves import courses as courses
