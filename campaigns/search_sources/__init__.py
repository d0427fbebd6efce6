"""What of campaigns and content the search over everything finds: a module a subject."""

from campaigns.search_sources import assets as assets
