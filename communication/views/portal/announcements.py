"""News in the portal: what is addressed to the member's company."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from communication.forms.announcements import CommentForm
from communication.models import Announcement, AnnouncementKind
from communication.selectors import announcements as reading
from communication.services import announcements as services
from pages import formats
from pages.markdown import as_html
from pages.paging import Sort, count_up_to, page_of
from tenancy.access import PortalMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.rights import Right

ON_A_PAGE = 20
MOST_PINNED = 10


class NewsMixin(PortalMixin):
    """Pages of news: everybody of a partner reads them."""

    required_right = Right.PORTAL_HOME
    required_function: str | None = "announcements"
    kwargs: dict[str, Any]

    @cached_property
    def row(self) -> Any:
        """What is addressed to the company, and out; 404 for anything else."""
        return get_object_or_404(reading.news_for(self.member), announcement=self.kwargs["pk"])

    @property
    def announcement(self) -> Announcement:
        return self.row.announcement


class NewsView(NewsMixin, TemplateView):
    """The news, pinned ones on top, the newest first."""

    template_name = "communication/portal/news.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words, kind = self.request.GET.get("q", "")[:100], self.request.GET.get("kind", "")
        news = reading.news_for(self.member)
        chosen = news
        if words:
            fitting = reading.matching(Announcement.objects.all(), words).order_by().values("pk")
            chosen = chosen.filter(announcement__in=fitting)
        if kind in AnnouncementKind.values:
            chosen = chosen.filter(announcement__kind=kind)
        page = page_of(
            chosen.filter(announcement__is_pinned=False),
            Sort("addressed_at", descending=True),
            size=ON_A_PAGE,
            after=self.request.GET.get("after", ""),
        )
        more = {"q": words, "kind": kind, "after": page.next_key}
        pinned = (
            []
            if "after" in self.request.GET
            else list(chosen.filter(announcement__is_pinned=True).order_by("-addressed_at", "-pk")[:MOST_PINNED])
        )
        return super().get_context_data(
            title=self.title(count_up_to(news.filter(has_read=False)), bool(page.rows or pinned)),
            pinned=pinned,
            rows=page.rows,
            more_url=f"?{urlencode({name: value for name, value in more.items() if value})}" if page.next_key else "",
            words=words,
            kind=kind,
            kinds=AnnouncementKind.choices,
            is_narrowed=bool(words or kind),
            **kwargs,
        )

    def title(self, unread: int, has_any: bool) -> str:
        """How much the member has not read."""
        if unread:
            return ngettext("%(count)s piece of news for you", "%(count)s pieces of news for you", unread) % {
                "count": formats.number(unread)
            }
        return _("You have read all the news") if has_any else _("There is no news yet")


class NewsItemView(NewsMixin, TemplateView):
    """One announcement. Opening it is reading it."""

    template_name = "communication/portal/news_item.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        announcement = self.announcement
        services.mark_read(announcement, by=self.member)
        return super().get_context_data(
            announcement=announcement,
            row=self.row,
            body=as_html(announcement.body),
            files=list(announcement.files.all()),
            comments=reading.comments_for(announcement, self.member) if announcement.comments_on else [],
            comment_form=CommentForm(),
            confirmed_by=self.row.confirmed_by,
            **kwargs,
        )


class NewsStepView(NewsMixin, View):
    """The reader confirms or says something."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "")
        try:
            if step == "confirm":
                services.confirm(self.announcement, by=self.member)
                messages.success(request, _("Confirmed. Thank you."))
            elif step == "comment":
                services.comment(self.announcement, request.POST.get("body", "")[:4000], by=self.member)
                messages.success(request, _("Your comment is there."))
            else:
                raise Http404
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(self.member.url("communication_portal:news_item", pk=self.announcement.pk))


class NewsFileView(NewsMixin, View):
    """A file that goes with the news, as a download."""

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        file = get_object_or_404(self.announcement.files.all(), pk=self.kwargs["file"])
        return attachment_response(file.file, name=file.original_name, content_type=file.content_type)
