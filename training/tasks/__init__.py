"""What runs by the clock for training: a module a subject."""

from training.tasks import analysis as analysis
from training.tasks import certificates as certificates
from training.tasks import live as live
from training.tasks import programmes as programmes
from training.tasks import quizzes as quizzes
