"""What training adds to a partner's timeline: a module a subject."""

from training.timeline_sources import certificates as certificates
from training.timeline_sources import courses as courses
from training.timeline_sources import programmes as programmes
