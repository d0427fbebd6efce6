"""Quizzes in the portal: begun, answered question by question, submitted, and what came out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from pages import formats
from tenancy.errors import DomainError
from tenancy.rls import current_scope, house_scope
from training.models import Attempt, AttemptQuestion, Question
from training.selectors import learning as learning_selectors
from training.selectors.quizzes import AskedQuestion, asked_questions
from training.services import quizzes as services
from training.views.files import question_picture_response
from training.views.portal.learning import LearningMixin, OwnEnrolmentMixin


class QuizStartView(OwnEnrolmentMixin, View):
    """The learner begins an attempt, or goes on with the open one."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            attempt = services.start(self.enrolment, self.lesson)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.lesson_url(self.enrolment, self.lesson))
        return redirect(self.member.url("training_portal:attempt", enrolment=self.enrolment.pk, pk=attempt.pk))


class OwnAttemptMixin(LearningMixin):
    """A page of an attempt of the person's own."""

    @cached_property
    def attempt(self) -> Attempt:
        rows = Attempt.objects.select_related("quiz__lesson", "enrolment__course").filter(
            enrolment__in=learning_selectors.own_enrolments(self.member), enrolment=self.kwargs["enrolment"]
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def own_url(self) -> str:
        return self.member.url("training_portal:attempt", enrolment=self.attempt.enrolment_id, pk=self.attempt.pk)


class AttemptView(OwnAttemptMixin, TemplateView):
    """The questions of an attempt while it is open, and what came out once it is submitted."""

    def get_template_names(self) -> list[str]:
        page = "attempt" if self.attempt.submitted_at is None else "attempt_result"
        return [f"training/portal/{page}.html"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_late = self.attempt.ends_at is not None and self.attempt.ends_at < timezone.now() - services.GRACE
        if self.attempt.submitted_at is None and is_late and not current_scope().read_only:
            services.submit(self.attempt)
            return redirect(self.own_url)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        attempt, enrolment = self.attempt, self.attempt.enrolment
        is_current = enrolment.is_open and attempt.quiz.lesson.version_id == enrolment.version_id
        questions = asked_questions(attempt, self.picture_url)
        more: dict[str, Any] = {}
        if attempt.submitted_at is None:
            more["seconds_left"] = (
                max(0, int((attempt.ends_at - timezone.now()).total_seconds())) if attempt.ends_at else None
            )
        else:
            standing = more["standing"] = services.standing(attempt.quiz, enrolment)
            more["may_try"] = standing.may_start and is_current and not current_scope().read_only
        return super().get_context_data(
            attempt=attempt,
            lesson=attempt.quiz.lesson,
            enrolment=enrolment,
            is_current=is_current,
            questions=questions,
            answered=format_html("<span data-answered>{}</span>", sum(each.given is not None for each in questions)),
            is_read_only=current_scope().read_only,
            **more,
        )

    def picture_url(self, order: int) -> str:
        pk, enrolment = self.attempt.pk, self.attempt.enrolment_id
        return self.member.url("training_portal:attempt_picture", enrolment=enrolment, pk=pk, order=order)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep what the form holds, and submit. What came too late is said, and what was kept in time counts; what the form
        leaves open stays as it was kept, by this page or in another tab."""
        services.hold(self.attempt)
        for question in asked_questions(self.attempt, self.picture_url):
            given = given_in(request, question)
            if not given:
                continue
            try:
                services.save_answer(self.attempt, question.order, given)
            except services.QuizError as error:
                if self.attempt.submitted_at is None:
                    messages.warning(request, f"{question.number}. {error}")
        services.submit(self.attempt)
        return redirect(self.own_url)


class AnswerView(LearningMixin, View):
    """One answer, kept as soon as it is given: a whole network may answer at once, so it reads one row and writes one."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrolments = learning_selectors.own_enrolments(self.member).filter(pk=self.kwargs["enrolment"])
        own = AttemptQuestion.objects.filter(attempt=self.kwargs["pk"], attempt__enrolment__in=enrolments.values("pk"))
        row = get_object_or_404(own, order=self.kwargs["order"])
        try:
            kept = services.keep_answer(row, given_in(request, AskedQuestion.of(row)))
        except services.QuizError as error:
            return JsonResponse({"error": str(error)}, status=409)
        said = formats.date_time(kept, get_language(), timezone.get_current_timezone()).rpartition(" ")[2]
        return JsonResponse({"said": _("Kept %(time)s") % {"time": said}})


class AttemptPictureView(OwnAttemptMixin, View):
    """The picture of a question of one's own attempt."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = get_object_or_404(AttemptQuestion, attempt=self.attempt, order=self.kwargs["order"])
        with house_scope():
            question = Question.objects.get(pk=row.question_id)
        return question_picture_response(request, question)


def given_in(request: HttpRequest, question: AskedQuestion) -> Any:
    """The answer to a question as its fields in the form say it, in the shape that `grading.read_answer` reads."""
    name, post = question.name, request.POST
    if question.kind == "multiple":
        return post.getlist(name)
    if question.kind == "match":
        pairs = {each["key"]: post.get(f"{name}-{each['key']}", "") for each in question.lefts}
        return pairs if any(pairs.values()) else None
    if question.kind == "order":
        places = {each["key"]: post.get(f"{name}-{each['key']}", "") for each in question.options}
        if not any(places.values()):
            return None
        return sorted(places, key=lambda key: int(places[key])) if _is_order(places) else [""]
    if question.kind == "hotspot":
        return [post.get(f"{name}-x", ""), post.get(f"{name}-y", "")] if post.get(f"{name}-set") else None
    return post.get(name, "")


def _is_order(places: dict[str, str]) -> bool:
    """Whether every item has a place of its own."""
    return sorted(places.values()) == sorted(str(place) for place in range(1, len(places) + 1))
