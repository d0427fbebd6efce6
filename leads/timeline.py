"""Leads and deals on a partner's timeline."""

from leads import timeline_sources as timeline_sources
