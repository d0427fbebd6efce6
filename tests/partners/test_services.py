from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners import selectors, services
from partners.models import NEXT_STAGES, Partner, PartnerSummary, Stage
from partners.services import PartnerError
from partners.waiting.partners import partners_left_behind
from tenancy.models import Membership, Sharing
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerKindFactory, SpecialisationFactory

pytestmark = pytest.mark.django_db


def fresh(partner: Partner) -> Partner:
    with staff_scope(partner.manufacturer_id):
        return Partner.objects.get(pk=partner.pk)


def test_a_new_partner_has_its_kinds_and_its_line_of_figures(manufacturer: Any, owner: Any) -> None:
    kind = PartnerKindFactory(manufacturer=manufacturer)
    other = PartnerKindFactory(manufacturer=manufacturer)
    skill = SpecialisationFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        partner = services.create_partner(
            Partner(code="N1", name="New", kind=kind), by=owner, other_kinds=[other], specialisations=[skill]
        )
        assert list(partner.other_kinds.all()) == [other]
        assert list(partner.specialisations.all()) == [skill]
        assert PartnerSummary.objects.get(partner=partner).revenue == 0
        assert partner.channel_manager is None


def test_who_sees_only_assigned_partners_looks_after_the_new_one(manufacturer: Any) -> None:
    manager = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    kind = PartnerKindFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        partner = services.create_partner(Partner(code="N1", name="New", kind=kind), by=manager)
    assert fresh(partner).channel_manager_id == manager.pk


def test_a_partner_cannot_stand_below_itself(manufacturer: Any, partner: Partner) -> None:
    child = PartnerFactory(manufacturer=manufacturer, kind=partner.kind, parent=partner)
    with staff_scope(manufacturer.pk):
        partner.parent = child
        with pytest.raises(PartnerError, match="stands below this partner already"):
            services.update_partner(partner, fields=["parent"])
    assert fresh(partner).parent_id is None


@pytest.mark.parametrize("before", list(Stage))
@pytest.mark.parametrize("to", list(Stage))
def test_a_partner_moves_on_only_as_its_life_cycle_allows(manufacturer: Any, before: Stage, to: Stage) -> None:
    partner = PartnerFactory(manufacturer=manufacturer, stage=before)
    with staff_scope(manufacturer.pk):
        if to in NEXT_STAGES[before]:
            services.set_stage(partner, to)
        else:
            with pytest.raises(PartnerError):
                services.set_stage(partner, to)
    assert fresh(partner).stage == (to if to in NEXT_STAGES[before] else before)


def test_partners_change_hands_by_the_same_number_of_queries_at_any_size(manufacturer: Any, manager: Any) -> None:
    counts = []
    for size in (2, 30):
        partners = PartnerFactory.create_batch(size, manufacturer=manufacturer)
        PartnerFactory(manufacturer=manufacturer)
        with staff_scope(manufacturer.pk):
            chosen = Partner.objects.filter(pk__in=[partner.pk for partner in partners])
            with CaptureQueriesContext(connection) as queries:
                assert services.assign_channel_manager(chosen, manager) == size
            counts.append(len(queries))
            assert services.assign_channel_manager(chosen, manager) == 0
            assert Partner.objects.filter(channel_manager=manager).count() == size
            assert services.assign_channel_manager(chosen, None) == size
            assert Partner.objects.filter(channel_manager=manager).count() == 0
    assert counts[0] == counts[1]


def test_somebody_of_a_partner_cannot_look_after_partners(manufacturer: Any, rep: Any, partner: Partner) -> None:
    with staff_scope(manufacturer.pk), pytest.raises(PartnerError, match="cannot look after"):
        services.assign_channel_manager(Partner.objects.all(), rep)


def test_a_confirmed_profile_says_when(manufacturer: Any, partner: Partner) -> None:
    before = timezone.now()
    with partner_scope(manufacturer.pk, partner.pk):
        services.confirm_profile(partner)
    confirmed_at = fresh(partner).confirmed_at
    assert confirmed_at is not None
    assert confirmed_at >= before


def test_sharing_lets_the_partner_above_see_until_it_is_withdrawn(manufacturer: Any, partner: Partner) -> None:
    shop = PartnerFactory(manufacturer=manufacturer, kind=partner.kind, parent=partner)
    person = MembershipFactory(manufacturer=manufacturer, partner=shop, role=Role.PARTNER_ADMIN)
    with partner_scope(manufacturer.pk, shop.pk):
        services.share(shop, "profile", by=person)
        services.share(shop, "profile", by=person)
        assert Sharing.objects.filter(withdrawn_at=None).count() == 1
    with partner_scope(manufacturer.pk, partner.pk):
        assert set(Partner.objects.all()) == {partner, shop}
    with partner_scope(manufacturer.pk, shop.pk):
        assert services.withdraw_sharing(shop, "profile") == 1
        assert services.withdraw_sharing(shop, "profile") == 0
    with partner_scope(manufacturer.pk, partner.pk):
        assert set(Partner.objects.all()) == {partner}


def test_sharing_ends_when_a_partner_moves_and_does_not_come_back_with_it(manufacturer: Any, partner: Partner) -> None:
    other = PartnerFactory(manufacturer=manufacturer, kind=partner.kind)
    shop = PartnerFactory(manufacturer=manufacturer, kind=partner.kind, parent=partner)
    with staff_scope(manufacturer.pk):
        Sharing.objects.create(partner=shop, above=partner, data_kind="profile")
        Partner.objects.filter(pk=shop.pk).update(parent=partner, city="Seoul")
        assert Sharing.objects.get().withdrawn_at is None
        Partner.objects.filter(pk=shop.pk).update(parent=other)
        assert Sharing.objects.get().withdrawn_at is not None
        Partner.objects.filter(pk=shop.pk).update(parent=partner)
    for above in (partner, other):
        with partner_scope(manufacturer.pk, above.pk):
            assert set(Partner.objects.all()) == {above}


def test_partners_whose_manager_left_wait_for_another(manufacturer: Any, owner: Any, partner: Partner) -> None:
    manager = MembershipFactory(manufacturer=manufacturer, user__name="Kim Leaver")
    other = MembershipFactory(manufacturer=manufacturer, assigned_only=True)
    with staff_scope(manufacturer.pk):
        services.assign_channel_manager(Partner.objects.filter(pk=partner.pk), manager)
        assert partners_left_behind(owner) == []
        Membership.objects.filter(pk=manager.pk).update(is_active=False)
        [item] = partners_left_behind(owner)
        assert item.title == "1 partner of Kim Leaver needs another channel manager"
        assert item.url == f"/hanbit/partners/?manager={manager.pk}"
        assert manager in selectors.channel_managers(with_left=True)
        assert manager not in selectors.channel_managers()
        assert partners_left_behind(other) == []


def test_there_is_nobody_above_to_share_with(manufacturer: Any, partner: Partner, partner_admin: Any) -> None:
    with partner_scope(manufacturer.pk, partner.pk), pytest.raises(PartnerError, match="no partner above"):
        services.share(partner, "sales", by=partner_admin)
