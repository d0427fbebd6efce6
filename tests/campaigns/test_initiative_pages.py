"""The pages of initiatives: from the form to the partner's last step, what a page costs, and what is never shown."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.kpis import initiative_rows
from campaigns.models import Initiative, InitiativePartner, InitiativeStep
from campaigns.services import initiatives as services
from campaigns.timeline_sources.initiatives import initiatives as told_of
from partners.audiences.fields import Catalogue, fitting
from partners.audiences.tree import Condition, Group, Op, Test
from partners.models import Partner
from partners.timeline import Before
from tenancy.models import Manufacturer, Membership
from tenancy.rls import staff_scope
from tenancy.waiting import waiting_for
from tests.campaigns.factories import AssetFactory
from tests.campaigns.initiatives import (
    as_partner,
    audience_of,
    day,
    draft,
    finish_all,
    photo,
    row_of,
    started,
    works,
)
from tests.factories import PartnerFactory, PartnerMemberFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
STAFF, PORTAL = "/hanbit/initiatives/", "/hanbit/portal/initiatives/"


def test_from_the_form_to_the_last_step(
    manufacturer: Manufacturer,
    owner: Membership,
    partner: Any,
    rep: Membership,
    client_for: SignIn,
    settings: Any,
    tmp_path: Any,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    staff, portal = client_for(owner), client_for(rep)
    with staff_scope(manufacturer.pk):
        audience = audience_of(owner, partner)
        asset = AssetFactory(manufacturer=manufacturer, titles={"en": "Shelf plan"}, state="published")
    said = {
        "name_en": "<b>Aqua</b> shelf", "goal_en": "Every showroom", "owner": owner.pk, "audience": audience.pk,
        "starts_on": day(0), "ends_on": day(20), "kpi": "", "kpi_target": "5",
    }  # fmt: skip
    assert "Say which KPI the number is of." in staff.post(f"{STAFF}new/", said).content.decode()
    assert staff.post(f"{STAFF}new/", said | {"kpi": "orders"}).status_code == 302
    with staff_scope(manufacturer.pk):
        initiative = Initiative.objects.get()
    own, theirs = f"{STAFF}{initiative.pk}/", f"{PORTAL}{initiative.pk}/"
    assert "add a step" in staff.get(own).content.decode()
    step = {"title_en": "Build it", "text_en": "1. *Clear* <script>x</script>", "proof": "file", "assets": [asset.pk]}
    both = staff.post(f"{own}steps/new/", step | {"due_days": "3", "due_on": day(3)})
    assert "Give a day or a number of days, not both." in both.content.decode()
    assert staff.post(f"{own}steps/new/", step | {"due_days": "3"}).status_code == 302
    staff.post(f"{own}steps/new/", {"title_en": "Tell us", "proof": "none"})
    page = staff.get(own).content.decode()
    assert "<em>Clear</em>" in page
    assert "<script>x" not in page
    assert "<b>Aqua" not in page
    assert portal.get(theirs).status_code == 404
    staff.post(f"{own}act/", {"act": "start"})
    staff.post(f"{own}act/", {"act": "start"})  # a second click
    page = portal.get(PORTAL).content.decode()
    assert "1 initiative to carry out" in page
    assert "<b>Aqua" not in page
    assert row_of(initiative, partner).seen_at is None
    page = portal.get(theirs).content.decode()
    assert "Shelf plan" in page
    assert "<em>Clear</em>" in page
    assert row_of(initiative, partner).seen_by_id == rep.pk
    first, second = works(initiative, partner)
    portal.post(f"{theirs}act/", {"act": "begin", "work": first.pk})
    page = portal.post(f"{theirs}act/", {"act": "done", "work": first.pk}, follow=True).content.decode()
    assert "Add a photo" in page
    page = portal.post(
        f"{theirs}act/", {"act": "done", "work": first.pk, "note": "Two", "file": photo()}, follow=True
    ).content.decode()
    assert "shelf.pdf" in page
    page = portal.post(f"{theirs}act/", {"act": "done", "work": first.pk}, follow=True).content.decode()
    assert "marked as done already" in page
    page = portal.post(f"{theirs}act/", {"act": "done", "work": second.pk}, follow=True).content.decode()
    assert "That was the last step" in page
    assert "1 of 1 partners carried it out" in staff.get(own).content.decode()
    page = staff.get(f"{own}partners/{row_of(initiative, partner).pk}/").content.decode()
    assert "shelf.pdf" in page
    assert rep.name in page
    assert "runs" in staff.get(f"{own}?tab=result").content.decode()
    assert "Seoul Agency" in staff.get(f"{own}partners/?export=csv").getvalue().decode()  # type: ignore[attr-defined]
    assert "Aqua" in staff.get(f"{STAFF}?export=csv").getvalue().decode()  # type: ignore[attr-defined]


def test_who_may_not_is_refused(
    manufacturer: Manufacturer,
    owner: Membership,
    analyst: Membership,
    partner: Any,
    sibling_rep: Membership,
    client_for: SignIn,
) -> None:
    initiative = started(owner, partner)
    (work, _second) = works(initiative, partner)
    row = row_of(initiative, partner)
    looker, sibling = client_for(analyst), client_for(sibling_rep)
    for act in ("end", "remind", "copy"):
        assert looker.post(f"{STAFF}{initiative.pk}/act/", {"act": act, "reason": "x"}).status_code == 403
    page = f"{STAFF}{initiative.pk}/partners/{row.pk}/"
    assert looker.post(page, {"work": work.pk, "act": "done"}).status_code == 403
    assert sibling.post(f"{PORTAL}{initiative.pk}/act/", {"act": "done", "work": work.pk}).status_code == 404
    own = started(owner, sibling_rep.partner)
    # The step of another company, named in the own one's page.
    assert sibling.post(f"{PORTAL}{own.pk}/act/", {"act": "done", "work": work.pk}).status_code == 404
    assert sibling.post(f"{PORTAL}{own.pk}/act/", {"act": "nonsense"}).status_code == 404
    with staff_scope(manufacturer.pk):
        assert InitiativePartner.objects.filter(done_count__gt=0).count() == 0
        assert Initiative.objects.get(pk=initiative.pk).state == "running"


def test_staff_mark_a_step_for_a_partner_and_take_it_back(
    manufacturer: Manufacturer, owner: Membership, partner: Any, client_for: SignIn
) -> None:
    initiative = started(owner, partner)
    (work, _second) = works(initiative, partner)
    staff, page = client_for(owner), f"{STAFF}{initiative.pk}/partners/{row_of(initiative, partner).pk}/"
    staff.post(page, {"work": work.pk, "act": "done", "note": "By phone"})
    done = works(initiative, partner)[0]
    assert (done.done_by_id, done.note) == (owner.pk, "By phone")
    staff.post(page, {"work": work.pk, "act": "undo"})
    assert works(initiative, partner)[0].done_at is None


def test_chosen_partners_are_reminded_from_the_list(
    manufacturer: Manufacturer,
    owner: Membership,
    partner: Any,
    sibling: Any,
    rep: Membership,
    sibling_rep: Membership,
    client_for: SignIn,
) -> None:
    initiative = started(owner)
    staff, page = client_for(owner), f"{STAFF}{initiative.pk}/partners/"
    chosen = {"do": "remind", "selected": [row_of(initiative, partner).pk], "note": "Today, please", "confirmed": "1"}
    answer = staff.post(page, chosen, follow=True).content.decode()
    assert "1 person is reminded." in answer
    assert "Stands still" in staff.get(f"{page}?stands=stalled").content.decode()
    assert staff.get(f"{page}?stands=done&stands=late").status_code == 200


def test_pages_cost_the_same_however_many_partners_and_steps(
    manufacturer: Manufacturer, owner: Membership, partner: Any, rep: Membership, client_for: SignIn
) -> None:
    staff, portal = client_for(owner), client_for(rep)
    small = started(owner)
    for _number in range(4):
        PartnerMemberFactory(manufacturer=manufacturer)
    large = started(owner, steps=({},) * 6)
    for initiative in (small, large):
        portal.get(f"{PORTAL}{initiative.pk}/")  # seen

    def cost(client: Client, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    for page in ("", "?tab=steps", "partners/"):
        assert cost(staff, f"{STAFF}{small.pk}/{page}") == cost(staff, f"{STAFF}{large.pk}/{page}"), page
    assert cost(portal, f"{PORTAL}{small.pk}/") == cost(portal, f"{PORTAL}{large.pk}/")
    few = cost(staff, STAFF), cost(portal, PORTAL)
    for _number in range(3):
        started(owner)
    assert (cost(staff, STAFF), cost(portal, PORTAL)) == few


# --- Where else it is seen --------------------------------------------------------------------------------------------


def test_home_pages_say_what_is_to_be_carried_out_and_who_is_late(
    manufacturer: Manufacturer, owner: Membership, manager: Membership, partner: Any, rep: Membership
) -> None:
    initiative = started(owner, partner, steps=({"due_days": 2}, {}))
    with as_partner(rep):
        items = [item for item in waiting_for(rep) if "initiatives" in item.url]
        assert [(item.title, item.detail) for item in items] == [
            ("Show the new floor", "Initiative: 0 of 2 steps done")
        ]
        assert items[0].due is not None
        assert timezone.localdate(items[0].due) == day(2)
    with staff_scope(manufacturer.pk):
        assert not [item for item in waiting_for(owner) if "initiatives" in item.url]
        InitiativePartner.objects.update(next_due_on=day(-1))
        assert [item.title for item in waiting_for(owner) if "initiatives" in item.url] == [
            "1 partner is late: Show the new floor"
        ]
        assert not [item for item in waiting_for(manager) if "initiatives" in item.url]
    finish_all(initiative, partner, rep)
    with as_partner(rep):
        assert not [item for item in waiting_for(rep) if "initiatives" in item.url]


def test_speed_and_share_are_kpis_of_what_is_through(
    manufacturer: Manufacturer, owner: Membership, partner: Any, sibling: Any, rep: Membership
) -> None:
    def kpis() -> dict[int, dict[str, str]]:
        with staff_scope(manufacturer.pk), connection.cursor() as cursor:
            cursor.execute(*initiative_rows(timezone.localdate(), 1, 2**40))
            return {pk: json.loads(values) for pk, values, _facts in cursor.fetchall()}

    assert kpis()[partner.pk] == {}
    now = timezone.now()
    for told, taken in ((30, 4), (60, None), (400, 2)):
        initiative = started(owner, partner, sibling)
        with staff_scope(manufacturer.pk):
            rows = InitiativePartner.objects.filter(initiative=initiative)
            rows.update(told_at=now - dt.timedelta(days=told))
            if taken is not None:
                done_at = now - dt.timedelta(days=told - taken)
                rows.filter(partner=partner).update(done_at=done_at, done_count=2)
            if told == 60:
                services.end(initiative, by=owner, reason="Over")
                Initiative.objects.filter(pk=initiative.pk).update(ended_at=now - dt.timedelta(days=50))
    # Carried out in 4 days; not carried out within the 10 days that it ran; what is longer ago does not count.
    assert kpis()[partner.pk] == {"initiative_days": "7", "initiatives_done": "50"}
    # The other one's still runs; only the one that is over counts.
    assert kpis()[sibling.pk] == {"initiative_days": "10", "initiatives_done": "0"}


def test_audiences_timeline_and_search_know_them(
    manufacturer: Manufacturer,
    owner: Membership,
    partner: Any,
    sibling: Any,
    rep: Membership,
    sibling_rep: Membership,
    client_for: SignIn,
) -> None:
    initiative = started(owner, partner, sibling)
    draft(owner, sibling, names={"en": "Hidden floor"})
    finish_all(initiative, partner, rep)
    with as_partner(sibling_rep):
        services.finish(works(initiative, sibling)[0], by=sibling_rep)

    def found(field: str, test: Test, value: Any) -> list[str]:
        tree = Group(Op.ALL, (Condition(field, test, value),))
        with staff_scope(manufacturer.pk):
            rows = fitting(Partner.objects.all(), tree, Catalogue(owner).fields)
            return sorted(rows.values_list("code", flat=True))

    key = [str(initiative.pk)]
    assert found("initiative_done", Test.ANY_OF, key) == ["A1"]
    assert found("initiative_done", Test.NONE_OF, key) == ["B1"]
    assert found("initiative_told", Test.ANY_OF, key) == ["A1", "B1"]
    assert found("initiative_open", Test.ANY_OF, key) == ["B1"]
    assert found("initiative_steps", Test.AT_LEAST, 51) == ["A1"]
    assert found("initiative_steps", Test.AT_LEAST, 50) == ["A1", "B1"]
    with staff_scope(manufacturer.pk):
        assert [(entry.title, entry.text) for entry in told_of(sibling.pk, Before(), 5)] == [
            ("Initiative: Show the new floor", "1 of 2 steps done")
        ]
    page = client_for(owner).get(f"/hanbit/partners/{partner.pk}/", {"tab": "work"}).content.decode()
    assert "2 of 2 steps" in page
    assert b"Hidden floor" in client_for(owner).get("/hanbit/search/", {"q": "floor hidden"}).content
    portal = client_for(sibling_rep)
    assert b"Show the new floor" in portal.get("/hanbit/portal/search/", {"q": "new floor"}).content
    assert b"Hidden floor" not in portal.get("/hanbit/portal/search/", {"q": "floor"}).content


def test_who_only_looks_has_not_seen_it(
    manufacturer: Manufacturer, owner: Membership, partner: Any, rep: Membership
) -> None:
    initiative = started(owner, partner)
    from tenancy.rls import scope

    with scope("partner", manufacturer=manufacturer.pk, partner=partner.pk, read_only=True):
        services.mark_seen(InitiativePartner.objects.get(), by=rep)
    assert row_of(initiative, partner).seen_at is None


def test_steps_have_a_day_each_and_no_more(manufacturer: Manufacturer, owner: Membership) -> None:
    PartnerFactory(manufacturer=manufacturer)
    initiative = started(owner, steps=({"due_days": 1}, {"due_days": 2}))
    with staff_scope(manufacturer.pk):
        assert InitiativeStep.objects.filter(initiative=initiative, works__due_on=day(1)).count() == 1


def test_what_a_partner_wrote_about_a_step_stays_until_it_is_kept(
    owner: Membership, partner: Any, partner_admin: Membership, client_for: Callable[[Membership], Client]
) -> None:
    initiative = started(owner, partner, steps=({"proof": "file"}, {}))
    first, _second = works(initiative, partner)
    url, client = f"{PORTAL}{initiative.pk}/act/", client_for(partner_admin)
    page = client.post(url, {"act": "done", "work": first.pk, "note": "Two <b>boards</b> by the door"}).content.decode()
    assert "Two &lt;b&gt;boards&lt;/b&gt; by the door</textarea>" in page
    assert works(initiative, partner)[0].done_at is None
    page = client.post(url, {"act": "begin", "work": first.pk, "note": "We begin with the window"}).content.decode()
    assert "We begin with the window</textarea>" in page
    assert works(initiative, partner)[0].started_at is not None
    page = client.post(url, {"act": "decline", "reason": "   "}).content.decode()
    assert row_of(initiative, partner).declined_at is None
    assert client.post(url, {"act": "begin", "work": first.pk}).status_code == 302
    assert client.get(url).status_code == 405
    done = {"act": "done", "work": first.pk, "note": "Two boards", "file": photo()}
    assert client.post(url, done).status_code == 302
    assert works(initiative, partner)[0].note == "Two boards"
