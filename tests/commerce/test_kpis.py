"""What KPIs of sell-in are called, by who looks."""

import pytest

from commerce.kpis import GROWTH, REVENUE
from partners.plan_measures import MAIN, all_measures
from tenancy.access import member_scope
from tenancy.models import Membership

pytestmark = pytest.mark.django_db


def test_partners_read_of_purchases_where_the_manufacturer_reads_of_sell_in(rep: Membership, owner: Membership) -> None:
    def read(member: Membership) -> tuple[str, str, str]:
        with member_scope(member, member.user):
            measures = all_measures()
            return REVENUE.shown_name, GROWTH.shown_explanation.split()[0], str(measures[MAIN].name)

    assert read(owner) == ("Sell-in", "Sell-in", "Sell-in")
    assert read(rep) == ("Purchases", "Purchases", "Purchases")
