"""What lists can be narrowed by."""

import copy
from collections import OrderedDict
from typing import Any

import django_filters
from django import forms
from django.db.models import DateField, DateTimeField, Q, QuerySet
from django_filters.fields import RangeField
from django_filters.utils import get_model_field

DIGITS = 15
"""No figure that a list is narrowed by has more; the database refuses numbers without end."""


class _Filters(OrderedDict[str, django_filters.Filter]):
    def __deepcopy__(self, memo: dict[int, Any]) -> OrderedDict[str, django_filters.Filter]:
        return OrderedDict((name, _own(each)) for name, each in self.items())


class _Once(dict[str, forms.Field]):
    """The fields of a form class that is made for one form."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


def _own(shared: django_filters.Filter) -> django_filters.Filter:
    own = copy.copy(shared)
    own.extra = dict(shared.extra)
    own.distinct = False
    if shared.method is not None:
        own.method = shared.method  # binds the filter set's method to this filter
    return own


class FilterSet(django_filters.FilterSet):
    """A filter set that is cheap to make for each page.

    Stock ones copy each filter and each field deeply, with all labels and choices, which took a tenth of a list's time.
    Only the filter itself and what its field is made with are a page's own. No filter makes a list DISTINCT, as those of
    several choices do by themselves: it compares all columns of all rows. What is narrowed by rows of another table is a
    method that asks whether there is one.
    """

    def get_form_class(self) -> type[forms.Form]:
        form = super().get_form_class()
        form.base_fields = _Once(form.base_fields)
        return form

    @classmethod
    def get_filters(cls) -> OrderedDict[str, django_filters.Filter]:
        return _Filters(super().get_filters())


class _NumberRangeField(RangeField):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            (forms.DecimalField(max_digits=DIGITS), forms.DecimalField(max_digits=DIGITS)), *args, **kwargs
        )


class RangeFilter(django_filters.RangeFilter):
    """From a figure to a figure, both of a size that means something."""

    field_class = _NumberRangeField


class DaysFilter(django_filters.DateFromToRangeFilter):
    """From a day to a day, both included.

    A column of moments is asked by the manufacturer's clock, a column of days with the days themselves: the moment a
    day begins in Seoul is the day before where Django makes a day of it.
    """

    def filter(self, queryset: QuerySet[Any], value: slice | None) -> QuerySet[Any]:
        if value and _is_of_days(queryset, self.field_name):
            value = slice(value.start and value.start.date(), value.stop and value.stop.date())
        return super().filter(queryset, value)


NOBODY = "none"
"""Stands among the people to choose from for those rows that are nobody's."""


def of_people(queryset: QuerySet[Any], name: str, chosen: list[str]) -> QuerySet[Any]:
    """The rows of the chosen people, NOBODY among them or not; `name` is the path to who a row is of. All where none is chosen."""
    if not chosen:
        return queryset
    found = Q(**{f"{name}__in": [key for key in chosen if key != NOBODY]})
    return queryset.filter(found | Q(**{name: None}) if NOBODY in chosen else found)


def _is_of_days(queryset: QuerySet[Any], name: str) -> bool:
    field = get_model_field(queryset.model, name)
    return isinstance(field, DateField) and not isinstance(field, DateTimeField)
