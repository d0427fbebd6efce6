"""Live sessions for staff: what comes, all of them, and one with its seats and who was there."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from pages import formats
from pages.lists import Empty, ListView
from pages.paging import Sort
from pages.row_numbers import row_number
from tenancy.errors import DomainError
from tenancy.once import OnceMixin
from tenancy.rights import Right
from training.filters.live import SessionFilterSet
from training.forms.live import AttendanceFileForm, CallOffForm, SessionForm
from training.forms.words import mistakes_in
from training.models import Lesson, LessonKind, LiveSession, SeatState, SessionState
from training.selectors import live as reading
from training.services import live as services
from training.tables.live import SESSION_TONES, SessionTable
from training.views.files import csv_response
from training.views.staff.courses import TrainingMixin


class SessionsView(TrainingMixin, TemplateView):
    """What comes, day by day."""

    template_name = "training/staff/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = reading.coming_days(reading.session_rows(), timezone.now())
        count = sum(len(sessions) for _day, sessions in days)
        title = ngettext("%(count)s session is to come", "%(count)s sessions are to come", count)
        return super().get_context_data(
            days=days,
            title=title % {"count": formats.number(count)} if count else _("No session is planned"),
            tabs=session_tabs(self.member, "coming"),
            can_write=self.member.can(Right.TRAINING_EDIT),
            has_lessons=reading.live_lessons().exists(),
            **kwargs,
        )


def session_tabs(member: Any, here: str) -> list[tuple[str, str, bool]]:
    """The two ways to look at sessions."""
    return [
        (_("To come"), member.url("training:sessions"), here == "coming"),
        (_("All sessions"), member.url("training:session_list"), here == "all"),
    ]


class SessionListView(TrainingMixin, ListView):
    """All sessions, those that are over too."""

    list_key = "live_sessions"
    table_class = SessionTable
    filterset_class = SessionFilterSet
    template_name = "training/staff/session_list.html"
    sorts = {"starts_at": Sort("starts_at", descending=True)}
    default_sort = "-starts_at"
    export_name = "sessions"
    export_right = Right.TRAINING_VIEW
    share_right = Right.VIEWS_SHARE
    empty = Empty(
        gettext_lazy("No session yet"),
        gettext_lazy("Plan one for a live lesson of a course: people who take it choose their seat."),
        "training:session_create",
        gettext_lazy("Plan a session"),
        Right.TRAINING_EDIT,
    )

    def get_queryset(self) -> QuerySet[Any]:
        return reading.session_rows()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=session_tabs(self.member, "all"), **kwargs)


class OneSessionMixin(TrainingMixin):
    """A page of one session."""

    @cached_property
    def session(self) -> Any:
        return get_object_or_404(reading.session_rows(), pk=self.kwargs["pk"])

    @property
    def page(self) -> str:
        return self.member.url("training:session", pk=self.session.pk)


class SessionView(OneSessionMixin, TemplateView):
    """One session: when and where, who has a seat, who waits, who was there."""

    template_name = "training/staff/session.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session, member = self.session, self.member
        seats = reading.seats_of(session, member)
        has_begun = session.starts_at <= timezone.now()
        can_write = member.can(Right.TRAINING_EDIT)
        kwargs.setdefault("file_form", AttendanceFileForm())
        return super().get_context_data(
            session=session,
            tone=SESSION_TONES[session.state],
            seats=[each for each in seats if each.state != SeatState.WAITING],
            waiting=[each for each in seats if each.state == SeatState.WAITING],
            has_begun=has_begun,
            is_off=session.state == SessionState.CANCELLED,
            can_change=can_write and session.is_open,
            can_mark=can_write and has_begun and session.state != SessionState.CANCELLED,
            call_off_form=CallOffForm(),
            **kwargs,
        )


class SessionFormView(OnceMixin, TrainingMixin, FormView):
    """A session, new for a live lesson, or changed."""

    required_right = Right.TRAINING_EDIT
    form_class = SessionForm
    template_name = "training/staff/session_form.html"

    @property
    def makes_new(self) -> bool:
        return "pk" not in self.kwargs

    @cached_property
    def lesson(self) -> Lesson | None:
        """The lesson it is planned for; of a new one, as the address says."""
        if "pk" in self.kwargs:
            return services.lesson_of(self.session)
        asked = row_number(self.request.GET.get("lesson", ""))
        if asked is None:
            return None
        rows = Lesson.objects.filter(kind=LessonKind.LIVE).select_related("version__course")
        return get_object_or_404(rows, pk=asked)

    @cached_property
    def session(self) -> LiveSession:
        if "pk" in self.kwargs:
            return get_object_or_404(LiveSession.objects.select_related("course"), pk=self.kwargs["pk"])
        zone = self.member.manufacturer.timezone
        if self.lesson is None:
            return LiveSession(zone=zone)
        course = self.lesson.version.course
        return LiveSession(course=course, lesson_key=self.lesson.key, zone=zone, trainer_id=course.owner_id)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.session.pk and not self.session.is_open:
            messages.error(request, _("It has begun or was called off, and stays as it is."))
            return redirect(self.member.url("training:session", pk=self.session.pk))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.lesson is None:
            raise Http404
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member, "instance": self.session}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session = self.session
        name = "training:session" if session.pk else "training:sessions"
        return super().get_context_data(
            session=session,
            lesson=self.lesson,
            lessons=[] if self.lesson else list(reading.live_lessons()[:200]),
            back_url=self.member.url(name, **({"pk": session.pk} if session.pk else {})),
            **kwargs,
        )

    def form_valid(self, form: SessionForm) -> HttpResponse:
        is_new = form.instance._state.adding
        try:
            session = form.save(commit=False)
            told = services.save_session(session)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        if is_new:
            said = _("It is planned: learners can take seats.")
        elif told:
            said = ngettext(
                "Changed; %(count)s person with a seat or in the waiting list is told.",
                "Changed; %(count)s people with a seat or in the waiting list are told.",
                told,
            ) % {"count": formats.number(told)}
        else:
            said = _("Saved.")
        messages.success(self.request, said)
        return redirect(self.member.url("training:session", pk=session.pk))


class SessionOffView(OneSessionMixin, View):
    """A session is called off."""

    required_right = Right.TRAINING_EDIT
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = CallOffForm(request.POST)
        if not form.is_valid():
            messages.error(request, mistakes_in(form))
            return redirect(self.page)
        reason = form.cleaned_data["reason"]
        self.take_step(
            lambda: services.call_off(self.session, reason=reason), _("It is called off, and everybody is told.")
        )
        return redirect(self.page)


class AttendanceListView(OneSessionMixin, View):
    """The seats as a file, which can be filled in and brought back."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        said = {SeatState.ATTENDED: "yes", SeatState.MISSED: "no"}
        rows = (
            [
                seat.member.email,
                seat.member.name,
                str(seat.partner),
                seat.get_state_display(),
                said.get(SeatState(seat.state), ""),
            ]
            for seat in reading.seats_of(self.session, self.member)
        )
        return csv_response("attendance.csv", ["email", _("Name"), _("Partner"), _("State"), "attended"], rows)


