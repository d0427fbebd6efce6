"""What training can tell: a module a subject."""

from training.notice_kinds import analysis as analysis
from training.notice_kinds import certificates as certificates
from training.notice_kinds import courses as courses
from training.notice_kinds import live as live
from training.notice_kinds import practice as practice
from training.notice_kinds import programmes as programmes
from training.notice_kinds import trainer_questions as trainer_questions
