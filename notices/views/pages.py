"""The pages of notices, the same for both sides but for their frame."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from notices import selectors, services
from notices.forms import PreferencesForm
from notices.models import Notice
from notices.registry import kinds_for
from pages.paging import Sort, page_of
from tenancy.access import MemberRequiredMixin
from tenancy.rights import Right

PAGE_SIZE = 30
NEWEST_FIRST = Sort("pk", descending=True)
SHOWN = {"": selectors.inbox, "unread": selectors.unread, "to-confirm": selectors.to_confirm}


class NoticesMixin(MemberRequiredMixin):
    """One's own notices: everybody has the right, nobody sees another's."""

    required_right = Right.NOTICES

    def notice(self) -> Notice:
        """The notice named in the address, if it is the member's own."""
        return get_object_or_404(selectors.inbox(self.member), pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            member=self.member, inbox_url=self.url("inbox"), preferences_url=self.url("preferences"), **kwargs
        )

    def url(self, name: str) -> str:
        """The address of a page of notices on the member's side."""
        return self.member.url(selectors.page_name(self.member, name))

    def back(self) -> HttpResponseRedirect:
        """To the inbox, as it was filtered."""
        query = self.request.GET.urlencode()
        return redirect(f"{self.url('inbox')}?{query}" if query else self.url("inbox"))


class InboxPage(NoticesMixin, TemplateView):
    """What the member was told, the newest first; unread ones, those to confirm, or one kind by choice."""

    template_name = "notices/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member, query = self.member, self.request.GET
        shown = query.get("show", "")
        notices = SHOWN.get(shown, selectors.inbox)(member)
        kinds = kinds_for(member)
        chosen = next((kind for kind in kinds if kind.key == query.get("kind")), None)
        if chosen:
            notices = notices.filter(kind=chosen.key)
        unread_count = selectors.unread_count(member)
        to_confirm_count = selectors.to_confirm(member)[: selectors.COUNT_UP_TO].count()
        page = page_of(
            notices, NEWEST_FIRST, size=PAGE_SIZE, after=query.get("after", ""), before=query.get("before", "")
        )
        return super().get_context_data(
            items=selectors.items(page.rows, member),
            page=page,
            shown=shown if shown in SHOWN else "",
            kinds=sorted(kinds, key=lambda kind: str(kind.label)),
            chosen=chosen,
            unread_count=unread_count,
            unread_text=_up_to_99(unread_count),
            to_confirm_count=to_confirm_count,
            to_confirm_text=_up_to_99(to_confirm_count),
            **kwargs,
        )


class NoticePage(NoticesMixin, TemplateView):
    """Opening a notice marks it read and leads to what it is about; one that must be confirmed stays on show."""

    template_name = "notices/notice.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        notice = self.notice()
        services.mark_read(notice)
        (item,) = selectors.items([notice], self.member)
        if item.wording.url and not item.waits:
            return redirect(item.wording.url)
        return self.render_to_response(self.get_context_data(item=item))


class ConfirmView(NoticesMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(lambda: services.confirm(self.notice()), _("You confirmed the notice."))
        return self.back()


class ReadAllView(NoticesMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        services.mark_all_read(self.member)
        return self.back()


class PreferencesPage(NoticesMixin, FormView):
    """Which kinds come by which channel, and when no mail is to come."""

    template_name = "notices/preferences.html"
    form_class = PreferencesForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        services.choose(self.member, form.modes, quiet=form.quiet)
        messages.success(self.request, _("Your choice is saved."))
        return redirect(self.url("preferences"))


def _up_to_99(count: int) -> str:
    return "99+" if count >= selectors.COUNT_UP_TO else str(count)
