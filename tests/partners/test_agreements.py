"""Agreements: exact states and days, the hash, both sides' rights, what the calendar does."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from partners.models import Activity, Agreement, AgreementState, PartnerKind, Renewal
from partners.selectors import Obstacle, may, may_many
from partners.services import AgreementError, create_agreement, give_notice, withdraw_agreement
from partners.services.agreements import close_and_renew, refuse_agreement, terminate_at_once
from tenancy.rls import partner_scope, scope, staff_scope
from tests.partners.agreements import accept, agreement_type, paper, paper_type, running, sent

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def in_staff_scope(
    manufacturer: Any, partner_admin: Any, rep: Any, sibling_rep: Any, owner: Any, manager: Any, analyst: Any
) -> Any:
    """People are made outside any scope, so all of them before it is entered."""
    with staff_scope(manufacturer.pk):
        yield


def reread(agreement: Agreement) -> Agreement:
    return Agreement.objects.get(pk=agreement.pk)


def test_an_agreement_is_made_sent_and_accepted(in_staff_scope: None, partner: Any, partner_admin: Any) -> None:
    agreement = create_agreement(partner, agreement_type(term_months=12), starts_on=DAY, language="en")
    assert (agreement.state, agreement.starts_on, agreement.ends_on) == ("draft", DAY, dt.date(2027, 2, 28))
    assert agreement.text == (
        "# Dealer agreement\n\nBetween Hanbit and Seoul Agency, from March 1, 2026 until February 28, 2027.\n"
    )
    assert agreement.text_sha256 == hashlib.sha256(agreement.text.encode()).hexdigest()

    with partner_scope(partner.manufacturer_id, partner.pk):
        assert not Agreement.objects.exists()  # a draft is the manufacturer's own

    agreement = sent(partner, agreement.type, DAY)
    assert accept(agreement, partner_admin) is True
    now = reread(agreement)
    assert (now.state, now.accepted_by_id, now.accepted_name, now.accepted_role, now.accepted_address) == (
        "accepted", partner_admin.pk, "Kim Min-su", "CEO", "203.0.113.9",
    )  # fmt: skip
    assert [now.runs_on(day) for day in (DAY - dt.timedelta(1), DAY, dt.date(2027, 2, 28), dt.date(2027, 3, 1))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_accepting_twice_gives_one_acceptance(in_staff_scope: None, partner: Any, partner_admin: Any) -> None:
    agreement = sent(partner, agreement_type(), DAY)
    assert accept(agreement, partner_admin) is True
    first = reread(agreement)
    assert accept(agreement, partner_admin) is False
    assert reread(agreement).accepted_at == first.accepted_at


def test_may_of_a_partner(in_staff_scope: None, partner: Any, sibling: Any, partner_admin: Any, owner: Any) -> None:
    assert may(partner, Activity.LEADS).allowed
    kind = agreement_type(guards=["leads", "deals"], term_months=12)
    licence = paper_type(guards=["leads"])
    permission = may(partner, "leads", day=DAY)
    assert not permission
    assert [reason.obstacle for reason in permission.reasons] == [Obstacle.AGREEMENT_MISSING, Obstacle.PAPER_MISSING]
    assert [str(reason) for reason in permission.reasons] == [
        "Dealer agreement: no agreement is running",
        "Licence is missing",
    ]
    assert may(partner, "order", day=DAY).allowed
    running(partner, kind, partner_admin, DAY)
    paper(partner, licence, owner, valid_until=dt.date(2026, 12, 31))
    assert may(partner, "leads", day=DAY).allowed
    assert [reason.obstacle for reason in may(partner, "leads", day=dt.date(2027, 1, 1)).reasons] == ["paper_expired"]
    assert [bool(each) for each in may_many([partner.pk, sibling.pk], "leads", day=DAY).values()] == [True, False]
    with pytest.raises(ValueError, match="fly"):
        may(partner, "fly")


def test_a_sent_text_cannot_be_changed_by_anybody(in_staff_scope: None, partner: Any, partner_admin: Any) -> None:
    agreement = running(partner, agreement_type(term_months=12), partner_admin, DAY)
    changes: list[dict[str, Any]] = [
        {"text": "other"}, {"text_sha256": "0" * 64}, {"starts_on": DAY + dt.timedelta(1)}, {"notice_months": 1},
        {"accepted_name": "Somebody"}, {"accepted_at": agreement.sent_at}, {"state": "sent"},
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.filter(pk=agreement.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        agreement.template.texts = {"en": "other"}
        agreement.template.save()
    assert reread(agreement).text_sha256 == agreement.text_sha256


def test_the_database_makes_the_hash(in_staff_scope: None, partner: Any) -> None:
    agreement = create_agreement(partner, agreement_type(), starts_on=DAY)
    Agreement.objects.filter(pk=agreement.pk).update(text="한국어 契約\n", text_sha256="f" * 64)
    assert reread(agreement).text_sha256 == hashlib.sha256("한국어 契約\n".encode()).hexdigest()


def test_a_partner_cannot_withdraw_or_prolong_by_its_own_login(
    in_staff_scope: None, partner: Any, partner_admin: Any
) -> None:
    agreement = running(partner, agreement_type(term_months=12), partner_admin, DAY)
    waiting = sent(partner, agreement_type("other"), DAY)
    with partner_scope(partner.manufacturer_id, partner.pk):
        for pk, change in [
            (agreement.pk, {"ends_on": dt.date(2040, 1, 1)}),
            (agreement.pk, {"state": "terminated"}),
            (waiting.pk, {"state": "withdrawn"}),
            (waiting.pk, {"ends_on": dt.date(2040, 1, 1)}),
        ]:
            with pytest.raises(IntegrityError), transaction.atomic():
                Agreement.objects.filter(pk=pk).update(**change)


def test_steps_out_of_order_are_refused_with_a_sentence(
    in_staff_scope: None, partner: Any, partner_admin: Any, owner: Any
) -> None:
    agreement = sent(partner, agreement_type(), DAY)
    with pytest.raises(AgreementError, match="can be given only of an agreement that has been accepted"):
        give_notice(agreement, by=owner, reason="x", given_on=DAY)
    withdraw_agreement(agreement, by=owner, reason="Wrong partner")
    assert (reread(agreement).state, reread(agreement).reason) == ("withdrawn", "Wrong partner")
    with pytest.raises(AgreementError, match="An agreement at “Withdrawn” cannot become “Accepted”"):
        accept(agreement, partner_admin)


def test_who_may_not_accept_is_refused(
    in_staff_scope: None, partner: Any, rep: Any, sibling_rep: Any, partner_admin: Any
) -> None:
    agreement = sent(partner, agreement_type(), DAY)
    for stranger in (rep, sibling_rep):
        with pytest.raises(AgreementError, match="does not allow accepting"):
            accept(agreement, stranger)
    agreement.text_sha256 = "0" * 64
    with pytest.raises(AgreementError, match="not the text that you were shown"):
        accept(agreement, partner_admin)
    assert reread(agreement).state == AgreementState.SENT


def test_a_partner_refuses_with_a_reason(in_staff_scope: None, partner: Any, partner_admin: Any) -> None:
    agreement = sent(partner, agreement_type(), DAY)
    with partner_scope(partner.manufacturer_id, partner.pk):
        with pytest.raises(AgreementError, match="Say why"):
            refuse_agreement(agreement, by=partner_admin, reason=" ")
        refuse_agreement(agreement, by=partner_admin, reason="Clause 3")
    assert (reread(agreement).state, reread(agreement).reason) == ("refused", "Clause 3")


@pytest.mark.parametrize("side", ["owner", "partner_admin"])
def test_notice_of_either_side_ends_it_after_its_period(
    in_staff_scope: None, partner: Any, partner_admin: Any, owner: Any, side: str
) -> None:
    agreement = running(partner, agreement_type(notice_months=3), partner_admin, DAY)
    by = owner if side == "owner" else partner_admin
    with scope("staff" if by.is_staff else "partner", manufacturer=partner.manufacturer_id, partner=by.partner_id):
        with pytest.raises(AgreementError, match="ends on February 28, 2027 at the earliest"):
            give_notice(agreement, by=by, reason="x", given_on=dt.date(2026, 11, 30), last_day=dt.date(2027, 2, 27))
        give_notice(agreement, by=by, reason="We part", given_on=dt.date(2026, 11, 30))
    now = reread(agreement)
    assert (now.state, now.ends_on, now.notice_by_id) == ("accepted", dt.date(2027, 2, 28), by.pk)
    assert now.shown_state(dt.date(2027, 2, 28)) == "notice"
    assert close_and_renew(day=dt.date(2027, 2, 28)) == {"renewed": 0, "sent_again": 0, "closed": 0}
    assert close_and_renew(day=dt.date(2027, 3, 1)) == {"renewed": 0, "sent_again": 0, "closed": 1}
    assert reread(agreement).state == AgreementState.TERMINATED
    with pytest.raises(AgreementError):
        give_notice(agreement, by=owner, reason="again", given_on=dt.date(2027, 3, 2))


def test_an_agreement_that_renews_itself_does_so_also_when_days_were_missed(
    in_staff_scope: None, partner: Any, partner_admin: Any
) -> None:
    kind = agreement_type(term_months=12, renewal=Renewal.AUTOMATIC, guards=["order"])
    first = running(partner, kind, partner_admin, dt.date(2027, 3, 1))
    late = dt.date(2029, 5, 1)
    assert may(partner, "order", day=late).allowed  # though nothing has run yet
    assert close_and_renew(day=late)["renewed"] == 2
    assert close_and_renew(day=late) == {"renewed": 0, "sent_again": 0, "closed": 0}
    rows = Agreement.objects.order_by("version").values_list("version", "first_id", "state", "starts_on", "ends_on")
    assert list(rows) == [
        (1, None, "ended", dt.date(2027, 3, 1), dt.date(2028, 2, 29)),
        (2, first.pk, "ended", dt.date(2028, 3, 1), dt.date(2029, 2, 28)),
        (3, first.pk, "accepted", dt.date(2029, 3, 1), dt.date(2030, 2, 28)),
    ]
    latest = Agreement.objects.get(version=3)
    assert (latest.text_sha256, latest.accepted_at) == (first.text_sha256, first.accepted_at)
    assert may(partner, "order", day=late).allowed


def test_what_has_to_be_accepted_again_is_sent_sixty_days_before(
    in_staff_scope: None, partner: Any, partner_admin: Any
) -> None:
    kind = agreement_type(term_months=12, renewal=Renewal.AGAIN)
    first = running(partner, kind, partner_admin, dt.date(2026, 1, 1))
    assert close_and_renew(day=dt.date(2026, 10, 31))["sent_again"] == 0
    assert close_and_renew(day=dt.date(2026, 11, 1))["sent_again"] == 1
    assert close_and_renew(day=dt.date(2026, 11, 3))["sent_again"] == 0
    following = Agreement.objects.get(first=first)
    assert (following.state, following.version, following.starts_on, following.ends_on) == (
        "sent", 2, dt.date(2027, 1, 1), dt.date(2027, 12, 31),
    )  # fmt: skip
    assert close_and_renew(day=dt.date(2027, 1, 1))["closed"] == 1
    assert reread(first).state == AgreementState.ENDED


def test_ending_at_once_takes_effect_today(
    in_staff_scope: None, partner: Any, partner_admin: Any, owner: Any, analyst: Any
) -> None:
    agreement = running(partner, agreement_type(guards=["order"]), partner_admin, DAY)
    with pytest.raises(AgreementError):
        terminate_at_once(agreement, by=analyst, reason="x", day=DAY)
    terminate_at_once(agreement, by=owner, reason="Bankruptcy", day=dt.date(2026, 6, 1))
    assert (reread(agreement).state, reread(agreement).ends_on) == ("terminated", dt.date(2026, 6, 1))
    assert not may(partner, "order", day=dt.date(2026, 6, 2))


def test_may_asks_one_query_at_any_size_and_knows_kinds_and_the_switched_off_function(
    in_staff_scope: None, partner: Any, sibling: Any, django_assert_num_queries: Any
) -> None:
    other = PartnerKind.objects.create(code="other", names={"en": "Other"})
    kind = agreement_type(guards=["leads"])
    kind.kinds.set([other])
    with django_assert_num_queries(1):
        assert may(partner, "leads").allowed
    kind.kinds.set([partner.kind])
    with django_assert_num_queries(1):
        answers = may_many([partner.pk, sibling.pk, 10**9], "leads")
    assert [bool(answer) for answer in answers.values()] == [False, False, False]
    partner.functions_off = ["agreements"]
    partner.save(update_fields=["functions_off"])
    assert may(partner, "leads").allowed
    partner.stage = "ended"
    partner.save(update_fields=["stage"])
    assert [str(reason) for reason in may(partner, "leads").reasons] == ["The partner is at “Ended”"]


@pytest.mark.parametrize(
    ("state", "dates", "obstacle"),
    [
        ("waiting", {}, "paper_waiting"),
        ("refused", {}, "paper_refused"),
        ("accepted", {"valid_until": dt.date(2026, 2, 28)}, "paper_expired"),
        ("accepted", {"valid_from": dt.date(2026, 3, 2)}, "paper_not_yet"),
        ("accepted", {"valid_until": dt.date(2026, 3, 1)}, None),
        ("accepted", {"valid_from": dt.date(2026, 3, 1)}, None),
    ],
)
def test_a_paper_counts_when_it_is_accepted_and_valid_today(
    in_staff_scope: None, partner: Any, owner: Any, state: str, dates: dict[str, Any], obstacle: str | None
) -> None:
    given = paper(partner, paper_type(guards=["leads"]), owner)
    type(given).objects.filter(pk=given.pk).update(state=state, reason="Blurred", **dates)
    assert [reason.obstacle for reason in may(partner, "leads", day=DAY).reasons] == ([obstacle] if obstacle else [])
