"""Whatever the code does, the database keeps manufacturers and partners apart."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from partners.models import Partner
from tenancy.models import Membership, OwnedModel
from tenancy.rls import partner_scope, platform_scope, staff_scope
from tests.factories import PartnerFactory, PartnerKindFactory

OWNED = [model for model in apps.get_models() if issubclass(model, OwnedModel)]


def test_owned_models_are_found() -> None:
    assert {model._meta.label for model in OWNED} >= {"partners.Partner", "commerce.SalesLine", "notices.Notice"}


@pytest.mark.django_db
@pytest.mark.parametrize("label", ["partners.Partner", "commerce.SalesLine", "tenancy.Membership"])
def test_an_owned_table_is_closed_outside_a_scope(label: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        apps.get_model(label).objects.exists() if label != "tenancy.Membership" else Membership.objects.update(name="")


@pytest.mark.django_db
def test_staff_see_their_own_manufacturers_partners_only(manufacturer: Any, other_manufacturer: Any) -> None:
    own, foreign = PartnerFactory(manufacturer=manufacturer), PartnerFactory(manufacturer=other_manufacturer)
    with staff_scope(manufacturer.pk):
        assert list(Partner.objects.all()) == [own]
        assert Partner.objects.filter(pk=foreign.pk).update(name="taken") == 0
    with platform_scope():
        assert Partner.objects.get(pk=foreign.pk).name == foreign.name


@pytest.mark.django_db
def test_a_partner_sees_itself_only(partner: Any, sibling: Any) -> None:
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert list(Partner.objects.all()) == [partner]
        assert Partner.objects.filter(pk=sibling.pk).update(city="taken") == 0


@pytest.mark.django_db
def test_a_row_cannot_point_to_another_manufacturers(manufacturer: Any, other_manufacturer: Any) -> None:
    foreign_kind = PartnerKindFactory(manufacturer=other_manufacturer)
    expected = pytest.raises(IntegrityError, match="partners_partner_kind_id_own")
    with expected, transaction.atomic(), staff_scope(manufacturer.pk):
        Partner.objects.create(code="x", name="x", kind_id=foreign_kind.pk)
        connection.check_constraints()
