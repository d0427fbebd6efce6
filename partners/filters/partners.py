from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.grades import grade_choices
from partners.models import Partner, PartnerOtherKind, Stage, Trend

NOBODY = "none"


def _kinds() -> list[tuple[str, str]]:
    return [(kind.code, str(kind)) for kind in selectors.all_kinds()]


def _managers() -> list[tuple[str, str]]:
    return [
        (NOBODY, str(_("Nobody"))),
        *(
            (str(member.pk), member.name if member.is_active else str(_("%(name)s (left)") % {"name": member.name}))
            for member in selectors.channel_managers(with_left=True)
        ),
    ]


def _regions() -> list[tuple[str, str]]:
    return [(region, region) for region in selectors.regions()]


class PartnerFilterSet(django_filters.FilterSet):
    """What the list of partners can be narrowed by; the choices are the manufacturer's own, read for each page."""

    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    grade = django_filters.MultipleChoiceFilter(field_name="summary__tier_code", label=_("Grade"))
    trend = django_filters.MultipleChoiceFilter(field_name="summary__trend", choices=Trend.choices, label=_("Trend"))
    kind = django_filters.MultipleChoiceFilter(method="of_kind", label=_("Kind"))
    region = django_filters.MultipleChoiceFilter(label=_("Region"))
    manager = django_filters.MultipleChoiceFilter(method="looked_after_by", label=_("Channel manager"))
    stage = django_filters.MultipleChoiceFilter(choices=Stage.choices, label=_("Stage"))

    CHOICES: dict[str, Callable[[], list[tuple[str, str]]]] = {
        "grade": grade_choices,
        "kind": _kinds,
        "region": _regions,
        "manager": _managers,
    }

    class Meta:
        model = Partner
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in self.CHOICES.items():
            found = choices()
            if found:
                self.filters[name].extra["choices"] = found
            else:
                del self.filters[name]
        # One choice or another, in one condition: no row comes twice.
        for each in self.filters.values():
            each.distinct = False

    def search(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        return selectors.matching(queryset, value)

    def of_kind(self, queryset: QuerySet[Partner], name: str, value: list[str]) -> QuerySet[Partner]:
        if not value:
            return queryset
        others = PartnerOtherKind.objects.filter(kind__code__in=value).values("partner")
        return queryset.filter(Q(kind__code__in=value) | Q(pk__in=others))

    def looked_after_by(self, queryset: QuerySet[Partner], name: str, value: list[str]) -> QuerySet[Partner]:
        if not value:
            return queryset
        chosen = Q(channel_manager__in=[key for key in value if key != NOBODY])
        return queryset.filter(chosen | Q(channel_manager=None) if NOBODY in value else chosen)
