"""What conditions of audiences can ask of a partner's own profile."""

import datetime as dt
from typing import Any

from django.db.models import Exists, FloatField, Func, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Collate
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.audiences import qualifications, relationship
from partners.audiences.fields import (
    AudienceField,
    Choices,
    in_rows,
    midnight,
    number,
    of_own,
    register_field,
    register_source,
)
from partners.audiences.tree import Test, Type, days_between
from partners.completeness import percent_filled
from partners.countries import country_name, language_choices
from partners.custom_fields import all_custom_fields
from partners.models import (
    CustomField,
    Partner,
    PartnerKind,
    PartnerOtherKind,
    PartnerSpecialisation,
    PartnerTerritory,
    Specialisation,
    Stage,
)
from partners.product_lines import product_line_choices
from tenancy.models import Membership

WHO, WHERE, WHAT, CARE = _("Who it is"), _("Where it is"), _("What it does"), _("How we look after it")
OWN = _("Own fields")


def kinds() -> Choices:
    return [(kind.code, str(kind)) for kind in selectors.all_kinds()]


def specialisations() -> Choices:
    return [(skill.code, str(skill)) for skill in Specialisation.objects.all()]


def territories() -> Choices:
    return [(territory.code, name) for territory, name in selectors.territory_tree()]


def countries() -> Choices:
    """The countries in which there are partners, by name."""
    used = Partner.objects.exclude(country="").order_by("country").values_list("country", flat=True).distinct()
    return sorted(((code, country_name(code)) for code in used), key=lambda choice: choice[1].casefold())


def regions() -> Choices:
    return [(region, region) for region in selectors.regions()]


def managers() -> Choices:
    return [(str(member.pk), member.name) for member in selectors.channel_managers(with_left=True)]


def of_kind(test: Test, chosen: Any, today: dt.date) -> Q:
    """A partner is of its main kind and of all others it is marked with."""
    others = in_rows(PartnerOtherKind.objects.all, value="kind__code")
    if test == Test.ALL_OF:
        every = Q()
        for each in chosen:
            every &= of_kind(Test.ANY_OF, [each], today)
        return every
    main = Q(kind__in=PartnerKind.objects.filter(code__in=chosen).values("pk"))
    found = main | others(Test.ANY_OF, chosen, today)
    return ~found if test == Test.NONE_OF else found


def in_territory(test: Test, chosen: Any, today: dt.date) -> Q:
    """Whoever covers a part of a territory covers that territory too."""
    own = PartnerTerritory.objects.filter(partner=OuterRef("pk"))
    return of_own(own, test, chosen, lambda some: Q(territory__in=selectors.territories_within(some)))


BELOW = """
    WITH RECURSIVE below AS (
        SELECT id FROM partners_partner WHERE parent_id = %s
        UNION
        SELECT p.id FROM partners_partner p JOIN below ON p.parent_id = below.id
    ) SELECT id FROM below
"""


def below(test: Test, above: Any, today: dt.date) -> Q:
    """Directly below a partner, or anywhere below it."""
    known = Q(parent__isnull=False)
    match test:
        case Test.FILLED:
            return known
        case Test.EMPTY:
            return ~known
        case Test.IS:
            return known & Q(parent=above)
    return Q(pk__in=RawSQL(BELOW, [above]))  # noqa: S611 - a fixed text, and the key as a parameter


def has_people(test: Test, _value: Any, _today: dt.date) -> Q:
    """Whether somebody of the partner can sign in."""
    found = Q(Exists(Membership.objects.filter(partner=OuterRef("pk"), is_active=True)))
    return found if test == Test.YES else ~found


def last_seen(test: Test, value: Any, today: dt.date) -> Q:
    """When somebody of the partner was here last. The latest is before a day if somebody was here, and nobody since."""
    seen = Membership.objects.filter(partner=OuterRef("pk"), is_active=True, last_seen_at__isnull=False)
    somebody = Q(Exists(seen))
    if test in {Test.FILLED, Test.EMPTY}:
        return somebody if test == Test.FILLED else ~somebody
    first, end = days_between(test, value, today)
    found = Q(Exists(seen.filter(last_seen_at__gte=midnight(first)))) if first else somebody
    return found & ~Q(Exists(seen.filter(last_seen_at__gte=midnight(end)))) if end else found


def completeness() -> Cast:
    return Cast(percent_filled(), FloatField())


