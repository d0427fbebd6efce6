"""Pages about grades, for staff and partners."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.models import Job
from partners.models import Partner, PartnerSummary
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.commerce.test_selectors import sold_on
from tests.factories import MembershipFactory, PartnerFactory
from tests.panels import panels_of
from valuation import services
from valuation.models import ChangeReason, Grade, GradeChange, GradeRun, Programme, Tier
from valuation.periods import months_before

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]


def today() -> dt.date:
    """The day it is for the manufacturer."""
    return timezone.localdate(timezone=ZoneInfo("Asia/Seoul"))


@pytest.fixture
def programme(manufacturer: Any) -> Programme:
    """The usual programme, in force."""
    with staff_scope(manufacturer.pk):
        return services.create_default_programme(effective_from=dt.date(2026, 1, 1))


@pytest.fixture
def valued(partner: Partner, sibling: Partner, programme: Programme) -> Partner:
    """The partner buys more than its sibling; both have a score and a grade of today."""
    for months in range(12):
        day = months_before(today(), months)
        sold_on(partner, day, 1000)
        if months < 2:
            sold_on(sibling, day, 10)
    with staff_scope(partner.manufacturer_id):
        services.recompute(today())
    return partner


def tier(programme: Programme, code: str) -> Tier:
    with staff_scope(programme.manufacturer_id):
        return Tier.objects.get(programme=programme, code=code)


def grade_of(partner: Partner) -> Grade:
    with staff_scope(partner.manufacturer_id):
        return Grade.objects.select_related("tier", "pending_tier").get(partner=partner)


def count_queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


# --- Runs


def test_the_page_of_grades_says_what_the_last_run_changed(
    client_for: SignIn, analyst: Membership, valued: Partner
) -> None:
    context = client_for(analyst).get("/hanbit/grades/").context
    assert [run.day for run in context["runs"]] == [today()]
    assert sum(count.count for count in context["tiers"]) == 2
    assert context["title"].startswith("On ")
    assert (context["can_run"], context["can_decide"]) == (False, False)


def test_before_the_first_run_the_page_says_so(client_for: SignIn, owner: Membership) -> None:
    response = client_for(owner).get("/hanbit/grades/")
    assert response.context["title"] == "Grades have not been computed yet"
    assert "No recompute yet" in response.content.decode()


def test_a_run_lists_its_changes_to_who_may_see_the_partners(
    client_for: SignIn, owner: Membership, valued: Partner, sibling: Partner
) -> None:
    assigned_only = MembershipFactory(manufacturer=valued.manufacturer, role=Role.MANAGER, assigned_only=True)
    with staff_scope(valued.manufacturer_id):
        run = GradeRun.objects.get()
        Partner.objects.filter(pk=sibling.pk).update(channel_manager=assigned_only)
    url = f"/hanbit/grades/runs/{run.pk}/"
    rows = client_for(owner).get(url).context["list"].page.rows
    assert {row.partner_id: row.reason for row in rows} == {
        valued.pk: ChangeReason.FIRST,
        sibling.pk: ChangeReason.FIRST,
    }
    assert client_for(owner).get(f"{url}?reason=demotion").context["list"].page.rows == []
    assert [row.partner_id for row in client_for(assigned_only).get(url).context["list"].page.rows] == [sibling.pk]


def test_a_recompute_is_asked_for(client_for: SignIn, manager: Membership, programme: Programme) -> None:
    response = client_for(manager).post("/hanbit/grades/recompute/", {"day": "2026-06-30"})
    with staff_scope(manager.manufacturer_id):
        job = Job.objects.get()
    assert response["Location"] == f"/hanbit/jobs/{job.pk}/"
    assert job.created_by_id == manager.pk


def test_a_recompute_of_the_future_is_refused(client_for: SignIn, manager: Membership, programme: Programme) -> None:
    tomorrow = today() + dt.timedelta(days=1)
    response = client_for(manager).post("/hanbit/grades/recompute/", {"day": tomorrow.isoformat()}, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "Grades can be computed for today or a day in the past."
    ]
    with staff_scope(manager.manufacturer_id):
        assert not Job.objects.exists()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MARKETING, Role.SERVICE, Role.TRAINER])
def test_only_those_who_run_grades_ask_for_a_recompute(client_for: SignIn, manufacturer: Any, role: str) -> None:
    client = client_for(MembershipFactory(manufacturer=manufacturer, role=role))
    assert client.post("/hanbit/grades/recompute/").status_code == 403
    with staff_scope(manufacturer.pk):
        assert not Job.objects.exists()


# --- Promotions


@pytest.fixture
def waiting(valued: Partner, programme: Programme) -> Partner:
    """A partner on Registered whose promotion to Gold waits for approval."""
    with staff_scope(valued.manufacturer_id):
        Grade.objects.filter(partner=valued).update(
            tier=Tier.objects.get(programme=programme, code="registered"),
            pending_tier=Tier.objects.get(programme=programme, code="gold"),
            pending_since=today(),
        )
    return valued


def test_a_promotion_that_waits_is_approved(client_for: SignIn, manager: Membership, waiting: Partner) -> None:
    client = client_for(manager)
    assert [grade.partner for grade in client.get("/hanbit/grades/").context["promotions"]] == [waiting]
    client.post(f"/hanbit/grades/promotions/{waiting.pk}/approve/")
    grade = grade_of(waiting)
    assert (grade.tier.code, grade.pending_tier) == ("gold", None)
    assert client.post(f"/hanbit/grades/promotions/{waiting.pk}/approve/").status_code == 404


def test_a_promotion_is_refused_only_with_a_reason(client_for: SignIn, manager: Membership, waiting: Partner) -> None:
    client, url = client_for(manager), f"/hanbit/grades/promotions/{waiting.pk}/refuse/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": " "}).context["form"].errors == {"reason": ["This field is required."]}
    assert grade_of(waiting).pending_tier is not None
    client.post(url, {"reason": "Too many returns."})
    assert grade_of(waiting).tier.code == "registered"
    assert grade_of(waiting).pending_tier is None


def test_promotions_are_decided_only_by_who_may(
    client_for: SignIn, waiting: Partner, analyst: Membership, stranger: Membership, partner_admin: Membership
) -> None:
    assigned_only = MembershipFactory(manufacturer=waiting.manufacturer, role=Role.MANAGER, assigned_only=True)
    for member, status in ((analyst, 403), (stranger, 404), (partner_admin, 404), (assigned_only, 404)):
        for step in ("approve", "refuse"):
            url = f"/hanbit/grades/promotions/{waiting.pk}/{step}/"
            assert client_for(member).post(url, {"reason": "x"}).status_code == status
    assert grade_of(waiting).pending_tier is not None


# --- Grades by hand


def test_a_grade_is_set_by_hand_and_ended(
    client_for: SignIn, manager: Membership, valued: Partner, programme: Programme
) -> None:
    client, url = client_for(manager), f"/hanbit/partners/{valued.pk}/grade/"
    before = grade_of(valued).tier.code
    until = today() + dt.timedelta(days=30)
    data = {"tier": tier(programme, "bronze").pk, "until": until.isoformat(), "reason": "New showroom"}

    assert client.post(url, data)["Location"] == f"/hanbit/partners/{valued.pk}/"

    grade = grade_of(valued)
    assert (grade.tier.code, grade.override_until, grade.override_reason) == ("bronze", until, "New showroom")
    assert panels_of(client, valued.pk)["score"]["is_by_hand"] is True

    client.post(f"/hanbit/partners/{valued.pk}/grade/end/")

    assert grade_of(valued).override_until is None
    assert grade_of(valued).tier.code == before
    with staff_scope(valued.manufacturer_id):
        reasons = list(GradeChange.objects.filter(partner=valued).order_by("pk").values_list("reason", flat=True))
    assert reasons == [ChangeReason.FIRST, ChangeReason.OVERRIDE, ChangeReason.OVERRIDE_END]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": ""}, "reason"), ({"until": "2020-01-01"}, "until"), ({"tier": "0"}, "tier"), ({"until": ""}, "until")],
)
def test_a_grade_by_hand_needs_a_tier_a_reason_and_an_end(
    client_for: SignIn,
    manager: Membership,
    valued: Partner,
    programme: Programme,
    changes: dict[str, str],
    field: str,
) -> None:
    data = {"tier": tier(programme, "gold").pk, "until": (today()).isoformat(), "reason": "x"} | changes
    response = client_for(manager).post(f"/hanbit/partners/{valued.pk}/grade/", data)
    assert list(response.context["form"].errors) == [field]
    assert grade_of(valued).override_until is None


def test_grades_are_set_only_by_who_may(
    client_for: SignIn, valued: Partner, analyst: Membership, stranger: Membership, partner_admin: Membership
) -> None:
    assigned_only = MembershipFactory(manufacturer=valued.manufacturer, role=Role.MANAGER, assigned_only=True)
    for member, status in ((analyst, 403), (stranger, 404), (partner_admin, 404), (assigned_only, 404)):
        assert client_for(member).get(f"/hanbit/partners/{valued.pk}/grade/").status_code == status
        assert client_for(member).post(f"/hanbit/partners/{valued.pk}/grade/end/").status_code == status


# --- The partner's own grade


def test_a_partner_reads_its_grade_and_why(client_for: SignIn, rep: Membership, valued: Partner) -> None:
    context = client_for(rep).get("/hanbit/portal/grade/").context
    explained = context["explained"]
    assert explained.score == grade_score(valued)
    assert context["title"].startswith("Seoul Agency ")
    shown = {line.key: line for line in context["lines"]}
    assert shown["active_months"].value == "12 of 12 months"
    assert shown["active_months"].measure == "Target: 12 of 12 months"
    assert sum(line.gave for line in context["lines"] if line.gave is not None) == pytest.approx(
        explained.score, abs=Decimal("0.05")
    )
    assert [words for _change, words in context["changes"]] == [f"First grade: {explained.held}"]


def grade_score(partner: Partner) -> Decimal:
    with staff_scope(partner.manufacturer_id):
        score = PartnerSummary.objects.get(partner=partner).score
    assert score is not None
    return score


def test_a_partner_without_a_grade_is_told_how_it_comes(client_for: SignIn, rep: Membership) -> None:
    response = client_for(rep).get("/hanbit/portal/grade/")
    assert response.context["title"] == "Seoul Agency has no grade yet"
    assert "You get a grade when your manufacturer next recomputes grades." in response.content.decode()


def test_a_partner_plays_its_figures_through(client_for: SignIn, rep: Membership, valued: Partner) -> None:
    client, url = client_for(rep), "/hanbit/portal/grade/play/"
    before = grade_score(valued)
    same = client.get(url)
    assert same.context["difference"] == 0
    worse = client.get(url, {"kpi_active_months": "0"})
    assert worse.context["difference"] < 0
    assert worse.context["played"]["explained"].score == before + worse.context["difference"]
    wrong = client.get(url, {"kpi_active_months": "13", "kpi_revenue": "much", "kpi_return_share": "-1"})
    assert "Ensure this value is less than or equal to 12" in wrong.context["verdict"]
    assert "Ensure this value is greater than or equal to 0" in wrong.context["verdict"]
    assert "Enter a number" in wrong.context["verdict"]
    assert grade_score(valued) == before


def test_playing_tells_nothing_of_another_partner(
    client_for: SignIn, sibling_rep: Membership, valued: Partner, sibling: Partner
) -> None:
    context = client_for(sibling_rep).get("/hanbit/portal/grade/play/").context
    assert context["played"]["explained"].partner == sibling
    assert context["played"]["explained"].score == grade_score(sibling)


def test_the_grade_page_is_the_partners_own(
    client_for: SignIn, owner: Membership, stranger: Membership, valued: Partner
) -> None:
    for member in (owner, stranger):
        assert client_for(member).get("/hanbit/portal/grade/").status_code == 404
        assert client_for(member).get("/hanbit/portal/grade/play/").status_code == 404


def test_grades_are_gone_where_they_are_switched_off(
    client_for: SignIn, owner: Membership, rep: Membership, valued: Partner
) -> None:
    with staff_scope(valued.manufacturer_id):
        Partner.objects.filter(pk=valued.pk).update(functions_off=["grades"])
    assert client_for(rep).get("/hanbit/portal/grade/").status_code == 404
    manufacturer = owner.manufacturer
    manufacturer.functions_off = ["grades"]
    with staff_scope(manufacturer.pk):
        manufacturer.save(update_fields=["functions_off"])
    client = client_for(owner)
    for path in ("grades/", "programmes/", f"partners/{valued.pk}/grade/"):
        assert client.get(f"/hanbit/{path}").status_code == 404
    assert {"score", "grade_history"}.isdisjoint(panels_of(client, valued.pk))


@pytest.mark.parametrize("url", ["/hanbit/portal/grade/", "/hanbit/portal/grade/play/"])
def test_a_partners_grade_asks_the_same_number_of_queries_at_any_size(
    client_for: SignIn, rep: Membership, valued: Partner, url: str
) -> None:
    client, counts = client_for(rep), []
    for first in (1, 4):
        counts.append(count_queries(client, url))
        with staff_scope(valued.manufacturer_id):
            for number in range(first, first + 3):
                GradeChange.objects.create(
                    manufacturer_id=valued.manufacturer_id,
                    partner=valued,
                    day=today() - dt.timedelta(days=number),
                    reason=ChangeReason.PROMOTION,
                    from_tier=grade_tier(valued),
                    to_tier=grade_tier(valued),
                )
    assert counts[0] == counts[1]


def grade_tier(partner: Partner) -> Tier:
    return Grade.objects.select_related("tier").get(partner=partner).tier


def test_the_page_of_grades_asks_the_same_number_of_queries_at_any_size(
    client_for: SignIn, manager: Membership, waiting: Partner
) -> None:
    client, counts = client_for(manager), []
    for _round in range(2):
        counts.append(count_queries(client, "/hanbit/grades/"))
        for _number in range(3):
            other = PartnerFactory(manufacturer=waiting.manufacturer, kind=waiting.kind)
            with staff_scope(waiting.manufacturer_id):
                known = Grade.objects.get(partner=waiting)
                Grade.objects.create(
                    manufacturer_id=waiting.manufacturer_id,
                    partner=other,
                    programme_id=known.programme_id,
                    tier_id=known.tier_id,
                    pending_tier_id=known.pending_tier_id,
                    pending_since=today(),
                    since=today(),
                )
    assert counts[0] == counts[1]
