"""The manufacturer's own lists: kinds of partner, specialisations, own fields."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from partners.models import CustomField, PartnerKind, Specialisation
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import CustomFieldFactory, PartnerFactory, PartnerKindFactory, SpecialisationFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]


def test_a_kind_is_added_with_its_names_and_functions(client_for: SignIn, owner: Membership, manufacturer: Any) -> None:
    data = {
        "names_en": "Agency",
        "names_ko": "대리점",
        "names_ja": "",
        "code": "agency",
        "order": 3,
        "functions_off": ["grades"],
    }
    response = client_for(owner).post("/hanbit/settings/kinds/new/", data)
    assert response["Location"] == "/hanbit/settings/kinds/"
    with staff_scope(manufacturer.pk):
        kind = PartnerKind.objects.get()
    assert (kind.code, kind.names, kind.order) == ("agency", {"en": "Agency", "ko": "대리점"}, 3)
    assert (kind.functions_off, kind.is_retired) == (["grades"], False)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"names_en": ""}, {"names": ["This field is required."]}),
        (
            {"names_en": "", "names_ko": "대리점"},
            {"names": ["Give the name in English; other languages fall back to it."]},
        ),
        ({"code": "agency"}, {"__all__": ["Another kind has this code."]}),
        (
            {"code": "two words"},
            {"code": ["Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."]},
        ),
        (
            {"functions_off": ["rocket"]},
            {"functions_off": ["Select a valid choice. rocket is not one of the available choices."]},
        ),
    ],
)
def test_a_kind_that_cannot_be_is_refused_at_its_field(
    client_for: SignIn, owner: Membership, manufacturer: Any, changes: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    PartnerKindFactory(manufacturer=manufacturer, code="agency")
    data = {"names_en": "Shop", "code": "shop", "order": 0} | changes
    response = client_for(owner).post("/hanbit/settings/kinds/new/", data)
    assert response.context["form"].errors == errors
    with staff_scope(manufacturer.pk):
        assert PartnerKind.objects.count() == 1


def test_a_kinds_code_stays_what_files_call_it(client_for: SignIn, owner: Membership, manufacturer: Any) -> None:
    kind = PartnerKindFactory(manufacturer=manufacturer, code="agency")
    data = {"names_en": "Agencies", "code": "other", "order": 0, "is_retired": "on"}
    client_for(owner).post(f"/hanbit/settings/kinds/{kind.pk}/", data)
    with staff_scope(manufacturer.pk):
        changed = PartnerKind.objects.get()
    assert (changed.code, changed.names, changed.is_retired) == ("agency", {"en": "Agencies"}, True)


def test_a_kind_in_use_is_not_removed(client_for: SignIn, owner: Membership, manufacturer: Any) -> None:
    used, unused = PartnerKindFactory.create_batch(2, manufacturer=manufacturer)
    PartnerFactory(manufacturer=manufacturer, kind=used)
    client = client_for(owner)
    for kind in (used, unused):
        client.post(f"/hanbit/settings/kinds/{kind.pk}/", {"remove": "1"})
    with staff_scope(manufacturer.pk):
        assert list(PartnerKind.objects.all()) == [used]


def test_the_list_of_kinds_counts_partners(
    client_for: SignIn, owner: Membership, manufacturer: Any, stranger: Any
) -> None:
    kind = PartnerKindFactory(manufacturer=manufacturer)
    PartnerFactory.create_batch(2, manufacturer=manufacturer, kind=kind)
    PartnerKindFactory(manufacturer=stranger.manufacturer)
    entries = client_for(owner).get("/hanbit/settings/kinds/").context["entries"]
    assert [(entry, entry.partner_count, url) for entry, url in entries] == [
        (kind, 2, f"/hanbit/settings/kinds/{kind.pk}/")
    ]


def test_a_specialisation_is_added_changed_and_removed(
    client_for: SignIn, owner: Membership, manufacturer: Any
) -> None:
    client = client_for(owner)
    client.post("/hanbit/settings/specialisations/new/", {"names_en": "Floors", "code": "floors", "order": 0})
    with staff_scope(manufacturer.pk):
        skill = Specialisation.objects.get()
    assert skill.names == {"en": "Floors"}
    client.post(f"/hanbit/settings/specialisations/{skill.pk}/", {"names_en": "Flooring", "order": 0})
    assert [str(entry) for entry, _url in client.get("/hanbit/settings/specialisations/").context["entries"]] == [
        "Flooring"
    ]
    client.post(f"/hanbit/settings/specialisations/{skill.pk}/", {"remove": "1"})
    with staff_scope(manufacturer.pk):
        assert not Specialisation.objects.exists()


def test_an_own_field_with_choices_is_added(client_for: SignIn, owner: Membership, manufacturer: Any) -> None:
    data = {
        "labels_en": "Signage",
        "key": "signage",
        "type": "choice",
        "choices": " Standing \n\nFacade\nStanding",
        "is_required": "on",
        "order": 0,
    }
    client_for(owner).post("/hanbit/settings/fields/new/", data)
    with staff_scope(manufacturer.pk):
        field = CustomField.objects.get()
    assert (field.key, field.labels, field.type) == ("signage", {"en": "Signage"}, "choice")
    assert (field.choices, field.is_required, field.partner_edits) == (["Standing", "Facade"], True, False)


def test_a_choice_without_choices_is_refused(client_for: SignIn, owner: Membership) -> None:
    data = {"labels_en": "Signage", "key": "signage", "type": "multiple", "choices": " ", "order": 0}
    response = client_for(owner).post("/hanbit/settings/fields/new/", data)
    assert response.context["form"].errors == {"choices": ["Give at least one choice."]}


def test_an_own_fields_type_cannot_change(client_for: SignIn, owner: Membership, manufacturer: Any) -> None:
    field = CustomFieldFactory(manufacturer=manufacturer, type="number")
    data = {"labels_en": "Renamed", "key": "else", "type": "text", "order": 1}
    client_for(owner).post(f"/hanbit/settings/fields/{field.pk}/", data)
    with staff_scope(manufacturer.pk):
        changed = CustomField.objects.get()
    assert (changed.labels, changed.key, changed.type) == ({"en": "Renamed"}, field.key, "number")


@pytest.mark.parametrize("path", ["kinds", "specialisations", "fields"])
def test_the_lists_are_for_owners_only(
    client_for: SignIn,
    manager: Membership,
    stranger: Membership,
    partner_admin: Membership,
    manufacturer: Any,
    path: str,
) -> None:
    factory = {"kinds": PartnerKindFactory, "specialisations": SpecialisationFactory, "fields": CustomFieldFactory}[
        path
    ]
    entry = factory(manufacturer=manufacturer)
    for address in (
        f"/hanbit/settings/{path}/",
        f"/hanbit/settings/{path}/new/",
        f"/hanbit/settings/{path}/{entry.pk}/",
    ):
        assert client_for(manager).get(address).status_code == 403
        assert client_for(partner_admin).get(address).status_code == 404
        assert client_for(stranger).get(address).status_code == 404
    foreign = f"/tokai/settings/{path}/{entry.pk}/"
    assert client_for(stranger).post(foreign, {"remove": "1"}).status_code == 404
    with staff_scope(manufacturer.pk):
        assert type(entry).objects.filter(pk=entry.pk).exists()
