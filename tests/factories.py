"""Factories of rows that tests need. Each makes its row in the staff scope of its manufacturer.

`PartnerFactory()` brings a manufacturer of its own; `PartnerFactory(manufacturer=m)` belongs to `m`, and so does all that
it brings along.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from commerce.models import ExchangeRate, Product, ProductCategory
from notices.models import Notice
from partners.models import Contact, CustomField, Partner, PartnerKind, Specialisation
from tenancy.models import Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import platform_scope, staff_scope

PASSWORD = "prm-demo-2026"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@people.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        return model_class.objects.create_user(*args, **kwargs)


class ManufacturerFactory(DjangoModelFactory):
    class Meta:
        model = Manufacturer

    slug = factory.Sequence(lambda n: f"maker-{n}")
    name = factory.Sequence(lambda n: f"Maker {n}")
    languages = ["en", "ko", "ja"]
    timezone = "Asia/Seoul"
    currency = "KRW"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        with platform_scope():
            return super()._create(model_class, *args, **kwargs)


class OwnedFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    manufacturer = factory.SubFactory(ManufacturerFactory)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        with staff_scope(kwargs["manufacturer"].pk):
            return super()._create(model_class, *args, **kwargs)


def own(factory_class: type[DjangoModelFactory], **kwargs: Any) -> factory.SubFactory:
    """A row of the same manufacturer."""
    return factory.SubFactory(factory_class, manufacturer=factory.SelfAttribute("..manufacturer"), **kwargs)


class PartnerKindFactory(OwnedFactory):
    class Meta:
        model = PartnerKind

    code = factory.Sequence(lambda n: f"kind-{n}")
    names = factory.LazyAttribute(lambda kind: {"en": kind.code.title()})


class SpecialisationFactory(OwnedFactory):
    class Meta:
        model = Specialisation

    code = factory.Sequence(lambda n: f"specialisation-{n}")
    names = factory.LazyAttribute(lambda row: {"en": row.code.title()})


class PartnerFactory(OwnedFactory):
    class Meta:
        model = Partner

    code = factory.Sequence(lambda n: f"P{n:05}")
    name = factory.Sequence(lambda n: f"Partner {n}")
    kind = own(PartnerKindFactory)
    country = "KR"


class CustomFieldFactory(OwnedFactory):
    class Meta:
        model = CustomField

    key = factory.Sequence(lambda n: f"field_{n}")
    labels = factory.LazyAttribute(lambda field: {"en": field.key})


class MembershipFactory(OwnedFactory):
    """Staff by default; a role of a partner brings a partner along."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.MANAGER
    name = factory.SelfAttribute("user.name")
    email = factory.SelfAttribute("user.email")
    language = factory.SelfAttribute("user.language")
    last_seen_at = factory.LazyFunction(timezone.now)
    """Just now, so that no page of a test writes it."""


class PartnerMemberFactory(MembershipFactory):
    role = Role.PARTNER_REP
    partner = own(PartnerFactory)


class ContactFactory(OwnedFactory):
    class Meta:
        model = Contact

    partner = own(PartnerFactory)
    name = factory.Sequence(lambda n: f"Person {n}")


class ProductCategoryFactory(OwnedFactory):
    class Meta:
        model = ProductCategory

    code = factory.Sequence(lambda n: f"C{n}")
    names = factory.LazyAttribute(lambda category: {"en": f"Category {category.code}"})


class ProductFactory(OwnedFactory):
    class Meta:
        model = Product

    code = factory.Sequence(lambda n: f"G{n:05}")
    name = factory.Sequence(lambda n: f"Product {n}")
    category = own(ProductCategoryFactory)


class ExchangeRateFactory(OwnedFactory):
    class Meta:
        model = ExchangeRate

    currency = "USD"
    date = dt.date(2020, 1, 1)
    rate = Decimal("1300")


class NoticeFactory(OwnedFactory):
    class Meta:
        model = Notice

    recipient = own(MembershipFactory)
    partner = factory.SelfAttribute("recipient.partner")
    kind = "notices.job_done"
    facts = factory.LazyFunction(lambda: {"job": 1, "kind": "import_run"})
    key = factory.Sequence(lambda n: f"notice-{n}")
