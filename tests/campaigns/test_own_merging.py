"""What partners hold on their own customers, when two of them are merged and apart again."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from campaigns.links import Ticket
from campaigns.models import (
    OwnCustomer,
    OwnMessage,
    OwnState,
    OwnSuppression,
    PartnerBrand,
    PartnerCampaign,
    PartnerTemplate,
)
from campaigns.own_links import OwnLinks
from campaigns.services import partner_campaigns as services
from partners.models import PartnerMerge
from partners.services.merging import merge_partners, move_stragglers, undo_merge
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.campaigns.test_partner_campaigns import NOON, begin, held, make_template, row, send, work

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _noon(clock: Any) -> None:
    clock.go_to(NOON)


@pytest.fixture
def template(manufacturer: Any) -> PartnerTemplate:
    return make_template(manufacturer)


@pytest.fixture(autouse=True)
def _brand(partner: Any, sibling: Any) -> None:
    with staff_scope(partner.manufacturer_id):
        for each, email in ((partner, "desk@seoul.example"), (sibling, "desk@busan.example")):
            PartnerBrand.objects.create(partner=each, company=each.name, address="Jongno 1, Seoul", email=email)


def merged(partner: Any, sibling: Any) -> PartnerMerge:
    with staff_scope(partner.manufacturer_id):
        return merge_partners(partner, sibling)


def undone(merge: PartnerMerge) -> None:
    with staff_scope(merge.manufacturer_id):
        undo_merge(merge)


def suppress(partner: Any, email: str, at: dt.datetime, reason: str = "unsubscribed") -> None:
    with partner_scope(partner.manufacturer_id, partner.pk):
        OwnSuppression.objects.create(partner=partner, email=email, reason=reason, at=at)


def unsubscribe(partner: Any, campaign: PartnerCampaign, email: str) -> int:
    """By the link of a mail; the answer's status."""
    messages = dict(held(partner, OwnMessage, "email", "pk"))
    links = OwnLinks(partner.manufacturer_id, "/hanbit/public")
    return Client().post(links.unsubscribe(Ticket(messages[email], campaign.pk))).status_code


def remove(member: Membership, partner: Any, email: str) -> None:
    """Take a customer off a list, so far that it stands when the transaction ends."""
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert services.remove_customer(OwnCustomer.objects.get(email=email).pk, by=member)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def look_for_late(merge: PartnerMerge) -> int:
    with staff_scope(merge.manufacturer_id):
        return move_stragglers(since=NOON - HOUR)


# --- What came late ---------------------------------------------------------------------------------------------------


def test_what_the_winner_removed_does_not_come_back(
    rep: Membership, sibling_rep: Membership, partner: Any, sibling: Any, template: PartnerTemplate, clock: Any
) -> None:
    theirs = begin(sibling_rep, template, row("both@example.com", name="Kim"), row("busan@example.com"))
    ours = begin(rep, template, row("both@example.com"))
    merge = merged(partner, sibling)
    clock.go_to(NOON + HOUR)
    remove(rep, partner, "both@example.com")
    remove(rep, partner, "busan@example.com")
    begin(rep, template, row("seoul@example.com"))
    send(rep, ours)
    assert look_for_late(merge) == 0
    assert held(partner, OwnCustomer, "email") == [("seoul@example.com",)]
    assert held(partner, PartnerCampaign, "pk") == [(ours.pk,)]
    undone(merge)
    assert held(sibling, OwnCustomer, "email", "name") == [("both@example.com", "Kim")]
    assert held(sibling, PartnerCampaign, "pk", "state") == [(theirs.pk, "draft")]


def test_what_was_put_in_while_they_were_merged_comes_once(
    rep: Membership, sibling_rep: Membership, partner: Any, sibling: Any, template: PartnerTemplate
) -> None:
    begin(sibling_rep, make_template(rep.manufacturer), row("busan@example.com"))
    begin(rep, make_template(rep.manufacturer), row("both@example.com"))
    merge = merged(partner, sibling)
    # Kept by a request that began before the merge: put in earlier by its clock, and there only later.
    late = begin(sibling_rep, template)
    with partner_scope(sibling.manufacturer_id, sibling.pk):
        for email in ("late@example.com", "both@example.com"):
            OwnCustomer.objects.create(
                partner=sibling, email=email, language="en", country="KR", created_at=NOON - HOUR
            )
    assert (look_for_late(merge), look_for_late(merge)) == (1, 0)
    assert [email for (email,) in held(partner, OwnCustomer, "email")] == [
        "both@example.com", "busan@example.com", "late@example.com",
    ]  # fmt: skip
    assert (late.pk,) in held(partner, PartnerCampaign, "pk")
    remove(rep, partner, "both@example.com")
    assert look_for_late(merge) == 0
    undone(merge)
    assert [email for (email,) in held(sibling, OwnCustomer, "email")] == [
        "both@example.com", "busan@example.com", "late@example.com",
    ]  # fmt: skip


# --- Undone -----------------------------------------------------------------------------------------------------------


