"""What the partners' own parts read of a profile, found out from the data."""

from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from partners import custom_fields
from partners.agreement_text import placeholders_in
from partners.audiences.tree import fields_in
from partners.field_use import FieldUse, register_uses
from partners.journey_steps import fields_of
from partners.models import AgreementTemplate, Audience, JourneyStep, JourneyTemplate, TerritoryRule
from partners.provenance import FIELDS
from partners.questions import all_questions
from partners.selectors.duplicates import COMPARED
from partners.selectors.locator import listed_partners
from tenancy.models import SavedView

SHOWN_TO_VISITORS = frozenset({"phone", "website", "address", "postal_code", "city", "opening_hours"})
PLACEHOLDER_FIELDS: dict[str, frozenset[str]] = {
    "partner_name": frozenset({"local_name"}),
    "business_number": frozenset({"business_number"}),
    "partner_address": frozenset({"postal_code", "region", "city", "address"}),
}
"""What stands behind the placeholders of agreements."""
FILTER_FIELDS = {"region": "region"}
"""Filters of the list of partners that read a field."""
OWN_FILTER = "own_"
RANGE_ENDS = ("_min", "_max", "_after", "_before")


@register_uses
def duplicate_uses() -> list[FieldUse]:
    """The duplicate finder runs for everybody."""
    return [FieldUse(_("finding duplicates"), frozenset(COMPARED) & frozenset(FIELDS))]


@register_uses
def locator_uses() -> list[FieldUse]:
    """What visitors see, once a partner is listed."""
    return [FieldUse(_("the public page"), SHOWN_TO_VISITORS)] if listed_partners().exists() else []


@register_uses
def territory_uses() -> list[FieldUse]:
    """What the rules of territories look at."""
    rules = TerritoryRule.objects.filter(territory__is_retired=False).aggregate(
        country=Count("pk"),
        region=Count("pk", filter=~Q(region="")),
        postal_code=Count("pk", filter=~Q(postal_from="") | ~Q(postal_to="")),
    )
    asked = frozenset(name for name, count in rules.items() if count)
    return [FieldUse(_("territories"), asked)] if asked else []


@register_uses
def audience_uses() -> list[FieldUse]:
    """What the conditions of saved audiences ask."""
    definitions = Audience.objects.filter(is_archived=False).values_list("definition", flat=True)
    return _counted(
        (_audience_fields(each) for each in definitions),
        lambda count: ngettext("%(count)s audience", "%(count)s audiences", count),
    )


def _audience_fields(definition: object) -> set[str]:
    names = {f"custom.{name[4:]}" if name.startswith("own.") else name for name in fields_in(definition)}
    return {name for name in names if name in FIELDS or name.startswith("custom.")}


@register_uses
def saved_view_uses() -> list[FieldUse]:
    """What the saved lists of partners are narrowed by."""
    own = [field.key for field in custom_fields.all_custom_fields()]
    names = {f"{OWN_FILTER}{key}{end}": f"custom.{key}" for key in own for end in ("", *RANGE_ENDS)} | FILTER_FIELDS
    queries = SavedView.objects.filter(list_key="partners").values_list("query", flat=True)
    return _counted(
        ({names[name] for name, _value in parse_qsl(query) if name in names} for query in queries),
        lambda count: ngettext("%(count)s saved list", "%(count)s saved lists", count),
    )


@register_uses
def agreement_uses() -> list[FieldUse]:
    """What stands in for the placeholders of agreements, and the language in which they are made."""
    texts = (
        AgreementTemplate.objects.filter(published_at__isnull=False, type__is_retired=False)
        .order_by("type_id", "-version")
        .distinct("type_id")
        .values_list("texts", flat=True)
    )
    asked: set[str] = set()
    for by_language in texts:
        asked.add("languages")
        for text in by_language.values():
            for name in placeholders_in(text):
                asked |= PLACEHOLDER_FIELDS.get(name, frozenset())
    return [FieldUse(_("agreements"), frozenset(asked))] if asked else []


@register_uses
def journey_uses() -> list[FieldUse]:
    """What the steps of published journeys wait for."""
    subjects = JourneyStep.objects.filter(
        type="form", phase__template__state=JourneyTemplate.State.PUBLISHED
    ).values_list("subject", flat=True)
    questions = all_questions()
    asked = frozenset(each.name for subject in subjects for each in fields_of(subject, questions))
    return [FieldUse(_("journeys"), asked)] if asked else []


def _counted(sets: Iterable[set[str]], words: Callable[[int], str]) -> list[FieldUse]:
    counts: dict[str, int] = {}
    for names in sets:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    by_count: dict[int, set[str]] = {}
    for name, count in counts.items():
        by_count.setdefault(count, set()).add(name)
    return [
        FieldUse(words(count) % {"count": formats.number(count)}, frozenset(names))
        for count, names in sorted(by_count.items())
    ]
