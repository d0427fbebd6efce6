"""What lists of live sessions, of questions to the trainer and of work handed in can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from tenancy.models import Membership
from training.models import (
    Course,
    HandIn,
    HandInState,
    LessonKind,
    LessonQuestion,
    LiveSession,
    QuestionState,
    SessionState,
)


def session_courses(request: Any) -> QuerySet[Course]:
    return Course.objects.filter(pk__in=LiveSession.objects.values("course")).order_by("code", "pk")


def session_trainers(request: Any) -> QuerySet[Membership]:
    return Membership.objects.filter(pk__in=LiveSession.objects.values("trainer")).order_by("name", "pk")


def asked_courses(request: Any) -> QuerySet[Course]:
    return Course.objects.filter(pk__in=LessonQuestion.objects.values("course")).order_by("code", "pk")


def task_courses(request: Any) -> QuerySet[Course]:
    kept = Course.objects.filter(versions__lessons__kind=LessonKind.TASK)
    return Course.objects.filter(pk__in=kept.values("pk")).order_by("code", "pk")


class SessionFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Place, note or course"))
    state = django_filters.MultipleChoiceFilter(choices=SessionState.choices, label=_("State"))
    course = django_filters.ModelChoiceFilter(queryset=session_courses, label=_("Course"))
    trainer = django_filters.ModelChoiceFilter(queryset=session_trainers, label=_("Trainer"))
    when = django_filters.ChoiceFilter(
        method="lies", label=_("When"), choices=[("coming", _("Still to come")), ("over", _("Over"))]
    )

    class Meta:
        model = LiveSession
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(place__icontains=value)
            | Q(note__icontains=value)
            | Q(course__titles__icontains=value)
            | Q(course__code__icontains=value)
        )

    def lies(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        return queryset.filter(ends_at__gt=now) if value == "coming" else queryset.filter(ends_at__lte=now)


class AskedFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Question, answer or name"))
    state = django_filters.MultipleChoiceFilter(choices=QuestionState.choices, label=_("State"))
    course = django_filters.ModelChoiceFilter(queryset=asked_courses, label=_("Course"))

    class Meta:
        model = LessonQuestion
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(text__icontains=value)
            | Q(answer__icontains=value)
            | Q(member__name__icontains=value)
            | Q(partner__name__icontains=value)
            | Q(partner__local_name__icontains=value)
        )


class HandInFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or partner"))
    state = django_filters.MultipleChoiceFilter(choices=HandInState.choices, label=_("State"))
    course = django_filters.ModelChoiceFilter(queryset=task_courses, field_name="enrolment__course", label=_("Course"))

    class Meta:
        model = HandIn
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(enrolment__member__name__icontains=value)
            | Q(partner__name__icontains=value)
            | Q(partner__local_name__icontains=value)
        )
