"""What tests of deals share: a registration in one call, and its steps."""

import datetime as dt
from decimal import Decimal
from typing import Any

from commerce.models import ProductCategory
from leads.models import DealRegistration
from leads.services import deals as services
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory, ProductCategoryFactory

HOTEL: dict[str, Any] = {
    "customer_name": "대한호텔 주식회사",
    "phone": "02-555-1234",
    "email": "buy@daehan-hotel.example",
    "city": "서울",
    "country": "KR",
    "amount": Decimal(50_000_000),
    "currency": "KRW",
    "expected_on": dt.date(2027, 3, 1),
    "title": "객실 바닥재 교체",
}


def active_partner(manufacturer: Any, **fields: Any) -> Partner:
    return PartnerFactory(manufacturer=manufacturer, stage="active", **fields)


def rep_of(partner: Partner, role: str = Role.PARTNER_REP) -> Membership:
    return PartnerMemberFactory(manufacturer=partner.manufacturer, partner=partner, role=role)


def floors(manufacturer: Any, **fields: Any) -> ProductCategory:
    return ProductCategoryFactory(manufacturer=manufacturer, **fields)


def draft(by: Membership, category: ProductCategory, *, second: int | None = None, **fields: Any) -> DealRegistration:
    with partner_scope(by.manufacturer_id, by.partner_id or 0):
        return services.save_deal(DealRegistration(**HOTEL | {"category": category} | fields), by=by, second=second)


def submitted(by: Membership, category: ProductCategory, **fields: Any) -> DealRegistration:
    deal = draft(by, category, **fields)
    with partner_scope(by.manufacturer_id, by.partner_id or 0):
        return services.submit_deal(deal, by=by)


def approved(by: Membership, category: ProductCategory, *, staff: Membership, **fields: Any) -> DealRegistration:
    deal = submitted(by, category, **fields)
    with staff_scope(by.manufacturer_id):
        return services.approve_deal(deal, by=staff)


def stored(deal: DealRegistration) -> DealRegistration:
    with staff_scope(deal.manufacturer_id):
        return DealRegistration.objects.get(pk=deal.pk)
