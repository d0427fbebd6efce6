"""What of campaigns can be brought in from files: a module a subject."""

from campaigns.imports import past as past
