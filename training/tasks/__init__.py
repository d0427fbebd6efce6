"""What runs by the clock for training: a module a subject."""

from training.tasks import quizzes as quizzes
