"""What audiences can ask of a partner's training: a module a subject."""

from training.audience_fields import courses as courses
from training.audience_fields import programmes as programmes
