"""Live sessions in the portal: a date chosen, a seat given back, and the entry for one's own calendar."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from tenancy.errors import DomainError
from tenancy.rls import house_scope
from training.calendars import CONTENT_TYPE, REQUEST, Person, calendar_file
from training.models import Lesson, LiveSeat, LiveSession, SeatState
from training.selectors import learning as reading
from training.services import live as services
from training.views.portal.learning import LearningMixin, OwnEnrolmentMixin


class SeatBookView(OwnEnrolmentMixin, View):
    """The learner takes a seat at a session, or a place in its waiting list."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            seat = services.book(self.enrolment, self.lesson, self.kwargs["session"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            if seat.state == SeatState.WAITING:
                messages.success(request, _("All seats are taken: you wait, and are told as soon as one is free."))
            else:
                messages.success(request, _("You have a seat. The invitation for your calendar comes by mail."))
        return redirect(self.lesson_url(self.enrolment, self.lesson))


class OwnSeatMixin(LearningMixin):
    """The person's own seat at a session."""

    @cached_property
    def seat(self) -> LiveSeat:
        own = reading.own_enrolments(self.member).filter(pk=self.kwargs["enrolment"])
        rows = LiveSeat.objects.select_related("enrolment").filter(enrolment__in=own, session=self.kwargs["session"])
        return get_object_or_404(rows)

    def lesson_page(self, session: LiveSession) -> str:
        """Of the lesson that it is a session of, as the learner has it."""
        enrolment = self.seat.enrolment
        lesson = Lesson.objects.filter(version=enrolment.version_id, key=session.lesson_key).first()
        return self.lesson_url(enrolment, lesson) if lesson else self.course_url(enrolment.course_id)

    @cached_property
    def session(self) -> LiveSession:
        with house_scope():
            return LiveSession.objects.select_related("trainer").get(pk=self.seat.session_id)


class SeatGiveBackView(OwnSeatMixin, View):
    """The learner gives a seat back."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.take_step(lambda: services.give_back(self.seat), _("You have given it back. You can choose another date."))
        return redirect(self.lesson_page(self.session))


class LiveLessonView(OwnSeatMixin, View):
    """From a notice to the lesson that it is about."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return redirect(self.lesson_page(self.session))


class SeatCalendarView(OwnSeatMixin, View):
    """The session as a file for one's own calendar, for who has a seat."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        seat, session, member = self.seat, self.session, self.member
        if seat.state != SeatState.BOOKED:
            raise Http404
        with house_scope():
            lesson = services.lesson_of(session)
        address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        trainer = session.trainer
        entry = {
            "uid": f"{session.uid}@{address.rpartition('@')[2]}",
            "sequence": session.sequence + seat.turn,
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
            "title": f"{lesson.version.course}: {lesson}" if lesson else "",
            "place": session.place,
            "link": session.link,
            "text": session.note,
        }
        content = calendar_file(
            entry,
            method=REQUEST,
            organizer=Person(
                trainer.name if trainer else str(member.manufacturer), trainer.email if trainer else address
            ),
            attendee=Person(member.name, member.email),
            stamp=timezone.now(),
        )
        response = HttpResponse(content, content_type=f"{CONTENT_TYPE}; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="session.ics"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response
