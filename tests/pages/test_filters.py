"""Filters of lists: none makes a list DISTINCT, and none would need it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.urls import get_resolver

from pages.filters import NOBODY, FilterSet, of_people
from partners.filters.people import ContactFilterSet
from partners.models import Contact, Partner
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory


def every(kind: type[FilterSet]) -> Iterator[type[FilterSet]]:
    for each in kind.__subclasses__():
        yield each
        yield from every(each)


assert get_resolver().url_patterns  # imports the views, and with them every filter set
FILTER_SETS = sorted((each for each in set(every(FilterSet)) if each._meta.model), key=str)


def test_what_is_narrowed_by_several_choices_is_not_compared_row_by_row() -> None:
    filters = ContactFilterSet({"role": ["owner", "sales"]}, queryset=Contact.objects.all())
    assert filters.form.is_valid()
    assert filters.qs.query.distinct is False


@pytest.mark.parametrize("filter_set", FILTER_SETS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_no_filter_joins_rows_of_which_one_has_many(filter_set: Any) -> None:
    """It would show one row several times; a method asks whether there is one."""
    many = []
    for name, each in filter_set.base_filters.items():
        model = filter_set._meta.model
        for part in () if each.method else each.field_name.split("__"):
            try:
                field = model._meta.get_field(part)
            except FieldDoesNotExist:
                break  # a value that the list's query makes
            if field.many_to_many or field.one_to_many:
                many.append(name)
            model = field.related_model or model
    assert many == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ([], ["A1", "B1", "C1"]),
        (["none"], ["C1"]),
        (["lee"], ["A1"]),
        (["lee", "none"], ["A1", "C1"]),
        (["lee", "kim"], ["A1", "B1"]),
    ],
)
def test_rows_are_narrowed_by_people_and_by_nobody(
    manufacturer: Any, manager: Any, owner: Any, chosen: list[str], expected: list[str]
) -> None:
    for code, member in (("A1", manager), ("B1", owner), ("C1", None)):
        PartnerFactory(manufacturer=manufacturer, code=code, channel_manager=member)
    keys = {"lee": str(manager.pk), "kim": str(owner.pk), "none": NOBODY}
    with staff_scope(manufacturer.pk):
        found = of_people(Partner.objects.order_by("code"), "channel_manager", [keys[each] for each in chosen])
        assert list(found.values_list("code", flat=True)) == expected
