from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.filters import DaysFilter, FilterSet
from partners import selectors
from partners.models import (
    CodeList,
    Contact,
    ContactEntry,
    ContactRole,
    Favour,
    FavourKind,
    FavourState,
    NewsEvery,
    Partner,
)
from partners.selectors.contact_history import codes_of, with_those_below
from partners.selectors.people import contacts_matching
from tenancy.models import Language, Membership


class ContactFilterSet(FilterSet):
    """What the list of people can be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Name or e-mail"))
    role = django_filters.MultipleChoiceFilter(choices=ContactRole.choices, label=_("Role at the partner"))
    language = django_filters.MultipleChoiceFilter(choices=Language.choices, label=_("Language"))
    state = django_filters.ChoiceFilter(
        method="in_state",
        choices=[("there", _("Still there")), ("left", pgettext_lazy("a company", "Left"))],
        label=_("There or left"),
    )

    class Meta:
        model = Contact
        fields: list[str] = []

    def search(self, queryset: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return contacts_matching(queryset, value)

    def in_state(self, queryset: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return queryset.filter(left_on__isnull=value == "there")


class NewsFilterSet(FilterSet):
    """What the list of people who wait for news can be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Name or e-mail"))
    every = django_filters.ChoiceFilter(choices=NewsEvery.choices, label=_("How often"))
    manager = django_filters.MultipleChoiceFilter(field_name="partner__channel_manager", label=_("Channel manager"))

    class Meta:
        model = Contact
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.filter(partner=None, is_active=True).order_by("name", "pk")
        self.filters["manager"].extra["choices"] = [(str(pk), name) for pk, name in members.values_list("pk", "name")]

    def search(self, queryset: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return contacts_matching(queryset, value)


class FavourFilterSet(FilterSet):
    """What the list of gifts, visits and hospitality can be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Name or e-mail"))
    kind = django_filters.MultipleChoiceFilter(choices=FavourKind.choices, label=_("What it was"))
    state = django_filters.MultipleChoiceFilter(choices=FavourState.choices, label=_("State"))
    given_on = DaysFilter(label=_("In the period"))

    class Meta:
        model = Favour
        fields: list[str] = []

    def search(self, queryset: QuerySet[Favour], name: str, value: str) -> QuerySet[Favour]:
        return queryset.filter(contact__in=contacts_matching(Contact.objects.all(), value))


class EntryFilterSet(FilterSet):
    """What the list of contacts can be narrowed by; a code stands for those below it too."""

    q = django_filters.CharFilter(method="search", label=_("Partner, code or city"))
    channel = django_filters.MultipleChoiceFilter(method="coded", label=_("Contact channel"))
    subject = django_filters.MultipleChoiceFilter(method="coded", label=pgettext_lazy("of a contact", "Subject"))
    outcome = django_filters.MultipleChoiceFilter(method="coded", label=_("Outcome"))
    by = django_filters.MultipleChoiceFilter(label=_("Noted by"))
    at = DaysFilter(label=_("In the period"))

    class Meta:
        model = ContactEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CodeList.values:
            self.filters[name].extra["choices"] = [
                (code.code, "\u2003" * depth + str(code)) for code, depth in codes_of(name, with_retired=True)
            ]
        members = Membership.objects.filter(partner=None).order_by("name", "pk").values_list("pk", "name")
        self.filters["by"].extra["choices"] = [(str(pk), name) for pk, name in members]

    def search(self, queryset: QuerySet[ContactEntry], name: str, value: str) -> QuerySet[ContactEntry]:
        return queryset.filter(partner__in=selectors.matching(Partner.objects.all(), value).values("pk"))

    def coded(self, queryset: QuerySet[ContactEntry], name: str, value: list[str]) -> QuerySet[ContactEntry]:
        return queryset.filter(**{f"{name}__in": with_those_below(name, value)}) if value else queryset
