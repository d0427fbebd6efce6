"""What lists of courses and of learners can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from partners.product_lines import product_line_choices
from tenancy.models import Membership
from training.models import Course, CourseState, Enrolment, EnrolmentSource, EnrolmentState
from training.selectors.courses import STILL
from training.selectors.learning import matching


def trainers(request: Any) -> QuerySet[Membership]:
    return Membership.objects.filter(pk__in=Course.objects.values("owner")).order_by("name", "pk")


class CourseFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Title, code or tag"))
    state = django_filters.MultipleChoiceFilter(choices=CourseState.choices, label=_("State"))
    line = django_filters.MultipleChoiceFilter(method="about", choices=product_line_choices, label=_("Product line"))
    owner = django_filters.ModelChoiceFilter(queryset=trainers, label=_("Trainer"))
    stands = django_filters.ChoiceFilter(
        method="standing", label=_("Where it stands"), choices=[("late", _("Somebody is late"))]
    )

    class Meta:
        model = Course
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching(queryset, value)

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(late__gt=0)

    def about(self, queryset: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(product_lines__overlap=value) if value else queryset


class PeopleFilterSet(FilterSet):
    """People at partners, found by their own name or their partner's."""

    q = django_filters.CharFilter(method="search", label=_("Name, e-mail or partner"))

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(member__name__icontains=value)
            | Q(member__email__icontains=value)
            | Q(partner__name__icontains=value)
            | Q(partner__local_name__icontains=value)
            | Q(partner__code__iexact=value)
        )


class EnrolmentFilterSet(PeopleFilterSet):
    state = django_filters.MultipleChoiceFilter(choices=EnrolmentState.choices, label=_("State"))
    stands = django_filters.ChoiceFilter(
        method="standing",
        label=_("Where it stands"),
        choices=[("open", _("Still learning")), ("late", _("Late")), ("older", _("On an older version"))],
    )
    source = django_filters.MultipleChoiceFilter(choices=EnrolmentSource.choices, label=_("How it came"))

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        rows = queryset.filter(STILL)
        if value == "late":
            return rows.filter(due_on__lt=timezone.localdate())
        return rows.filter(version__state="replaced") if value == "older" else rows


class TeamFilterSet(FilterSet):
    q = django_filters.CharFilter(field_name="member__name", lookup_expr="icontains", label=_("Name"))
    state = django_filters.MultipleChoiceFilter(choices=EnrolmentState.choices, label=_("State"))
    late = django_filters.ChoiceFilter(method="is_late", label=_("Where it stands"), choices=[("1", _("Late"))])

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def is_late(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(STILL, due_on__lt=timezone.localdate())
