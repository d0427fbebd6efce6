"""What lists of how learning goes can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners.models import Partner
from tenancy.models import Membership
from training.filters.courses import CourseFilterSet
from training.models import Course, Enrolment, EnrolmentRisk, EnrolmentState
from training.selectors.courses import STILL

STANDS = [("late", _("Late")), ("open", _("Still learning")), ("done", _("Nothing left to learn"))]


def courses(request: Any) -> QuerySet[Course]:
    return Course.objects.order_by("code", "pk")


def standing(queryset: QuerySet[Any], key: str, value: str) -> QuerySet[Any]:
    """Rows by where their enrolments stand; `key` is the enrolments' way back to the row."""
    own = Enrolment.objects.filter(**{key: OuterRef("pk")})
    open_ones = own.filter(STILL)
    if value == "late":
        return queryset.filter(Exists(open_ones.filter(due_on__lt=timezone.localdate())))
    if value == "open":
        return queryset.filter(Exists(open_ones))
    return queryset.filter(Exists(own.exclude(state=EnrolmentState.WITHDRAWN)), ~Exists(open_ones))


class CourseProgressFilterSet(CourseFilterSet):
    state = None


class PartnerProgressFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Partner or code"))
    stands = django_filters.ChoiceFilter(method="standing", label=_("Where it stands"), choices=STANDS)

    class Meta:
        model = Partner
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__icontains=value) | Q(local_name__icontains=value) | Q(code__iexact=value))

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return standing(queryset, "partner", value)


class PersonProgressFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name, e-mail or partner"))
    stands = django_filters.ChoiceFilter(method="standing", label=_("Where it stands"), choices=STANDS)

    class Meta:
        model = Membership
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(name__icontains=value)
            | Q(email__icontains=value)
            | Q(partner__name__icontains=value)
            | Q(partner__local_name__icontains=value)
            | Q(partner__code__iexact=value)
        )

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return standing(queryset, "member", value)


class ColleagueProgressFilterSet(FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Name"))
    stands = django_filters.ChoiceFilter(method="standing", label=_("Where it stands"), choices=STANDS)

    class Meta:
        model = Membership
        fields: list[str] = []

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return standing(queryset, "member", value)


class RiskFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name, e-mail or partner"))
    course = django_filters.ModelChoiceFilter(field_name="enrolment__course", queryset=courses, label=_("Course"))

    class Meta:
        model = EnrolmentRisk
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(enrolment__member__name__icontains=value)
            | Q(enrolment__member__email__icontains=value)
            | Q(partner__name__icontains=value)
            | Q(partner__local_name__icontains=value)
            | Q(partner__code__iexact=value)
        )
