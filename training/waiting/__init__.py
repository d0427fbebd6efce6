"""What training asks for on the home pages: a module a subject."""

from training.waiting import certificates as certificates
from training.waiting import courses as courses
from training.waiting import live as live
from training.waiting import programmes as programmes
