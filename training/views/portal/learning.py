"""Learning in the portal: what a person has to learn, a course with its outline, and its lessons one after the other."""

import math
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from pages import formats
from partners.product_lines import product_line_choices
from tenancy.access import PortalMixin
from tenancy.rights import Right
from tenancy.rls import current_scope
from training.forms.words import words_in
from training.functions import TRAINING
from training.lesson_kinds import player_of
from training.models import (
    Certificate,
    Course,
    CoursePicture,
    CourseVersion,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonContent,
    LessonKind,
    LessonProgress,
)
from training.selectors import learning as reading
from training.selectors.certificates import renewed_by
from training.selectors.live import own_coming
from training.selectors.points import point_rules
from training.selectors.programmes import own_programmes
from training.selectors.trainer_questions import talks_of
from training.services import enrolling
from training.services import learning as services
from training.services.learning import LearningError
from training.shown import Addresses, shown
from training.views.files import PLAYED, content_response, picture_response

OFFERED_SHOWN = 100
LONGEST_PLACE = 1_000_000
NOT_AGAIN = (EnrolmentState.EXEMPT, EnrolmentState.FAILED)
"""Ended so, a course is not taken again by oneself."""


class LearningMixin(PortalMixin):
    """Pages of who learns."""

    required_right = Right.PORTAL_TRAINING
    required_function: str | None = TRAINING.key
    kwargs: dict[str, Any]
    request: Any

    def lesson_url(self, enrolment: Enrolment, lesson: Lesson) -> str:
        return self.member.url("training_portal:lesson", enrolment=enrolment.pk, lesson=lesson.pk)

    def course_url(self, course_id: int) -> str:
        return self.member.url("training_portal:course", pk=course_id)


class LearningView(LearningMixin, TemplateView):
    """My learning: where to go on, what is due, what else there is, and what is done."""

    template_name = "training/portal/learning.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = words_in(self.request.GET)
        going = reading.going(self.member)
        begun = [each for each in going if each.next is not None and each.enrolment.seen_at]
        late = [each for each in going if each.next is not None and each.is_late]
        ended, has_more_ended = reading.ended(self.member)
        offered = list(reading.offered(self.member, words)[: OFFERED_SHOWN + 1])
        lines = dict(product_line_choices()) if any(course.product_lines for course in offered) else {}
        first = next(iter([*late, *begun, *(each for each in going if each.next is not None)]), None)
        return super().get_context_data(
            title=self.title(going, len(late)),
            first=first,
            going=going,
            programmes=[each for each in own_programmes(self.member) if each.person.is_open],
            ended=ended,
            has_more_ended=has_more_ended,
            offered=[(course, course.lines_by(lines)) for course in offered[:OFFERED_SHOWN]],
            most=OFFERED_SHOWN,
            has_more=len(offered) > OFFERED_SHOWN,
            words=words,
            can_manage=self.member.can(Right.PORTAL_TRAINING_MANAGE),
            sessions=own_coming(self.member),
            has_points=point_rules().is_on,
            **kwargs,
        )

    def title(self, going: list[reading.Going], late: int) -> str:
        """How much is still to be learned, and what is late."""
        if not going:
            return _("You have nothing to learn at present")
        count = len(going)
        title = ngettext("%(count)s course to learn", "%(count)s courses to learn", count) % {
            "count": formats.number(count)
        }
        if late:
            title += ngettext(", %(late)s is late", ", %(late)s are late", late) % {"late": formats.number(late)}
        return title


class CourseView(LearningMixin, TemplateView):
    """A course with its outline: to enrol in, or how far one is."""

    template_name = "training/portal/course.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member = self.member
        course = get_object_or_404(Course.objects.select_related("qualification"), pk=self.kwargs["pk"])
        enrolment = reading.own_enrolments(member).filter(course=course).order_by("-enrolled_at", "-pk").first()
        is_offered = reading.courses_open_to(member).filter(pk=course.pk).exists()
        version = (
            enrolment.version if enrolment else course.versions.filter(state=CourseVersion.State.PUBLISHED).first()
        )
        if version is None or not (enrolment or is_offered):
            raise Http404
        outline = reading.outline(version, enrolment)
        can_enrol = is_offered and not (enrolment and (enrolment.is_open or enrolment.state in NOT_AGAIN))
        return super().get_context_data(
            course=course,
            enrolment=enrolment,
            version=version,
            outline=outline,
            coming=next((step.lesson for _module, steps in outline for step in steps if step.is_next), None),
            missing=services.missing_courses(course, member) if not enrolment or enrolment.is_open else [],
            renews=self.renews(course, enrolment, can_enrol=can_enrol),
            can_enrol=can_enrol,
            **kwargs,
        )

    def renews(self, course: Course, enrolment: Enrolment | None, *, can_enrol: bool) -> Certificate | None:
        """The certificate that passing renews, as it will be issued: by the day on which the course was begun, or by today
        where it can be. Once passed it has renewed what it could."""
        if enrolment is not None and enrolment.is_open:
            return renewed_by(course.pk, self.member.pk, timezone.localdate(enrolment.enrolled_at))
        if not can_enrol or (enrolment is not None and enrolment.state == EnrolmentState.PASSED):
            return None
        return renewed_by(course.pk, self.member.pk, timezone.localdate())


