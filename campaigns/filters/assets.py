"""What lists of the library can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import Asset, AssetKind, AssetState, AssetUse, AssetVersion, UseKind
from campaigns.selectors.assets import categories_in_use, matching_assets
from pages.filters import DaysFilter, FilterSet
from partners.models import Audience, Partner
from partners.selectors.partners import matching
from tenancy.models import Language


class AssetFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Title, words, tags, products or text of the file"))
    state = django_filters.MultipleChoiceFilter(choices=AssetState.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=AssetKind.choices, label=_("Kind of material"))
    language = django_filters.ChoiceFilter(choices=Language.choices, method="in_language", label=_("Language"))
    without = django_filters.ChoiceFilter(choices=Language.choices, method="not_in_language", label=_("Missing in"))
    category = django_filters.ModelChoiceFilter(
        queryset=lambda _request: categories_in_use(), label=_("Product category")
    )
    audience = django_filters.ModelChoiceFilter(
        queryset=lambda _request: Audience.objects.filter(is_archived=False), label=_("Audience")
    )
    valid_to = DaysFilter(label=_("Valid to"))

    class Meta:
        model = Asset
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching_assets(queryset, value)

    def in_language(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Exists(_current(value)))

    def not_in_language(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(~Exists(_current(value)))


def _current(language: str) -> QuerySet[AssetVersion]:
    return AssetVersion.objects.filter(asset=OuterRef("pk"), is_current=True, language=language)


class ReaderFilterSet(FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name, code or city"))
    seen = django_filters.ChoiceFilter(
        choices=[("yes", _("Have used what is current")), ("no", _("Have not"))], method="have_seen", label=_("Used")
    )

    class Meta:
        model = Partner
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching(queryset, value)

    def have_seen(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(has_seen=value == "yes")


class UseFilterSet(FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=UseKind.choices, label=_("What"))
    at = DaysFilter(label=_("When"))

    class Meta:
        model = AssetUse
        fields: list[str] = []
