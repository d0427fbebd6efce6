"""The search over everything, on both sides."""

from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from tenancy.access import MemberRequiredMixin, PortalMixin, StaffMixin
from tenancy.rights import Right
from tenancy.searching import LONGEST, find_all


class SearchPage(MemberRequiredMixin, TemplateView):
    """What fits the words, by kind, as far as the member may see it."""

    template_name = "tenancy/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").strip()[:LONGEST]
        groups = find_all(self.member, words)
        return super().get_context_data(words=words, groups=groups, title=search_title(words, any(groups)), **kwargs)


def search_title(words: str, is_found: bool) -> str:
    """The sentence over what was found."""
    if not words:
        return _("What are you looking for?")
    if is_found:
        return _("What fits “%(words)s”") % {"words": words}
    return _("Nothing fits “%(words)s”") % {"words": words}


class StaffSearchView(StaffMixin, SearchPage):
    required_right = Right.HOME


class PortalSearchView(PortalMixin, SearchPage):
    required_right = Right.PORTAL_HOME