class EnrolView(LearningMixin, View):
    """A person takes up a course."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        course = get_object_or_404(reading.courses_open_to(self.member), pk=self.kwargs["pk"])
        try:
            enrolling.enrol_self(course, self.member)
        except LearningError as error:
            messages.error(request, str(error))
        return redirect(self.course_url(course.pk))


class OwnEnrolmentMixin(LearningMixin):
    """A page within a course that the person takes, or has taken."""

    @cached_property
    def enrolment(self) -> Enrolment:
        return get_object_or_404(reading.own_enrolments(self.member), pk=self.kwargs["enrolment"])

    @cached_property
    def lesson(self) -> Lesson:
        rows = Lesson.objects.select_related("module").prefetch_related("contents")
        return get_object_or_404(rows, pk=self.kwargs["lesson"], version=self.enrolment.version_id)

    def addresses(self) -> Addresses:
        member, pk = self.member, self.enrolment.pk
        return Addresses(
            file=lambda content, what: member.url(
                "training_portal:lesson_file", enrolment=pk, content=content.pk, what=what
            ),
            picture=lambda name: member.url("training_portal:picture", enrolment=pk, picture=name),
        )


@method_decorator(csp_update(PLAYED), name="dispatch")
class LessonView(OwnEnrolmentMixin, TemplateView):
    """A lesson, played. Opening it is beginning it; who only looks as its learner begins nothing."""

    template_name = "training/portal/lesson.html"
    given: dict[str, Any] = {}

    def again(self, request: HttpRequest, **given: Any) -> HttpResponse:
        """The lesson with what was written in it and refused."""
        self.given = given
        return self.get(request)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        enrolment, lesson = self.enrolment, self.lesson
        if current_scope().read_only:
            progress = LessonProgress.objects.filter(enrolment=enrolment, lesson=lesson).first()
        else:
            try:
                progress = services.open_lesson(enrolment, lesson)
            except LearningError as error:
                messages.error(request, str(error))
                return redirect(self.course_url(enrolment.course_id))
        return self.render_to_response(self.get_context_data(progress=progress))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        enrolment, lesson = self.enrolment, self.lesson
        steps = [step for _module, steps in reading.outline(enrolment.version, enrolment) for step in steps]
        at = next(number for number, step in enumerate(steps) if step.lesson.pk == lesson.pk)
        player = player_of(lesson.kind)
        progress = kwargs["progress"]
        if player.context:
            kwargs |= player.context(enrolment, lesson, progress, self.member)
        return super().get_context_data(
            enrolment=enrolment,
            lesson=lesson,
            player=player,
            shown=shown(lesson, self.addresses()),
            number=at + 1,
            steps=steps,
            previous=steps[at - 1].lesson if at else None,
            next=steps[at + 1] if at + 1 < len(steps) else None,
            is_done=progress is not None and progress.done_at is not None,
            still=player.before_done(lesson, progress) if player.before_done and progress is not None else "",
            keeps=progress is not None and not current_scope().read_only,
            talks=talks_of(enrolment, lesson=lesson),
            **(kwargs | self.given),
        )


class LessonDoneView(OwnEnrolmentMixin, View):
    """The learner has done a lesson of the kinds that are ticked off by hand, and goes on to the next."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        player = player_of(self.lesson.kind)
        if not player.by_hand:
            raise Http404
        try:
            progress = services.open_lesson(self.enrolment, self.lesson)
            if player.before_done and (still := player.before_done(self.lesson, progress)):
                messages.error(request, still)
                return redirect(self.lesson_url(self.enrolment, self.lesson))
            enrolment = services.finish_lesson(self.enrolment, self.lesson)
        except LearningError as error:
            messages.error(request, str(error))
            return redirect(self.course_url(self.enrolment.course_id))
        if not enrolment.is_open:
            if enrolment.state == EnrolmentState.PASSED:
                messages.success(request, _("You have passed “%(course)s”.") % {"course": enrolment.course})
            return redirect(self.course_url(enrolment.course_id))
        lessons = [step for _module, steps in reading.outline(enrolment.version, enrolment) for step in steps]
        at = next(number for number, step in enumerate(lessons) if step.lesson.pk == self.lesson.pk)
        left = [step.lesson for step in [*lessons[at:], *lessons[:at]] if not step.is_done]
        return redirect(self.lesson_url(enrolment, left[0]) if left else self.course_url(enrolment.course_id))


class LessonPlaceView(OwnEnrolmentMixin, View):
    """Where the learner is in a lesson, and how long this stretch was; sent by the page as it goes on and as it is left."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        seconds, at = number_in(request.POST.get("seconds", "")), number_in(request.POST.get("at", ""))
        services.keep_place(self.enrolment, self.lesson, {"at": at}, seconds=int(seconds))
        return HttpResponse(status=204)


class LessonFileView(OwnEnrolmentMixin, View):
    """A file of a lesson that the learner has begun."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        begun = LessonProgress.objects.filter(enrolment=self.enrolment).values("lesson")
        rows = LessonContent.objects.select_related("lesson")
        content, what = get_object_or_404(rows, pk=self.kwargs["content"], lesson__in=begun), self.kwargs["what"]
        response = content_response(request, content, what)
        fetched = request.method == "GET" and what == "file"  # HEAD asks about the file, and gets none of it
        if fetched and content.lesson.kind == LessonKind.DOWNLOAD and not current_scope().read_only:
            services.got_file(self.enrolment, content.lesson)
        return response


class PictureView(OwnEnrolmentMixin, View):
    """A picture in the texts of a course that the person takes."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        rows = CoursePicture.objects.filter(course=self.enrolment.course_id)
        return picture_response(request, get_object_or_404(rows, name=self.kwargs["picture"]))


def number_in(text: str) -> float:
    """A number from zero to a million as the page sends it; anything else is zero."""
    try:
        number = float(text)
    except ValueError:
        return 0
    return number if math.isfinite(number) and 0 <= number <= LONGEST_PLACE else 0
