"""Where training stands in the menus: a module a subject."""

from training.menus import analysis as analysis
from training.menus import certificates as certificates
from training.menus import courses as courses
from training.menus import live as live
from training.menus import programmes as programmes
from training.menus import question_banks as question_banks
