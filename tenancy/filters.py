from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pages.filters import FilterSet
from tenancy.models import Membership
from tenancy.rights import PARTNER_ROLES, STAFF_ROLES, Role


def _choices(roles: frozenset[Role]) -> list[tuple[str, Any]]:
    return [(role.value, role.label) for role in Role if role in roles]


class PeopleFilterSet(FilterSet):
    """What a list of people can be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Name or e-mail"))
    state = django_filters.ChoiceFilter(
        method="in_state", label=_("State"), choices=[("active", _("Active")), ("left", _("Left"))]
    )

    class Meta:
        model = Membership
        fields: list[str] = []

    def search(self, queryset: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        return queryset.filter(Q(name__icontains=value) | Q(email__icontains=value))

    def in_state(self, queryset: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        return queryset.filter(is_active=value == "active") if value else queryset


class StaffFilterSet(PeopleFilterSet):
    role = django_filters.ChoiceFilter(label=_("Role"), choices=_choices(STAFF_ROLES))


class PartnerPeopleFilterSet(PeopleFilterSet):
    role = django_filters.ChoiceFilter(label=_("Role"), choices=_choices(PARTNER_ROLES))

    def search(self, queryset: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        in_partner = Q(partner__name__icontains=value) | Q(partner__local_name__icontains=value)
        return queryset.filter(Q(name__icontains=value) | Q(email__icontains=value) | in_partner)