def test_what_was_sent_since_the_merge_stays_with_who_sent_it(
    rep: Membership, sibling_rep: Membership, partner: Any, sibling: Any, template: PartnerTemplate, clock: Any
) -> None:
    earlier = begin(sibling_rep, make_template(rep.manufacturer), row("busan@example.com", name="Kim"))
    send(sibling_rep, earlier)
    work(sibling_rep)
    draft = begin(sibling_rep, template)
    own = begin(rep, make_template(rep.manufacturer), row("seoul@example.com", name="Lee"))
    merge = merged(partner, sibling)
    clock.go_to(NOON + HOUR)
    send(rep, draft)
    work(rep)
    undone(merge)

    assert held(partner, PartnerCampaign, "pk", "state") == sorted([(draft.pk, "sent"), (own.pk, "draft")])
    assert held(partner, OwnMessage, "email", "name", "customer__email", "campaign") == [
        ("busan@example.com", "", None, draft.pk), ("seoul@example.com", "Lee", "seoul@example.com", draft.pk),
    ]  # fmt: skip
    assert held(sibling, PartnerCampaign, "pk", "state") == [(earlier.pk, "sent")]
    assert held(sibling, OwnMessage, "email", "name", "customer__email", "campaign") == [
        ("busan@example.com", "Kim", "busan@example.com", earlier.pk)
    ]
    assert unsubscribe(partner, draft, "busan@example.com") == 200
    assert unsubscribe(sibling, earlier, "busan@example.com") == 200
    assert held(partner, OwnSuppression, "email") == held(sibling, OwnSuppression, "email") == [("busan@example.com",)]


def test_who_went_back_is_sent_nothing_that_waits_and_can_be_removed(
    rep: Membership, sibling_rep: Membership, partner: Any, sibling: Any, template: PartnerTemplate, clock: Any
) -> None:
    begin(sibling_rep, template, row("busan@example.com", name="Kim"))
    campaign = begin(rep, template, row("seoul@example.com"))
    merge = merged(partner, sibling)
    clock.go_to(NOON + HOUR)
    send(rep, campaign)
    undone(merge)
    assert held(partner, OwnMessage, "email", "state", "error") == [
        ("busan@example.com", "refused", "removed"), ("seoul@example.com", "waiting", ""),
    ]  # fmt: skip
    remove(sibling_rep, sibling, "busan@example.com")
    assert held(sibling, OwnCustomer, "email") == []
    work(rep)
    assert [each.to for each in mail.outbox] == [["seoul@example.com"]]
    assert held(partner, PartnerCampaign, "state", "sent") == [(OwnState.SENT, 1)]


def test_a_campaign_of_which_nothing_is_left_to_send_ends(
    rep: Membership, sibling_rep: Membership, partner: Any, sibling: Any, template: PartnerTemplate, clock: Any
) -> None:
    begin(sibling_rep, template, row("busan@example.com"))
    campaign = begin(rep, template)
    merge = merged(partner, sibling)
    clock.go_to(NOON + HOUR)
    send(rep, campaign)
    undone(merge)
    assert held(partner, PartnerCampaign, "state") == [(OwnState.SENDING,)]
    work(rep)
    assert (held(partner, PartnerCampaign, "state", "sent"), mail.outbox) == ([(OwnState.SENT, 0)], [])


def test_neither_learns_whom_the_other_must_not_write_to_from_before(
    rep: Membership, sibling_rep: Membership, partner: Any, sibling: Any, template: PartnerTemplate, clock: Any
) -> None:
    before, both = NOON - dt.timedelta(days=1), "both@example.com"
    begin(sibling_rep, template, row("theirs@example.com"), row("ours@example.com"), row("late@example.com"), row(both))
    begin(rep, template, row(both))
    suppress(sibling, "theirs@example.com", before, reason="bounce")
    suppress(partner, "ours@example.com", before)
    merge = merged(partner, sibling)
    assert held(partner, OwnSuppression, "email") == [("ours@example.com",), ("theirs@example.com",)]
    suppress(partner, "late@example.com", NOON + HOUR)
    suppress(partner, both, NOON + HOUR)
    clock.go_to(NOON + 2 * HOUR)
    undone(merge)
    assert held(partner, OwnSuppression, "email", "at") == [
        (both, NOON + HOUR), ("late@example.com", NOON + HOUR), ("ours@example.com", before),
    ]  # fmt: skip
    assert held(sibling, OwnSuppression, "email", "reason", "at") == [
        (both, "unsubscribed", NOON + HOUR), ("late@example.com", "unsubscribed", NOON + HOUR),
        ("theirs@example.com", "bounce", before),
    ]  # fmt: skip


def test_who_unsubscribes_by_a_mail_of_one_is_not_forgotten_since_the_other_knew(
    sibling_rep: Membership, partner: Any, sibling: Any, template: PartnerTemplate, clock: Any
) -> None:
    campaign = begin(sibling_rep, template, row("busan@example.com"))
    send(sibling_rep, campaign)
    work(sibling_rep)
    suppress(partner, "busan@example.com", NOON - HOUR)
    merge = merged(partner, sibling)
    clock.go_to(NOON + HOUR)
    assert unsubscribe(partner, campaign, "busan@example.com") == 200
    assert held(partner, OwnSuppression, "email", "at") == [("busan@example.com", NOON - HOUR)]
    undone(merge)
    assert held(sibling, OwnSuppression, "email", "at") == [("busan@example.com", NOON + HOUR)]
