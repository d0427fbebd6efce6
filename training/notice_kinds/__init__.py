"""What training can tell: a module a subject."""

from training.notice_kinds import courses as courses
