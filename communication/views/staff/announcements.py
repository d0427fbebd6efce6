"""Announcements for staff: the list, one with its reach and comments, the editor, and who has read."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from communication.filters.announcements import AddresseeFilterSet, AnnouncementFilterSet, PeopleFilterSet
from communication.forms.announcements import AnnouncementForm, CommentForm, FilesForm, PublishedForm
from communication.models import Announcement, AnnouncementState
from communication.selectors import announcements as reading
from communication.services import announcements as services
from communication.tables.announcements import STATE_TONES, AddresseeTable, AnnouncementTable, PeopleTable
from pages import formats
from pages.lists import Empty, ListView
from pages.markdown import as_html
from pages.paging import Sort
from pages.row_numbers import number_or_404
from tenancy.access import StaffMixin
from tenancy.errors import DomainError
from tenancy.files import attachment_response
from tenancy.history import history_of
from tenancy.once import OnceMixin
from tenancy.rights import Right

CHANGES_SHOWN = 10


class AnnouncementsMixin(StaffMixin):
    """Pages of announcements."""

    required_right = Right.ANNOUNCEMENTS_EDIT
    required_function: str | None = "announcements"


class OneMixin(AnnouncementsMixin):
    """A page of one announcement."""

    kwargs: dict[str, Any]

    @cached_property
    def announcement(self) -> Announcement:
        rows = Announcement.objects.select_related("audience", "snapshot", "owner", "published_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def own_url(self) -> str:
        return self.member.url("communication:announcement", pk=self.announcement.pk)

    def tabs(self, here: str) -> list[tuple[str, str, bool]]:
        pk = self.announcement.pk
        return [
            (_("Announcement"), self.own_url, here == "announcement"),
            (_("Partners"), self.member.url("communication:announcement_partners", pk=pk), here == "partners"),
            (_("People"), self.member.url("communication:announcement_people", pk=pk), here == "people"),
        ]


class AnnouncementListView(AnnouncementsMixin, ListView):
    """All announcements, with how far each has come."""

    list_key = "announcements"
    table_class = AnnouncementTable
    filterset_class = AnnouncementFilterSet
    template_name = "communication/staff/announcement_list.html"
    sorts = {"created_at": Sort("created_at", descending=True)}
    default_sort = "-created_at"
    default_columns = ["title", "kind", "state", "addressed", "read", "confirmed", "published_at", "ends_at", "owner"]
    export_name = "announcements"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(
        gettext_lazy("No announcement yet"),
        gettext_lazy("Tell partners what is new, and see who has read it."),
        url_name="communication:announcement_create",
        action=gettext_lazy("Write an announcement"),
        right=Right.ANNOUNCEMENTS_EDIT,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.announcement_rows(self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        out = Announcement.objects.filter(state=AnnouncementState.PUBLISHED).count()
        title = ngettext("%(count)s announcement is out", "%(count)s announcements are out", out) % {
            "count": formats.number(out)
        }
        return super().get_context_data(title=title if out else _("No announcement is out"), **kwargs)


class AnnouncementView(OneMixin, TemplateView):
    """One announcement: as its readers see it, how far it has come, and what can be done."""

    template_name = "communication/staff/announcement.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        announcement = self.announcement
        languages = [code for code in self.member.manufacturer.languages or ["en"] if announcement.titles.get(code)]
        asked = self.request.GET.get("lang", "")
        language = asked if asked in languages else next(iter(languages), "en")
        reach = reading.reach_of(announcement, self.member) if announcement.published_at else None
        return super().get_context_data(
            announcement=announcement,
            tone=STATE_TONES.get(announcement.state, ""),
            title=self.title(reach),
            tabs=self.tabs("announcement") if announcement.published_at else [],
            reach=reach,
            language=language,
            languages=[
                (get_language_info(code)["name_local"], f"?lang={code}", code == language) for code in languages
            ],
            preview_title=announcement.titles.get(language, ""),
            preview=as_html(announcement.bodies.get(language, "")),
            files=list(announcement.files.all()),
            files_form=FilesForm(),
            comments=list(reading.comments_for_staff(announcement)),
            comment_form=CommentForm(),
            may_edit=services.may_edit(self.member, announcement),
            is_written=announcement.state in services.WRITTEN,
            held_out=services.held_out_of(announcement, self.member),
            changes=history_of(announcement)[:CHANGES_SHOWN],
            **kwargs,
        )

    def title(self, reach: reading.Reach | None) -> str:
        """What matters: who has not confirmed, or how many have read it."""
        announcement = self.announcement
        if reach is None or not reach.partners:
            return announcement.title
        facts = {"title": announcement.title, "count": formats.number(reach.owing)}
        if announcement.must_confirm and announcement.is_out and reach.owing:
            return (
                ngettext(
                    "%(title)s: %(count)s partner has not confirmed",
                    "%(title)s: %(count)s partners have not confirmed",
                    reach.owing,
                )
                % facts
            )
        return _("%(title)s: read by %(share)s of its partners") % {
            "title": announcement.title,
            "share": formats.percent(reach.read_share, 0),
        }


class AnnouncementEditView(OnceMixin, AnnouncementsMixin, FormView):
    """A draft is written; of what is out, only how it shows."""

    template_name = "communication/staff/announcement_form.html"
    kwargs: dict[str, Any]

    @property
    def makes_new(self) -> bool:
        return "pk" not in self.kwargs

    @cached_property
    def announcement(self) -> Announcement | None:
        if "pk" not in self.kwargs:
            return None
        found = get_object_or_404(Announcement, pk=self.kwargs["pk"])
        if not services.may_edit(self.member, found):
            raise PermissionDenied
        return found

    @property
    def is_written(self) -> bool:
        return self.announcement is None or self.announcement.state in services.WRITTEN

    @property
    def writes(self) -> bool:
        """Whether its words are asked for, or were when the page that is sent was opened: the clock may have published it since."""
        return self.is_written or any(name.startswith("title_") for name in self.request.POST)

    def get_form_class(self) -> Any:
        return AnnouncementForm if self.writes else PublishedForm

    def get_form_kwargs(self) -> dict[str, Any]:
        instance = self.announcement or Announcement(owner=self.member)
        return super().get_form_kwargs() | {"member": self.member, "instance": instance}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {"is_written": self.is_written, "writes": self.writes}
        return super().get_context_data(announcement=self.announcement, **shown, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            saved = services.save_announcement(form.save(commit=False), is_lasting=not self.writes)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return redirect(self.member.url("communication:announcement", pk=saved.pk))


class AnnouncementStepView(OneMixin, View):
    """A step: publish, take back, remind, files, comments."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        steps = {
            "publish": self.publish,
            "unschedule": self.unschedule,
            "withdraw": self.withdraw,
            "remind": self.remind,
            "files": self.files,
            "remove-file": self.remove_file,
            "comment": self.comment,
            "hide": self.hide,
            "show": self.show,
        }
        name = request.POST.get("step", "")
        own = {"copy": self.copy, "discard": self.discard}
        if name not in steps and name not in own:
            raise Http404
        if name != "copy" and not services.may_edit(self.member, self.announcement):
            raise PermissionDenied
        try:
            if name in own:
                return redirect(own[name]())
            if said := steps[name](request):
                messages.success(request, said)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(self.own_url)

    def publish(self, request: HttpRequest) -> str:
        announcement = services.publish(self.announcement, by=self.member)
        if announcement.state == AnnouncementState.SCHEDULED:
            return _("It goes out by itself at its time.")
        told = announcement.addressees.count()
        return ngettext("It is out: %(count)s partner is told.", "It is out: %(count)s partners are told.", told) % {
            "count": formats.number(told)
        }

    def unschedule(self, request: HttpRequest) -> str:
        services.unschedule(self.announcement)
        return _("It is a draft again.")

    def withdraw(self, request: HttpRequest) -> str:
        services.withdraw(self.announcement)
        return _("It is withdrawn: no partner reads it any more.")

    def remind(self, request: HttpRequest) -> str:
        told = services.remind(self.announcement)
        if not told:
            return _("Everybody has been reminded today already.")
        return ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", told) % {
            "count": formats.number(told)
        }

    def files(self, request: HttpRequest) -> str:
        form = FilesForm(request.POST, request.FILES)
        if not form.is_valid():
            messages.error(request, " ".join(map(str, form.errors["uploads"])))
            return ""
        services.put_files(self.announcement, form.cleaned_data["uploads"], by=self.member)
        return _("The files are there.")

    def remove_file(self, request: HttpRequest) -> str:
        services.remove_file(self.announcement, self.row(request))
        return _("It is taken out.")

    def comment(self, request: HttpRequest) -> str:
        services.comment(self.announcement, request.POST.get("body", "")[:4000], by=self.member)
        return _("Your comment is there.")

    def hide(self, request: HttpRequest) -> str:
        services.moderate(self.announcement, self.row(request), is_hidden=True, by=self.member)
        return _("No partner reads this comment any more.")

    def show(self, request: HttpRequest) -> str:
        services.moderate(self.announcement, self.row(request), is_hidden=False, by=self.member)
        return _("Partners read this comment again.")

    def copy(self) -> str:
        copied = services.copy_announcement(self.announcement, by=self.member)
        return self.member.url("communication:announcement_edit", pk=copied.pk)

    def discard(self) -> str:
        services.discard(self.announcement)
        messages.success(self.request, _("The draft is gone."))
        return self.member.url("communication:announcements")

    def row(self, request: HttpRequest) -> int:
        return number_or_404(request.POST.get("row", ""))


