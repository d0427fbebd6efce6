"""What training adds to the search over everything: a module a subject."""

from training.search_sources import certificates as certificates
from training.search_sources import courses as courses
from training.search_sources import programmes as programmes
