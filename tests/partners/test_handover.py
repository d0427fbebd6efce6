"""Partners change hands: what is kept of them, who is told, what goes along."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notices.models import Notice
from partners import services
from partners.models import Handover, HandoverPartner, Partner, PartnerSummary, Task
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import MembershipFactory, PartnerFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]


@pytest.fixture
def colleague(manufacturer: Any) -> Membership:
    return MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, user__name="Colleague Oh")


@pytest.fixture
def handed(manufacturer: Any, partner: Partner, sibling: Partner, manager: Membership, colleague: Membership,
           owner: Membership) -> Handover:  # fmt: skip
    """Two partners of the manager went to the colleague, one of them with an open task."""
    with staff_scope(manufacturer.pk):
        services.assign_channel_manager(Partner.objects.all(), manager)
        services.create_task(partner=partner, title="Replace samples", due_on=dt.date(2026, 7, 3), owner=manager)
        services.create_task(partner=partner, title="The owner's", owner=owner)
        PartnerSummary.objects.filter(partner=partner).update(
            revenue=1200, previous_revenue=1000, tier_names={"en": "Gold"}, tier_colour="gold"
        )
        services.assign_channel_manager(Partner.objects.all(), colleague, by=owner)
        return Handover.objects.get(to=colleague)


def test_the_summary_stays_as_it_stood(
    client_for: SignIn, manufacturer: Any, partner: Partner, manager: Membership, colleague: Membership,
    handed: Handover,
) -> None:  # fmt: skip
    with staff_scope(manufacturer.pk):
        kept = HandoverPartner.objects.get(handover=handed, partner=partner)
        assert (kept.former_id, kept.moved_tasks) == (manager.pk, 1)
        assert [line["text"] for line in kept.summary["sections"]["tasks"]] == ["Replace samples", "The owner's"]
        PartnerSummary.objects.filter(partner=partner).update(revenue=0, tier_names={})
    page = client_for(colleague).get(f"/hanbit/handovers/{handed.pk}/")
    rows = {row.partner.code: row for row in page.context["rows"]}
    assert (rows["A1"].revenue, rows["A1"].change, rows["A1"].tier) == (1200, 20, "Gold")
    assert page.context["title"] == "2 partners came to you"


def test_the_old_managers_tasks_go_along_with_a_note(
    manufacturer: Any, manager: Membership, colleague: Membership, owner: Membership, handed: Handover
) -> None:
    with staff_scope(manufacturer.pk):
        samples, owners = Task.objects.order_by("pk")
        assert samples.owner_id == colleague.pk
        assert samples.detail.startswith("Handed over by Manager Lee on ")
        assert (owners.owner_id, owners.detail) == (owner.pk, "")


def test_one_notice_tells_of_the_whole_batch(manufacturer: Any, colleague: Membership, handed: Handover) -> None:
    with staff_scope(manufacturer.pk):
        told = Notice.objects.filter(kind="partners.handed_over", recipient=colleague)
        assert [notice.facts["count"] for notice in told] == [2]


def test_nothing_is_kept_where_nobody_takes_over(manufacturer: Any, colleague: Membership, handed: Handover) -> None:
    with staff_scope(manufacturer.pk):
        before = Handover.objects.count()
        assert services.assign_channel_manager(Partner.objects.all(), colleague) == 0
        assert services.assign_channel_manager(Partner.objects.all(), None) == 2
        assert Handover.objects.count() == before


def test_who_sees_only_assigned_partners_reads_only_what_came_to_them(
    client_for: SignIn, manufacturer: Any, handed: Handover, stranger: Membership, partner_admin: Membership
) -> None:
    limited = MembershipFactory(manufacturer=manufacturer, role=Role.MANAGER, assigned_only=True)
    for member in (limited, stranger, partner_admin):
        assert client_for(member).get(f"/hanbit/handovers/{handed.pk}/").status_code == 404


def test_the_page_asks_the_same_number_of_queries_at_any_size(
    client_for: SignIn, manufacturer: Any, colleague: Membership, owner: Membership
) -> None:
    client, counts = client_for(colleague), []
    for size in (2, 20):
        found = PartnerFactory.create_batch(size, manufacturer=manufacturer, channel_manager=owner)
        with staff_scope(manufacturer.pk):
            services.assign_channel_manager(Partner.objects.filter(pk__in=[each.pk for each in found]), colleague)
            url = f"/hanbit/handovers/{Handover.objects.latest('pk').pk}/"
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