class AddresseeListView(OneMixin, ListView):
    """Whom it is for: who has read and confirmed it, and who has not."""

    list_key = "announcement_partners"
    table_class = AddresseeTable
    filterset_class = AddresseeFilterSet
    template_name = "communication/staff/announcement_part.html"
    sorts = {"addressed_at": Sort("addressed_at", descending=True)}
    default_sort = "-addressed_at"
    export_name = "announcement-partners"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(gettext_lazy("It is not out yet"))

    def get_queryset(self) -> QuerySet[Any]:
        return reading.addressee_rows(self.announcement, self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(announcement=self.announcement, tabs=self.tabs("partners"), **kwargs)


class PeopleListView(OneMixin, ListView):
    """Everybody at its partners: who has read it."""

    list_key = "announcement_people"
    table_class = PeopleTable
    filterset_class = PeopleFilterSet
    template_name = "communication/staff/announcement_part.html"
    sorts = {"name": Sort("name")}
    default_sort = "name"
    export_name = "announcement-people"
    export_right = Right.PARTNERS_EXPORT
    empty = Empty(gettext_lazy("Nobody signs in at these partners yet"))

    def get_queryset(self) -> QuerySet[Any]:
        return reading.people_of(self.announcement, self.member)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(announcement=self.announcement, tabs=self.tabs("people"), **kwargs)


class AnnouncementFileView(OneMixin, View):
    """A file that goes with it, for staff."""

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        file = get_object_or_404(self.announcement.files.all(), pk=self.kwargs["file"])
        return attachment_response(file.file, name=file.original_name, content_type=file.content_type)
