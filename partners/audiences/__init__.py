"""Audiences: the conditions as a tree, the fields they can ask, their words, and the builder of the page."""
