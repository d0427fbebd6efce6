"""All that happened with a partner, on one page."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from partners.timeline import TimelinePage, sources_for, timeline_of
from partners.views.staff.partners import OnePartnerMixin
from tenancy.rights import Right


class TimelineForm(forms.Form):
    """What the timeline can be narrowed by."""

    source = forms.MultipleChoiceField(required=False, label=gettext_lazy("What"))
    since = forms.DateField(
        required=False,
        label=gettext_lazy("From day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        required=False, label=gettext_lazy("To day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: QueryDict, *, sources: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["source"].choices = sources  # type: ignore[attr-defined]


class TimelineView(OnePartnerMixin, TemplateView):
    """A partner's timeline, narrowed by source and period, page by page."""

    required_right = Right.PARTNERS_VIEW
    template_name = "partners/staff/timeline.html"

    @cached_property
    def form(self) -> TimelineForm:
        sources = [(source.key, str(source.label)) for source in sources_for(self.member)]
        return TimelineForm(self.request.GET, sources=sources)

    @cached_property
    def page(self) -> TimelinePage:
        """What is asked for; a filter that makes no sense is left out, and said so."""
        self.form.is_valid()
        wanted = self.form.cleaned_data
        return timeline_of(
            self.member,
            self.partner,
            sources=wanted.get("source") or (),
            since=wanted.get("since"),
            until=wanted.get("until"),
            after=self.request.GET.get("after", ""),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            partner=self.partner,
            title=self.title(),
            form=self.form,
            chosen=self.form.cleaned_data.get("source") or [],
            entries=self.page.entries,
            older_url=self.older_url(),
            is_filtered=bool(set(self.request.GET) & set(self.form.fields)),
            **kwargs,
        )

    def title(self) -> str:
        if not self.page.entries:
            return _("Nothing to tell of %(partner)s yet") % {"partner": self.partner}
        if set(self.request.GET) & {*self.form.fields, "after"}:
            return _("What happened with %(partner)s") % {"partner": self.partner}
        return _("Latest of %(partner)s: %(title)s") % {
            "partner": self.partner,
            "title": self.page.entries[0].entry.title,
        }

    def older_url(self) -> str:
        if not self.page.next_key:
            return ""
        query = self.request.GET.copy()
        query["after"] = self.page.next_key
        return f"?{query.urlencode()}"
