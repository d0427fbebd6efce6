"""Personal news: who waits for them, and one person's before they go out."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import FormView

from pages import formats
from pages.lists import BulkAction, Empty, ListView
from pages.paging import Sort, count_up_to
from partners.filters.people import NewsFilterSet
from partners.forms.people import NewsForm
from partners.models import Contact
from partners.refused_mail import refused_among
from partners.selectors import news as selectors
from partners.selectors.people import insight_of, may_mail
from partners.services import greetings
from partners.services import news as services
from partners.services.people import REFUSED
from partners.tables.people import NewsTable
from partners.views.staff.people import OneContactMixin
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right


def leave_out(member: Membership, contacts: QuerySet[Contact], cleaned: dict[str, Any]) -> str:
    """The bulk action: no news this time."""
    skipped = services.skip_many(contacts, by=member, today=timezone.localdate())
    return ngettext("%(count)s person gets none this time.", "%(count)s people get none this time.", skipped) % {
        "count": formats.number(skipped)
    }


class NewsListView(StaffMixin, ListView):
    """The people whose news wait to be read, changed and sent."""

    required_right = Right.CONTACTS_EDIT
    required_function = "people"
    list_key = "news"
    table_class = NewsTable
    filterset_class = NewsFilterSet
    template_name = "partners/staff/news_list.html"
    default_sort = "name"
    sorts = {"name": Sort("name")}
    bulk_actions = [BulkAction("skip", gettext_lazy("Leave out this time"), Right.CONTACTS_EDIT, leave_out)]
    empty = Empty(
        gettext_lazy("Nobody waits for news"),
        gettext_lazy("Who is to get some, how often and about what, stands on each person's page. They need consent."),
        url_name="partners:people",
        action=gettext_lazy("People"),
        right=Right.PARTNERS_VIEW,
    )

    def get_queryset(self) -> QuerySet[Contact]:
        return selectors.contacts_due(self.member, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = count_up_to(self.get_queryset())
        title = (
            ngettext("%(count)s person waits for news", "%(count)s people wait for news", waiting)
            % {"count": formats.number(waiting)}
            if waiting
            else _("Nobody waits for news")
        )
        return super().get_context_data(title=title, **kwargs)


class ContactNewsView(OneContactMixin, FormView):
    """One person's news: the draft, changed and sent, or left out this time."""

    form_class = NewsForm
    template_name = "partners/staff/news_contact.html"

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate()

    @cached_property
    def draft(self) -> services.Draft:
        insight = insight_of(self.contact)
        if not insight.news_every:
            raise Http404
        return services.draft_for(self.contact, insight, by=self.member, today=self.today)

    def get_initial(self) -> dict[str, Any]:
        return {"subject": self.draft.subject, "text": self.draft.text, "since": self.draft.period.since}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form") or self.get_form()
        shown = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
        facts = {"name": self.contact, "period": self.draft.period.label(get_language())}
        return super().get_context_data(
            title=_("News for %(name)s of %(period)s") % facts,
            draft=self.draft,
            may_mail=may_mail(self.contact),
            refused=REFUSED % {"name": self.contact} if refused_among([self.contact.email]) else "",
            news=selectors.news_of(self.contact, self.draft.period),
            headline=shown.get("subject", ""),
            card_text=shown.get("text", ""),
            **greetings.card_head(self.contact, self.member.manufacturer),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        if "preview" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        if form.cleaned_data["since"] != self.draft.period.since:
            form.add_error(None, _("These news were drafted for another time. Open the page anew."))
            return self.form_invalid(form)
        subject, text = form.cleaned_data["subject"], form.cleaned_data["text"]
        try:
            if "skip" in self.request.POST:
                services.skip_news(self.contact, by=self.member, today=self.today)
                sentence = _("%(name)s gets none this time.")
            else:
                services.send_news(self.contact, subject=subject, text=text, by=self.member, today=self.today)
                sentence = _("The news for %(name)s are on their way.")
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, sentence % {"name": self.contact})
        return redirect(self.member.url("partners:news"))
