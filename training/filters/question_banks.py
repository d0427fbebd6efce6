"""What lists of question banks and of questions can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import F, Func, QuerySet, TextField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.filters import FilterSet
from training.models import Question, QuestionBank, QuestionKind
from training.selectors.question_banks import tags_in

WRITTEN = Func(F("texts"), template="jsonb_path_query_array(%(expressions)s, '$.*')::text", output_field=TextField())
"""The texts of a question in all its languages."""


class UseFilterSet(FilterSet):
    """What is in use or retired."""

    state = django_filters.ChoiceFilter(
        method="narrow_state", label=_("State"), choices=[("used", _("In use")), ("retired", _("Retired"))]
    )

    def narrow_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(is_retired=value == "retired")


class BankFilterSet(UseFilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Name"))

    class Meta:
        model = QuestionBank
        fields: list[str] = []


class QuestionFilterSet(UseFilterSet):
    q = django_filters.CharFilter(method="search", label=_("Words of the question"))
    kind = django_filters.MultipleChoiceFilter(choices=QuestionKind.choices, label=pgettext_lazy("of question", "Kind"))
    tag = django_filters.ChoiceFilter(method="tagged", label=_("Tag"), choices=[])
    difficulty = django_filters.MultipleChoiceFilter(
        choices=[(str(each), str(each)) for each in range(1, 6)],
        label=pgettext_lazy("of a question, as its writer says", "Difficulty"),
    )

    class Meta:
        model = Question
        fields: list[str] = []

    def __init__(self, *args: Any, bank: QuestionBank, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["tag"].extra["choices"] = [(tag, tag) for tag in tags_in(bank)]

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.alias(said=WRITTEN).filter(said__icontains=value)

    def tagged(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(tags__contains=[value])
