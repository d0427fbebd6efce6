"""Applications, agreements and gifts that go along an approval line (결재선)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals import services as approvals
from approvals.errors import ApprovalError
from approvals.models import Purpose, Request, State, Who
from approvals.services import Draft, DraftStep
from partners.ending import what_ends
from partners.models import (
    Agreement,
    AgreementState,
    Contact,
    Favour,
    FavourState,
    Partner,
    PeopleSettings,
    Prospect,
    ProspectComment,
    RefusalReason,
    Stage,
    Task,
)
from partners.models.agreements import AGREEMENT_SUBJECT
from partners.models.people import FAVOUR_SUBJECT
from partners.models.recruiting import APPLICATION_SUBJECT
from partners.selectors.people import favours_in, given_in
from partners.services import create_agreement, recruiting, send_agreement, withdraw_agreement
from partners.services import people as people_services
from partners.services.agreement_batches import make_for_many
from partners.services.agreements import AgreementError, close_and_renew
from partners.services.lifecycle import set_stage, take_end_back
from partners.views.staff import agreements as agreement_views
from tenancy.models import Invitation
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tests.factories import MembershipFactory, PartnerFactory, PartnerKindFactory
from tests.partners.agreements import accept, agreement_type, running
from tests.tenancy.helpers import at_once

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 1)


def line(subject: str, member: Any = None, *, role: str = "", **amounts: Any) -> Any:
    who = Who.MEMBER if member else Who.ROLE if role else Who.MANAGER
    return approvals.save_route(
        Draft(subject, "Line", steps=[DraftStep(Purpose.DECIDE, who, member=member, role=role)], **amounts)
    )


@pytest.fixture
def people(manufacturer: Any, partner: Any, owner: Any, manager: Any, analyst: Any, partner_admin: Any) -> None:
    """Made before there is a scope, in which nobody new can sign up."""


@pytest.fixture
def scope(manufacturer: Any, people: None) -> Any:
    with staff_scope(manufacturer.pk):
        yield


# --- Applications -------------------------------------------------------------------------------------------------------


@pytest.fixture
def applicant(manufacturer: Any, people: None) -> Prospect:
    with staff_scope(manufacturer.pk):
        row = Prospect(
            company="Mirae", email="mina@mirae.example", contact_name="Kim Mina", language="ko", stage="applied"
        )
        return recruiting.create_prospect(row, by=None)


def approval(kind: Any, **changes: Any) -> recruiting.Approval:
    given = {"code": "A-7", "kind": kind, "email": "mina@mirae.example", "name": "Kim Mina", "language": "ko"}
    return recruiting.Approval(**given | changes)


def fresh(prospect: Prospect) -> Prospect:
    return Prospect.objects.select_related("partner", "invitation").get(pk=prospect.pk)


def test_without_a_line_an_application_is_accepted_at_once(
    scope: None, applicant: Prospect, partner: Any, manager: Any
) -> None:
    done = recruiting.accept_prospect(applicant, approval(partner.kind), by=manager)

    assert (done.stage, Request.objects.count()) == ("onboarding", 0)


def test_the_last_approval_makes_the_partner_its_user_and_its_agreement(
    scope: None, applicant: Prospect, partner: Any, manager: Any, owner: Any
) -> None:
    kind = agreement_type(needs_approval=False)
    line(APPLICATION_SUBJECT, owner)
    given = approval(partner.kind, channel_manager=manager, agreement_type=kind)

    waiting = recruiting.accept_prospect(applicant, given, by=manager)
    assert recruiting.accept_prospect(applicant, approval(partner.kind, code="Z-1"), by=owner).stage == "applied"

    request = Request.objects.get()
    assert (waiting.stage, request.title, request.asked_by, request.partner_id) == (
        "applied", "Make Mirae a partner", manager, None,
    )  # fmt: skip
    assert (Partner.objects.count(), Invitation.objects.count()) == (1, 0)

    approvals.decide(request, by=owner, approve=True)

    done = fresh(applicant)
    assert done.partner is not None
    assert done.invitation is not None
    assert (done.stage, done.partner.code, done.partner.stage, done.partner.channel_manager) == (
        "onboarding", "A-7", Stage.ONBOARDING, manager,
    )  # fmt: skip
    assert (done.invitation.email, done.invitation.invited_by) == ("mina@mirae.example", manager)
    assert Agreement.objects.get(partner=done.partner).state == AgreementState.SENT
    assert Request.objects.get().partner_id == done.partner.pk, "what was decided is found with the partner"


def test_nobody_accepts_what_they_asked_for(
    scope: None, applicant: Prospect, partner: Any, manager: Any, owner: Any
) -> None:
    line(APPLICATION_SUBJECT, role=Role.OWNER)
    with pytest.raises(ApprovalError, match="which nobody else holds"):
        recruiting.accept_prospect(applicant, approval(partner.kind), by=owner)

    recruiting.accept_prospect(applicant, approval(partner.kind), by=manager)
    with pytest.raises(ApprovalError, match="somebody else has to decide it"):
        approvals.decide(Request.objects.get(), by=manager, approve=True)
    assert fresh(applicant).stage == "applied"


def test_a_refusal_brings_it_back_with_the_reason_and_it_can_be_asked_again(
    scope: None, applicant: Prospect, partner: Any, manager: Any, owner: Any, client_for: Any
) -> None:
    line(APPLICATION_SUBJECT, owner)
    recruiting.accept_prospect(applicant, approval(partner.kind), by=manager)
    approvals.decide(Request.objects.get(), by=owner, approve=False, comment="No showroom")

    assert (fresh(applicant).stage, Partner.objects.count()) == ("applied", 1)
    assert list(ProspectComment.objects.values_list("text", "author")) == [("Not approved: No showroom", owner.pk)]

    recruiting.accept_prospect(applicant, approval(partner.kind), by=manager)
    assert [row.state for row in Request.objects.order_by("pk")] == [State.REFUSED, State.OPEN]


def test_taken_back_it_stands_where_it_stood(
    scope: None, applicant: Prospect, partner: Any, manager: Any, owner: Any
) -> None:
    line(APPLICATION_SUBJECT, owner)
    recruiting.accept_prospect(applicant, approval(partner.kind), by=manager)
    with pytest.raises(ApprovalError, match="Only who asked"):
        approvals.recall(Request.objects.get(), by=owner)

    approvals.recall(Request.objects.get(), by=manager, reason="Too early")

    assert (fresh(applicant).stage, Request.objects.get().state) == ("applied", State.RECALLED)
    with pytest.raises(ApprovalError, match="has taken this back"):
        approvals.decide(Request.objects.get(), by=owner, approve=True)
    assert Partner.objects.count() == 1


def test_refusing_the_company_ends_its_request(
    scope: None, applicant: Prospect, partner: Any, manager: Any, owner: Any
) -> None:
    recruiting.default_lists()
    line(APPLICATION_SUBJECT, owner)
    recruiting.accept_prospect(applicant, approval(partner.kind), by=manager)

    reason = RefusalReason.objects.get(code="region")
    assert recruiting.refuse_prospects(Prospect.objects.all(), reason, by=owner, with_mail=False) == 1

    request = Request.objects.get()
    assert (request.state, request.ended_because) == (State.WITHDRAWN, "The application was refused.")


def test_a_code_given_away_meanwhile_is_counted_on(
    scope: None, applicant: Prospect, partner: Any, manager: Any, owner: Any
) -> None:
    line(APPLICATION_SUBJECT, owner)
    recruiting.accept_prospect(applicant, approval(partner.kind, code="A-7"), by=manager)
    PartnerFactory(manufacturer=partner.manufacturer, code="A-7", kind=partner.kind)

    approvals.decide(Request.objects.get(), by=owner, approve=True)

    made = fresh(applicant).partner
    assert made is not None
    assert made.code == "A-8"


def test_what_cannot_be_made_leaves_the_request_open(
    scope: None, applicant: Prospect, partner: Any, manager: Any, owner: Any
) -> None:
    line(APPLICATION_SUBJECT, owner)
    recruiting.accept_prospect(applicant, approval(partner.kind, email=manager.email), by=manager)

    with pytest.raises(Exception, match="has a place here already"), transaction.atomic():
        approvals.decide(Request.objects.get(), by=owner, approve=True)

    assert (Request.objects.get().state, fresh(applicant).stage, Partner.objects.count()) == (State.OPEN, "applied", 1)


@pytest.mark.parametrize("field", ["company", "business_number", "email"])
def test_an_application_changed_meanwhile_is_not_approved(
    scope: None, applicant: Prospect, partner: Any, manager: Any, owner: Any, field: str
) -> None:
    line(APPLICATION_SUBJECT, owner)
    recruiting.accept_prospect(applicant, approval(partner.kind), by=manager)
    before = getattr(applicant, field)
    setattr(applicant, field, "other@mirae.example")
    recruiting.update_prospect(applicant, fields=[field])

    with pytest.raises(recruiting.RecruitingError, match="was changed after its approval"), transaction.atomic():
        approvals.decide(Request.objects.get(), by=owner, approve=True)
    assert (Request.objects.get().state, fresh(applicant).stage, Partner.objects.count()) == (State.OPEN, "applied", 1)

    setattr(applicant, field, before)
    recruiting.update_prospect(applicant, fields=[field])
    approvals.decide(Request.objects.get(), by=owner, approve=True)
    assert (fresh(applicant).stage, Partner.objects.count()) == ("onboarding", 2)


def test_a_removed_kind_or_agreement_is_said_and_the_page_opens(
    applicant: Prospect, manufacturer: Any, partner: Any, manager: Any, owner: Any, client_for: Any
) -> None:
    gone = PartnerKindFactory(manufacturer=manufacturer, code="gone")
    with staff_scope(manufacturer.pk):
        line(APPLICATION_SUBJECT, owner)
        recruiting.accept_prospect(applicant, approval(gone), by=manager)
        request = Request.objects.get()
        gone.delete()

    assert client_for(owner).get(f"/hanbit/approvals/{request.pk}/").status_code == 200
    with staff_scope(manufacturer.pk):
        with pytest.raises(recruiting.RecruitingError, match="no such kind of partner"), transaction.atomic():
            approvals.decide(request, by=owner, approve=True)
        request.refresh_from_db()
        Request.objects.filter(pk=request.pk).update(
            facts=request.facts | {"kind": partner.kind_id, "agreement_type": 0x7FFFFFFF}
        )
        with pytest.raises(recruiting.RecruitingError, match="no such agreement"), transaction.atomic():
            approvals.decide(request, by=owner, approve=True)
        assert (Request.objects.get().state, Partner.objects.count()) == (State.OPEN, 1)


def test_on_pages_an_application_is_asked_for_and_approved(
    applicant: Prospect, manufacturer: Any, partner: Any, manager: Any, owner: Any, analyst: Any, client_for: Any
) -> None:
    with staff_scope(manufacturer.pk):
        line(APPLICATION_SUBJECT, owner)
    client, url = client_for(manager), f"/hanbit/recruiting/{applicant.pk}/"
    form = client.get(f"{url}approve/")
    assert "Ask for approval" in form.content.decode()
    answer = {
        "code": "A-7", "kind": partner.kind_id, "channel_manager": manager.pk, "invites": "on",
        "name": "Kim Mina", "email": "mina@mirae.example", "role": "partner_admin", "language": "en",
    }  # fmt: skip
    shown = client.post(f"{url}approve/", answer, follow=True)

    assert [str(said) for said in shown.context["messages"]] == [
        "Mirae is in approval. The last approval makes it a partner."
    ]
    assert shown.context["title"] == "Mirae waits to be approved"
    assert "Waits for Owner Kim" in shown.content.decode()
    assert f"{url}approve/" not in shown.content.decode()
    with staff_scope(manufacturer.pk):
        request = Request.objects.get()
    assert client_for(analyst).get(f"/hanbit/approvals/{request.pk}/").status_code == 404
    asked = client_for(owner).get(f"/hanbit/approvals/{request.pk}/").content.decode()
    assert "A-7" in asked
    assert "Kim Mina &lt;mina@mirae.example&gt;" in asked
    client_for(owner).post(f"/hanbit/approvals/{request.pk}/decide/", {"answer": "approve"})
    assert client.get(url).context["title"] == "Mirae is being onboarded"


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_make_one_partner(manufacturer: Any, people: None, owner: Any, manager: Any) -> None:
    second = MembershipFactory(manufacturer=manufacturer, role=Role.OWNER, user__name="Owner Park")
    with staff_scope(manufacturer.pk):
        kind = PartnerKindFactory(manufacturer=manufacturer, code="dealer2")
        row = recruiting.create_prospect(Prospect(company="Mirae", stage="applied"), by=None)
        line(APPLICATION_SUBJECT, role=Role.OWNER)
        recruiting.accept_prospect(row, approval(kind, email=""), by=manager)
        request = Request.objects.get()

    def deciding(by: Any) -> Any:
        def run() -> Any:
            with staff_scope(manufacturer.pk):
                return approvals.decide(request, by=by, approve=True)

        return run

    outcomes = at_once(deciding(owner), deciding(second))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ApprovalError", "Request"]
    with staff_scope(manufacturer.pk):
        assert Partner.objects.filter(kind=kind).count() == 1


# --- Agreements ---------------------------------------------------------------------------------------------------------


def draft(partner: Any, kind: Any, **options: Any) -> Agreement:
    return create_agreement(partner, kind, starts_on=DAY, language="en", **options)


def test_an_agreement_goes_out_with_the_last_approval(
    scope: None, partner: Any, manager: Any, owner: Any, partner_admin: Any
) -> None:
    line(AGREEMENT_SUBJECT, owner)
    agreement = draft(partner, agreement_type(), send=True, by=manager)
    send_agreement(agreement, by=manager)

    request = Request.objects.get()
    assert (agreement.state, request.title, request.partner_id) == (
        "draft", "Dealer agreement with Seoul Agency", partner.pk,
    )  # fmt: skip
    with partner_scope(partner.manufacturer_id, partner.pk):
        assert not Agreement.objects.exists()

    approvals.decide(request, by=owner, approve=True)

    agreement.refresh_from_db()
    assert agreement.state == AgreementState.SENT
    assert accept(agreement, partner_admin) is True


def test_what_waits_to_be_approved_is_not_sent_when_its_line_goes(
    scope: None, partner: Any, manager: Any, owner: Any
) -> None:
    route = line(AGREEMENT_SUBJECT, owner)
    agreement = draft(partner, agreement_type(), send=True, by=manager)
    approvals.retire_route(route)

    assert send_agreement(agreement, by=manager).state == AgreementState.DRAFT
    assert Request.objects.get().state == State.OPEN

    approvals.decide(Request.objects.get(), by=owner, approve=True)
    assert Agreement.objects.get().state == AgreementState.SENT


def test_drafts_are_sent_in_bulk_up_to_a_bound(
    manufacturer: Any, people: None, partner: Any, manager: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement_views, "MOST_SENT", 1)
    with staff_scope(manufacturer.pk):
        kind = agreement_type(needs_approval=False)
        first, second = (draft(partner, kind).pk for _number in range(2))

    def send(*chosen: int) -> list[str]:
        asked = {"do": "send", "selected": chosen, "confirmed": "1"}
        page = client_for(manager).post("/hanbit/agreements/", asked, follow=True)
        return [str(said) for said in page.context["messages"]]

    assert send(first, second) == ["At most 1 drafts can be sent at once. Choose fewer."]
    with staff_scope(manufacturer.pk):
        assert set(Agreement.objects.values_list("state", flat=True)) == {"draft"}
    assert send(second) == ["1 agreement is sent."]


def test_a_type_that_needs_no_approval_is_sent_at_once(scope: None, partner: Any, owner: Any) -> None:
    line(AGREEMENT_SUBJECT, owner)

    assert draft(partner, agreement_type(needs_approval=False), send=True).state == AgreementState.SENT
    assert not Request.objects.exists()


def test_a_refused_agreement_stays_a_draft_and_says_why(
    manufacturer: Any, people: None, partner: Any, manager: Any, owner: Any, client_for: Any
) -> None:
    with staff_scope(manufacturer.pk):
        line(AGREEMENT_SUBJECT, owner)
        agreement = draft(partner, agreement_type(), by=manager)
    client, url = client_for(manager), f"/hanbit/agreements/{agreement.pk}/"
    assert "Ask for approval" in client.get(url).content.decode()
    sent = client.post(f"{url}step/", {"step": "send"}, follow=True)
    assert [str(said) for said in sent.context["messages"]] == [
        "The agreement is in approval. It goes to the partner with the last approval."
    ]
    assert (sent.context["title"], sent.context["can_send"]) == ("Dealer agreement waits to be approved", False)
    with staff_scope(manufacturer.pk):
        approvals.decide(Request.objects.get(), by=owner, approve=False, comment="Territory too wide")

    shown = client.get(url)
    assert "Territory too wide" in shown.content.decode()
    assert (shown.context["title"], shown.context["can_send"]) == ("Dealer agreement is a draft", True)


def test_a_withdrawn_agreement_and_an_ended_partnership_need_no_approval_any_more(
    scope: None, partner: Any, manager: Any, owner: Any
) -> None:
    line(AGREEMENT_SUBJECT, owner)
    kind = agreement_type()
    first, second = (draft(partner, kind, send=True, by=manager) for _number in range(2))
    with pytest.raises(AgreementError, match="few words"):
        withdraw_agreement(first, by=manager, reason=" ")
    withdraw_agreement(first, by=manager, reason="Mistake")
    set_stage(partner, Stage.ENDED, by=manager)

    assert [(row.subject_id, row.state, row.ended_because) for row in Request.objects.order_by("pk")] == [
        (first.pk, State.WITHDRAWN, "The agreement was withdrawn."),
        (second.pk, State.WITHDRAWN, "The partnership ended."),
    ]


def test_another_text_than_the_approved_one_is_not_sent(scope: None, partner: Any, manager: Any, owner: Any) -> None:
    line(AGREEMENT_SUBJECT, owner)
    agreement = draft(partner, agreement_type(), send=True, by=manager)
    agreement.text += "And a boat."
    agreement.save(update_fields=["text"])

    with pytest.raises(AgreementError, match="not the one"), transaction.atomic():
        approvals.decide(Request.objects.get(), by=owner, approve=True)
    assert (Agreement.objects.get().state, Request.objects.get().state) == ("draft", State.OPEN)


def test_a_renewal_to_be_accepted_again_is_approved_first_or_asks_for_help(
    scope: None, partner: Any, manager: Any, partner_admin: Any
) -> None:
    kind = agreement_type(term_months=12, renewal="again")
    running(partner, kind, partner_admin, DAY)
    route = line(AGREEMENT_SUBJECT)  # leads to the channel manager, whom this partner has not
    close_and_renew(day=dt.date(2027, 2, 1))

    assert (Agreement.objects.get(version=2).state, Request.objects.count()) == ("draft", 0)
    assert list(Task.objects.values_list("title", flat=True)) == ["Send: Dealer agreement"]
    assert close_and_renew(day=dt.date(2027, 2, 2))["sent_again"] == 0
    approvals.retire_route(route)
    assert send_agreement(Agreement.objects.get(version=2), by=manager).state == AgreementState.SENT


def test_many_made_at_once_are_approved_one_by_one(scope: None, partner: Any, manager: Any, owner: Any) -> None:
    other = PartnerFactory(manufacturer=partner.manufacturer, code="A2", kind=partner.kind)
    line(AGREEMENT_SUBJECT, owner)

    made = make_for_many(
        [partner.pk, other.pk], agreement_type(), starts_on=DAY, terms_of={}, send=True, job=None, by=manager
    )

    assert made == 2
    assert set(Agreement.objects.values_list("state", flat=True)) == {"draft"}
    assert Request.objects.filter(kind=AGREEMENT_SUBJECT, state=State.OPEN).count() == 2


# --- Gifts, visits and hospitality --------------------------------------------------------------------------------------


@pytest.fixture
def kim(manufacturer: Any, partner: Any, people: None) -> Contact:
    with staff_scope(manufacturer.pk):
        PeopleSettings.objects.create(yearly_limit=Decimal(100_000), warn_percent=80)
        return Contact.objects.create(partner=partner, name="Kim Minsu")


def give(kim: Contact, value: int, by: Any, **fields: Any) -> Favour:
    given = {"given_on": DAY, "what": "Golf", "reason": "Opening"} | fields
    favour = Favour(contact=kim, value=Decimal(value), **given)
    return people_services.record_favour(favour, by=by, currency="KRW")[0]


def test_within_the_limit_nobody_is_asked(scope: None, kim: Contact, manager: Any, owner: Any) -> None:
    line(FAVOUR_SUBJECT, owner)

    assert give(kim, 100_000, manager).state == FavourState.GIVEN
    assert not Request.objects.exists()


def test_beyond_the_limit_it_counts_once_it_is_approved(scope: None, kim: Contact, manager: Any, owner: Any) -> None:
    line(FAVOUR_SUBJECT, owner)
    give(kim, 80_000, manager)
    with pytest.raises(people_services.PeopleError, match="say what it is for"):
        give(kim, 30_000, manager, reason="")
    favour = give(kim, 30_000, manager)

    request = Request.objects.get()
    assert (request.title, request.amount, request.partner_id, request.note) == (
        "Golf for Kim Minsu, Seoul Agency", Decimal(110_000), kim.partner_id, "Opening",
    )  # fmt: skip
    assert (favour.state, given_in(kim, 2026)) == (FavourState.WAITING, Decimal(80_000))
    assert give(kim, 20_000, manager).state == FavourState.GIVEN, "what waits does not use up the limit"

    approvals.decide(request, by=owner, approve=True)

    favour.refresh_from_db()
    assert (favour.state, given_in(kim, 2026)) == (FavourState.APPROVED, Decimal(130_000))
    assert give(kim, 1, manager).state == FavourState.WAITING
    year = favours_in(manager, 2026)
    assert (year.total, year.people, year.beyond, year.waiting) == (Decimal(130_000), 1, 1, 1)


def test_what_needs_approval_can_be_asked_for_before_it_is_given(
    manufacturer: Any, people: None, kim: Contact, manager: Any, owner: Any, client_for: Any
) -> None:
    with staff_scope(manufacturer.pk):
        line(FAVOUR_SUBJECT, owner)
    client, url = client_for(manager), f"/hanbit/people/{kim.pk}/favours/new/"
    today = timezone.localdate()
    asked = {"kind": "hospitality", "what": "Dinner", "value": "200000", "reason": "Opening"}
    too_far = client.post(url, asked | {"given_on": today + dt.timedelta(days=400)})
    assert too_far.context["form"].errors["given_on"] == ["Choose a day within the next year."]
    said = client.post(url, asked | {"given_on": today + dt.timedelta(days=30)}, follow=True)
    assert [str(message) for message in said.context["messages"]] == [
        "It goes beyond the limit and is in approval. It counts once it is approved."
    ]
    with staff_scope(manufacturer.pk):
        assert Favour.objects.get().state == FavourState.WAITING


def test_refused_it_stays_to_be_seen_and_taken_back_it_is_gone(
    scope: None, kim: Contact, manager: Any, owner: Any
) -> None:
    line(FAVOUR_SUBJECT, owner)
    refused, recalled, removed = (give(kim, 200_000, manager, what=what) for what in ("A", "B", "C"))
    requests = {row.subject_id: row for row in Request.objects.all()}
    approvals.decide(requests[refused.pk], by=owner, approve=False, comment="Too much")
    approvals.recall(requests[recalled.pk], by=manager)
    people_services.remove_favour(removed)

    assert [(row.what, row.state) for row in Favour.objects.all()] == [("A", FavourState.REFUSED)]
    assert [row.state for row in Request.objects.order_by("pk")] == [State.REFUSED, State.RECALLED, State.WITHDRAWN]
    assert given_in(kim, 2026) == 0


def test_beyond_the_limit_nothing_is_approved_by_nobody(scope: None, kim: Contact, manager: Any, owner: Any) -> None:
    line(FAVOUR_SUBJECT, owner, amount_from=Decimal(500_000))
    give(kim, 100_000, manager)

    with pytest.raises(people_services.PeopleError, match="given ₩399,000 in 2026"):
        give(kim, 299_000, manager)
    assert (Favour.objects.count(), Request.objects.count()) == (1, 0)

    assert give(kim, 400_000, manager).state == FavourState.WAITING, "the line is that of the year's total"
    assert Request.objects.get().amount == Decimal(500_000)


def test_the_end_of_a_partnership_takes_back_what_waits_to_be_approved(
    scope: None, kim: Contact, partner: Any, manager: Any, owner: Any
) -> None:
    line(FAVOUR_SUBJECT, owner)
    give(kim, 50_000, manager, what="Within")
    give(kim, 200_000, manager, what="Beyond")
    assert "1 gift that waits to be approved is not given." in what_ends(partner)

    set_stage(partner, Stage.ENDED, by=manager)

    request = Request.objects.get()
    assert (request.state, request.ended_because) == (State.WITHDRAWN, "The partnership ended.")
    assert sorted(Favour.objects.values_list("what", "state")) == [("Beyond", "refused"), ("Within", "given")]
    taken = take_end_back(Partner.objects.get(pk=partner.pk), by=manager)
    assert taken.problems == ["1 gift that waited to be approved stays refused; ask for it anew."]


@pytest.mark.parametrize("size", [1, 4])
def test_the_report_of_gifts_asks_the_same_at_any_size_and_shows_own_partners(
    manufacturer: Any, people: None, partner: Any, kim: Contact, manager: Any, owner: Any, client_for: Any, size: int
) -> None:
    narrow = MembershipFactory(manufacturer=manufacturer, assigned_only=True)
    with staff_scope(manufacturer.pk):
        year = timezone.localdate().year
        for number in range(size):
            contact = Contact.objects.create(partner=partner, name=f"P{number}")
            Favour.objects.create(
                contact=contact, given_on=dt.date(year, 1, 1), what="<b>Tea</b>", value=Decimal(10_000)
            )
    client = client_for(manager)
    client.get("/hanbit/people/favours/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/hanbit/people/favours/")

    assert len(queries) == QUERIES
    assert len(page.context["list"].page.rows) == size
    assert page.context["title"] == {
        1: f"₩10K was given to 1 person in {year}", 4: f"₩40K was given to 4 people in {year}",
    }[size]  # fmt: skip
    assert "<b>Tea" not in page.content.decode()
    assert client_for(narrow).get("/hanbit/people/favours/").context["list"].page.rows == []


QUERIES = 16


def test_partners_never_read_what_was_given(
    manufacturer: Any, people: None, kim: Contact, manager: Any, owner: Any, partner_admin: Any, client_for: Any
) -> None:
    with staff_scope(manufacturer.pk):
        line(FAVOUR_SUBJECT, owner)
        give(kim, 200_000, manager)
    client = client_for(manager)
    page = client.get(f"/hanbit/people/{kim.pk}/").content.decode()
    assert "In approval" in page
    assert client_for(partner_admin).get("/hanbit/people/favours/").status_code == 404
