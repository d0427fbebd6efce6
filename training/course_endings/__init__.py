"""What follows when a course has ended for somebody: a module a subject."""

from training.course_endings import certificates as certificates
from training.course_endings import courses as courses
from training.course_endings import live as live
from training.course_endings import programmes as programmes
