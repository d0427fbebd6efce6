"""How the kinds of lesson are played: a module a kind or few."""

from training.lesson_players import courses as courses
from training.lesson_players import live as live
from training.lesson_players import quizzes as quizzes
from training.lesson_players import scorm as scorm
