"""What the lists of announcements can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communication.models import Addressee, Announcement, AnnouncementKind, AnnouncementState
from communication.selectors.announcements import matching
from pages.filters import FilterSet
from tenancy.models import Membership


class AnnouncementFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Title or text"))
    state = django_filters.MultipleChoiceFilter(choices=AnnouncementState.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=AnnouncementKind.choices, label=_("Kind of news"))

    class Meta:
        model = Announcement
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching(queryset, value)


class AddresseeFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or code"))
    stands = django_filters.ChoiceFilter(
        method="standing",
        label=_("Where it stands"),
        choices=[
            ("unread", _("Not read")),
            ("read", pgettext_lazy("announcement", "Read")),
            ("owing", _("Not confirmed")),
            ("late", _("Not confirmed in time")),
            ("confirmed", _("Confirmed")),
        ],
    )

    class Meta:
        model = Addressee
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(partner__name__icontains=value)
            | Q(partner__local_name__icontains=value)
            | Q(partner__code__icontains=value)
        )

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        conditions: dict[str, dict[str, Any]] = {
            "unread": {"read_at": None},
            "read": {"read_at__isnull": False},
            "owing": {"confirmed_at": None},
            "late": {"confirmed_at": None, "due_on__lt": timezone.localdate()},
            "confirmed": {"confirmed_at__isnull": False},
        }
        return queryset.filter(**conditions[value])


class PeopleFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or e-mail"))
    stands = django_filters.ChoiceFilter(
        method="standing",
        label=_("Where it stands"),
        choices=[("unread", _("Not read")), ("read", pgettext_lazy("announcement", "Read"))],
    )

    class Meta:
        model = Membership
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(name__icontains=value) | Q(email__icontains=value))

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(has_read=value == "read")
