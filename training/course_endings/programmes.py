"""Whose course has ended goes on in their learning programmes."""

from training.outcomes import on_ended
from training.services.programme_assignment import follow

on_ended(follow)