class AttendanceView(OneSessionMixin, View):
    """Who was there: marked on the page, or from a file."""

    required_right = Right.TRAINING_EDIT
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        session = self.session
        if "file" in request.FILES:
            return self.from_file()
        # A box without a tick says something only of a seat that was on the page: not of one taken since, and not where
        # one person alone is marked.
        there, listed = set(request.POST.getlist("there")), set(request.POST.getlist("listed"))
        seats = {str(seat.pk): seat for seat in reading.seats_of(session, self.member)}
        marks = {
            seat.enrolment_id: pk in there
            for pk, seat in seats.items()
            if pk in there or (pk in listed and seat.state == SeatState.BOOKED)
        }
        self.mark(marks)
        return redirect(self.page)

    def from_file(self) -> HttpResponse:
        """Marks by e-mail address; who is not known among who takes the course is named."""
        form = AttendanceFileForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            messages.error(self.request, " ".join(map(str, form.errors.get("file", []))))
            return redirect(self.page)
        said: dict[str, bool] = form.cleaned_data["file"]
        found = reading.attendees(self.session, self.member, list(said))
        self.mark({pk: said[email] for email, enrolments in found.items() for pk in enrolments})
        unknown = [email for email in said if email not in found]
        if unknown:
            messages.warning(
                self.request,
                _("Not among those who take the course: %(people)s") % {"people": ", ".join(unknown[:20])},
            )
        return redirect(self.page)

    def mark(self, marks: dict[int, bool]) -> None:
        try:
            came, missed = services.mark_attendance(self.session, marks, by=self.member)
        except DomainError as error:
            messages.error(self.request, str(error))
            return
        messages.success(
            self.request,
            _("%(came)s were there and have finished the lesson, %(missed)s were not.")
            % {"came": formats.number(came), "missed": formats.number(missed)},
        )
