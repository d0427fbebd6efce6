"""Notices: who is told. Kinds, inbox, preferences, delivery by channel."""