register_field(
    AudienceField("name", _("Name"), WHO, Type.TEXT, value="name"),
    AudienceField("local_name", _("Local name"), WHO, Type.TEXT, value="local_name"),
    AudienceField("code", _("Code"), WHO, Type.TEXT, value="code"),
    AudienceField("external_code", _("External code"), WHO, Type.TEXT, value="external_code"),
    AudienceField(
        "kind",
        _("Kind"),
        WHO,
        Type.MULTIPLE,
        where=of_kind,
        choices=kinds,
        tests=(Test.ANY_OF, Test.ALL_OF, Test.NONE_OF),
    ),
    AudienceField("business_number", _("Business number"), WHO, Type.TEXT, value="business_number"),
    AudienceField("is_exclusive", _("Sells only our goods"), WHO, Type.BOOLEAN, value="is_exclusive"),
    AudienceField("established_year", _("Founded in"), WHO, Type.NUMBER, value=number("established_year")),
    AudienceField("employees", _("Employees"), WHO, Type.NUMBER, value=number("employees")),
    AudienceField("parent", _("Belongs to"), WHO, Type.PARTNER, where=below),
    AudienceField("phone", _("Phone"), WHO, Type.TEXT, value="phone"),
    AudienceField("email", _("E-mail"), WHO, Type.TEXT, value="email"),
    AudienceField("website", _("Website"), WHO, Type.TEXT, value="website"),
    AudienceField("country", _("Country"), WHERE, Type.CHOICE, value="country", choices=countries),
    AudienceField("region", _("Region"), WHERE, Type.CHOICE, value="region", choices=regions),
    AudienceField("city", _("City"), WHERE, Type.TEXT, value="city"),
    AudienceField("postal_code", _("Postal code"), WHERE, Type.TEXT, value="postal_code"),
    AudienceField("address", _("Street and number"), WHERE, Type.TEXT, value="address"),
    AudienceField("territory", _("Territory"), WHERE, Type.MULTIPLE, where=in_territory, choices=territories),
    AudienceField(
        "specialisations",
        _("Specialisations"),
        WHAT,
        Type.MULTIPLE,
        where=in_rows(PartnerSpecialisation.objects.all, value="specialisation__code"),
        choices=specialisations,
    ),
    AudienceField(
        "product_lines",
        _("Authorised product lines"),
        WHAT,
        Type.MULTIPLE,
        value="product_lines",
        choices=product_line_choices,
    ),
    AudienceField("languages", _("Languages"), WHAT, Type.MULTIPLE, value="languages", choices=language_choices),
    AudienceField(
        "lead_capacity", _("Leads it can work on at a time"), WHAT, Type.NUMBER, value=number("lead_capacity")
    ),
    AudienceField("crew_count", _("Crews"), WHAT, Type.NUMBER, value=number("crew_count")),
    AudienceField("showroom_area", _("Showroom in m²"), WHAT, Type.NUMBER, value=number("showroom_area"), unit="m²"),
    AudienceField("stage", _("Stage"), CARE, Type.CHOICE, value="stage", choices=lambda: list(Stage.choices)),
    AudienceField(
        "channel_manager", _("Channel manager"), CARE, Type.MEMBER, value="channel_manager", choices=managers
    ),
    AudienceField("completeness", _("Completeness"), CARE, Type.NUMBER, value=completeness, unit="%"),
    AudienceField("confirmed_at", _("Last confirmed"), CARE, Type.DATE, value="confirmed_at", day=midnight),
    AudienceField("created_at", _("Registered"), CARE, Type.DATE, value="created_at", day=midnight),
    AudienceField("has_people", _("Has somebody who can sign in"), CARE, Type.BOOLEAN, where=has_people,
                  tests=(Test.YES, Test.NO)),
    AudienceField("last_seen", _("Last sign-in"), CARE, Type.DATE, where=last_seen),
)  # fmt: skip

register_field(*relationship.FIELDS)
register_field(*qualifications.FIELDS)


# --- The manufacturer's own fields ------------------------------------------------------------------------------------


class JsonNumber(Func):
    """A number out of JSON; NULL for anything else that stands there."""

    template = "CASE WHEN jsonb_typeof(%(expressions)s) = 'number' THEN (%(expressions)s)::float8 END"
    output_field = FloatField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:  # type: ignore[override]
        sql, params = super().as_sql(compiler, connection, **extra)
        return sql, (*params, *params)  # the template names the value twice


def own_field(definition: CustomField) -> AudienceField:
    """A field of the manufacturer's own as conditions ask it."""
    key = definition.key
    text: Any = KeyTextTransform(key, "custom")
    options: dict[str, Any] = {}
    match CustomField.Type(definition.type):
        case CustomField.Type.NUMBER:
            kind, options["value"] = Type.NUMBER, JsonNumber(KeyTransform(key, "custom"))
        case CustomField.Type.DATE:
            # Days are stored as 2026-06-30: sorted sign by sign they are in order.
            kind, options["value"], options["day"] = Type.DATE, Collate(text, "C"), dt.date.isoformat
        case CustomField.Type.CHOICE:
            kind, options["value"] = Type.CHOICE, text
        case CustomField.Type.MULTIPLE:
            kind, options["where"] = Type.MULTIPLE, among(key)
        case CustomField.Type.FILE:
            kind, options["value"] = Type.FILE, text
        case _:
            kind, options["value"] = Type.TEXT, text
    if definition.choices:
        options["choices"] = lambda: [(choice, choice) for choice in definition.choices]
    return AudienceField(f"own.{key}", str(definition), OWN, kind, **options)


def among(key: str) -> Any:
    """The condition on a field of several choices: JSON that holds a list."""

    def where(test: Test, chosen: Any, _today: dt.date) -> Q:
        known = Q(custom__has_key=key)
        match test:
            case Test.FILLED:
                return known
            case Test.EMPTY:
                return ~known
            case Test.ALL_OF:
                return Q(custom__contains={key: list(chosen)})
        found = Q()
        for each in chosen:
            found |= Q(custom__contains={key: [each]})
        return ~found if test == Test.NONE_OF else found

    return where


@register_source
def own_fields() -> list[AudienceField]:
    return [own_field(definition) for definition in all_custom_fields()]
