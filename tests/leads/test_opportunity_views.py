import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from commerce.models import CustomerKey
from leads.models import Opportunity, OpportunityActivity, StateRequest
from leads.services import opportunities as services
from leads.services import state_requests
from leads.services.state_requests import Ticket, token_of
from partners.models import Partner
from tenancy.access import member_scope
from tenancy.models import DataKind, Membership, Sharing
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory, PartnerMemberFactory
from tests.leads.factories import LeadReasonFactory
from tests.leads.opportunities import age, customer_of, fresh, opened, stages_of

SignIn = Callable[[Membership], Client]
PORTAL = "/hanbit/portal/opportunities/"
STAFF = "/hanbit/opportunities/"


def test_a_partner_opens_moves_and_wins_one(client_for: SignIn, rep: Membership) -> None:
    client, stages = client_for(rep), stages_of(rep.manufacturer)
    answer = client.post(
        f"{PORTAL}new/",
        {
            "name": "Lobby floor",
            "new_customer": "Daehan Hotel",
            "amount": "5000000",
            "currency": "KRW",
            "next_step": "Visit",
            "next_step_on": "2026-12-01",
            "product_0": "Oak in words",
            "quantity_0": "300",
        },
    )
    with staff_scope(rep.manufacturer_id):
        found = Opportunity.objects.select_related("customer").get()
        assert (found.name, found.customer.name, found.customer.served_by_id) == (  # type: ignore[union-attr]
            "Lobby floor",
            "Daehan Hotel",
            rep.partner_id,
        )
        assert [(line.name, line.quantity) for line in found.lines.all()] == [("Oak in words", Decimal(300))]
        assert CustomerKey.objects.filter(customer=found.customer).exists()
        assert (found.customer.source, found.customer.created_by_id) == ("partner", rep.pk)  # type: ignore[union-attr]
    page = f"{PORTAL}{found.pk}/"
    assert answer.url == page  # type: ignore[attr-defined]
    assert "Lobby floor, next: Visit" in client.get(page).content.decode()

    client.post(f"{page}move/", {"stage": stages["quote"].pk, "seen": stages["contact"].pk})
    assert fresh(found).stage.code == "quote"
    late = client.post(f"{page}move/", {"stage": stages["needs"].pk, "seen": stages["contact"].pk}, follow=True)
    assert "meanwhile" in late.content.decode()
    to_won = client.post(f"{page}move/", {"stage": stages["won"].pk, "seen": stages["quote"].pk})
    assert to_won.url == f"{page}won/?seen={stages['quote'].pk}"  # type: ignore[attr-defined]
    client.post(f"{page}won/", {"amount": "4800000", "currency": "KRW", "seen": stages["quote"].pk})
    assert (fresh(found).stage.code, fresh(found).won_amount) == ("won", Decimal(4800000))
    assert client.get(PORTAL).status_code == client.get(page).status_code == 200


def test_a_new_one_says_what_is_missing(client_for: SignIn, rep: Membership) -> None:
    answer = client_for(rep).post(f"{PORTAL}new/", {"name": "x", "quantity_1": "3"})
    assert answer.context["form"].errors == {
        "customer": ["Choose a customer, or give the name of a new one."],
        "product_1": ["Say which product."],
    }


def test_an_edit_keeps_products_and_never_overwrites_a_colleague(client_for: SignIn, rep: Membership) -> None:
    opportunity = opened(rep, lines=[services.Line(name="Oak", amount=Decimal(70))])
    client, page = client_for(rep), f"{PORTAL}{opportunity.pk}/"
    form = client.get(f"{page}edit/").context["form"]
    given = {name: "" if form[name].value() is None else form[name].value() for name in form.fields} | {"name": "New"}
    assert given["product_0"] == "Oak"
    assert client.post(f"{page}edit/", given).status_code == 302
    assert (fresh(opportunity).name, fresh(opportunity).amount) == ("New", Decimal(70))
    again = client.post(f"{page}edit/", given | {"name": "Late"})
    assert list(again.context["form"].non_field_errors()) == [
        "A colleague has changed this meanwhile. Look at it again, then change it."
    ]
    assert fresh(opportunity).name == "New"


def test_lost_asks_for_a_reason(client_for: SignIn, rep: Membership) -> None:
    opportunity, reason = opened(rep), LeadReasonFactory(manufacturer=rep.manufacturer)
    client, page = client_for(rep), f"{PORTAL}{opportunity.pk}/"
    assert client.post(f"{page}lost/", {"note": "x"}).status_code == 200
    client.post(f"{page}lost/", {"reason": reason.pk, "note": "Too dear"})
    assert (fresh(opportunity).reason, fresh(opportunity).reason_note) == (reason, "Too dear")


def test_activities_and_reps(client_for: SignIn, rep: Membership, partner_admin: Membership) -> None:
    opportunity = opened(partner_admin)
    page = f"{PORTAL}{opportunity.pk}/"
    client_for(rep).post(f"{page}activity/", {"kind": "call", "summary": "<script>alert(1)</script>"})
    client_for(rep).post(f"{page}activity/", {"kind": "call", "summary": " "})
    with staff_scope(rep.manufacturer_id):
        assert OpportunityActivity.objects.count() == 1
    assert "&lt;script&gt;alert(1)" in client_for(rep).get(page).content.decode()
    client_for(partner_admin).post(f"{page}rep/", {"rep": rep.pk})
    assert fresh(opportunity).rep == rep


def test_an_agency_reads_what_its_shops_show_and_changes_nothing(
    client_for: SignIn, rep: Membership, sibling_rep: Membership, partner_admin: Membership
) -> None:
    house, agency = rep.manufacturer, PartnerFactory(manufacturer=rep.manufacturer)
    above = PartnerMemberFactory(manufacturer=house, partner=agency, role="partner_rep")
    shop, silent = rep.partner, sibling_rep.partner
    with staff_scope(house.pk):
        Partner.objects.filter(pk__in=[shop.pk, silent.pk]).update(parent=agency)
        Sharing.objects.create(partner=shop, above=agency, data_kind=DataKind.PIPELINE)
    shown = opened(rep, "Lobby floor", amount=Decimal(700), customer=customer_of(rep, name="Daehan Hotel"))
    opened(sibling_rep, "Silent floor")
    client, page = client_for(above), f"{PORTAL}shops/"
    html = client.get(page).content.decode()
    assert ("Lobby floor" in html, shop.name in html, "Of our partners" in html) == (True, True, True)
    assert not any(words in html for words in ("Silent floor", silent.name, "Daehan Hotel", f"{PORTAL}{shown.pk}/"))
    export: Any = client.get(f"{page}?shop={shop.pk}&export=csv")
    sheet = b"".join(export.streaming_content).decode("utf-8-sig")
    assert ("Lobby floor" in sheet, "Silent floor" in sheet, "Daehan" in sheet) == (True, False, False)
    assert "Of our partners" in client.get(f"{PORTAL}list/").content.decode()
    assert client.get(f"{PORTAL}{shown.pk}/").status_code == 404
    stage = stages_of(house)["quote"].pk
    assert client.post(f"{PORTAL}{shown.pk}/move/", {"stage": stage}).status_code == 404
    assert fresh(shown).stage.code == "contact"

    assert "Lobby floor" not in client_for(sibling_rep).get(page).content.decode()  # a shop beside it
    assert "Of our partners" not in client_for(partner_admin).get(f"{PORTAL}list/").content.decode()
    with staff_scope(house.pk):
        Sharing.objects.update(withdrawn_at=timezone.now())
    assert "Lobby floor" not in client.get(page).content.decode()
    with staff_scope(house.pk):
        Partner.objects.filter(pk=agency.pk).update(functions_off=["sub_partners"])
    assert client.get(page).status_code == 404


def test_another_partner_finds_nothing(client_for: SignIn, rep: Membership, sibling_rep: Membership) -> None:
    opportunity = opened(rep)
    client = client_for(sibling_rep)
    for step in ("", "edit/", "won/", "lost/", "answer/"):
        assert client.get(f"{PORTAL}{opportunity.pk}/{step}").status_code == 404
    for step in ("move", "activity", "rep"):
        assert client.post(f"{PORTAL}{opportunity.pk}/{step}/", {"stage": 1}).status_code == 404
    assert fresh(opportunity).stage.code == "contact"


def test_who_sees_only_assigned_partners_sees_no_other(
    client_for: SignIn, rep: Membership, manager: Membership
) -> None:
    opportunity = opened(rep)
    with staff_scope(rep.manufacturer_id):
        manager.assigned_only = True
        manager.save(update_fields=["assigned_only"])
    client = client_for(manager)
    assert client.get(f"{STAFF}{opportunity.pk}/").status_code == 404
    assert client.post(f"{STAFF}{opportunity.pk}/ask/").status_code == 404
    assert client.get(f"{STAFF}list/").context["list"].page.rows == []
    with staff_scope(rep.manufacturer_id):
        rep.partner.channel_manager = manager  # type: ignore[union-attr]
        rep.partner.save(update_fields=["channel_manager"])  # type: ignore[union-attr]
    assert client.get(f"{STAFF}{opportunity.pk}/").status_code == 200


def test_staff_note_ask_and_see(client_for: SignIn, rep: Membership, manager: Membership) -> None:
    opportunity = opened(rep)
    client, page = client_for(manager), f"{STAFF}{opportunity.pk}/"
    client.post(f"{page}note/", {"summary": "Sample is on its way"})
    client.post(f"{page}ask/")
    client.post(f"{page}ask/")
    with staff_scope(rep.manufacturer_id):
        assert StateRequest.objects.count() == 1
    assert "Sample is on its way" in client.get(page).content.decode()
    assert "asked on" in client_for(rep).get(f"{PORTAL}{opportunity.pk}/").content.decode()


# --- The link in the mail ---------------------------------------------------------------------------------------------


@pytest.fixture
def asked(rep: Membership, manager: Membership) -> Any:
    opened(rep)
    with staff_scope(rep.manufacturer_id):
        state_requests.ask_for_state(Opportunity.objects.all(), by=manager)
        return StateRequest.objects.select_related("opportunity").get()


def link(asked: Any, member: Membership) -> str:
    return f"/hanbit/public/state/{token_of(Ticket(asked.manufacturer_id, asked.partner_id, asked.pk, member.pk))}/"


def test_a_click_shows_a_page_and_only_its_button_answers(asked: Any, rep: Membership) -> None:
    scanner, stages = Client(), stages_of(rep.manufacturer)
    for _visit in range(3):
        assert scanner.get(link(asked, rep)).status_code == 200
    assert fresh(asked.opportunity).stage.code == "contact"
    given = {"stage": stages["quote"].pk, "next_step": "Call", "note": ""}
    assert "Thank you" in Client().post(link(asked, rep), given).content.decode()
    assert (fresh(asked.opportunity).stage.code, fresh(asked.opportunity).next_step) == ("quote", "Call")
    assert Client().post(link(asked, rep), given).status_code == 410
    assert Client().get(link(asked, rep)).status_code == 410


def test_the_mail_carries_the_readers_own_link(asked: Any, rep: Membership) -> None:
    from notices.models import Notice
    from notices.registry import kind_by_key
    from notices.wording import word

    with staff_scope(rep.manufacturer_id):
        notice = Notice.objects.get(recipient=rep, kind="leads.state_asked")
        text = word(notice, kind_by_key("leads.state_asked"), rep).text  # type: ignore[arg-type]
    found = re.search(r"https?://[^/]+(/hanbit/public/state/\S+)", text)
    assert found
    assert Client().get(found.group(1)).status_code == 200


def test_links_that_are_made_up_late_or_of_who_has_left_answer_nothing(asked: Any, rep: Membership) -> None:
    assert Client().get("/hanbit/public/state/made-up/").status_code == 404
    stages = stages_of(rep.manufacturer)
    with staff_scope(rep.manufacturer_id):
        StateRequest.objects.update(expires_at=timezone.now())
    assert Client().post(link(asked, rep), {"stage": stages["quote"].pk}).status_code == 410
    with staff_scope(rep.manufacturer_id):
        StateRequest.objects.update(expires_at=timezone.now() + dt.timedelta(days=1))
        Membership.objects.filter(pk=rep.pk).update(is_active=False, left_at=timezone.now())
    assert Client().post(link(asked, rep), {"stage": stages["quote"].pk}).status_code == 410
    assert fresh(asked.opportunity).stage.code == "contact"


# --- Queries ----------------------------------------------------------------------------------------------------------


def count_queries(client: Client, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_boards_lists_and_forecast_ask_the_same_number_of_queries(
    client_for: SignIn, rep: Membership, manager: Membership
) -> None:
    urls = [
        (rep, PORTAL),
        (rep, f"{PORTAL}list/"),
        (manager, STAFF),
        (manager, f"{STAFF}list/"),
        (manager, "/hanbit/forecast/"),
        (rep, "/hanbit/portal/forecast/"),
    ]
    opened(rep, expected_close=dt.date(2027, 1, 1))
    few = [count_queries(client_for(member), url) for member, url in urls]
    for number in range(5):
        opened(rep, f"Another {number}", expected_close=dt.date(2027, 1 + number, 1))
    assert [count_queries(client_for(member), url) for member, url in urls] == few


def test_columns_are_paged_by_key(client_for: SignIn, rep: Membership) -> None:
    customer = customer_of(rep)
    for number in range(14):
        opened(rep, f"No. {number}", customer=customer, next_step="x", next_step_on=dt.date(2026, 12, 1 + number))
    client = client_for(rep)
    column, _count, _cards, _before, more = client.get(PORTAL).context["columns"][0]
    assert [card.name for card in column.page.rows] == [f"No. {number}" for number in range(12)]
    assert (column.count, column.amount) == (14, Decimal(14000000))
    column, _count, _cards, before, more = client.get(f"{PORTAL}{more}").context["columns"][0]
    assert ([card.name for card in column.page.rows], more, before) == (["No. 12", "No. 13"], "", "?")


def test_what_stands_still_waits_on_both_home_pages(client_for: SignIn, rep: Membership, manager: Membership) -> None:
    with staff_scope(rep.manufacturer_id):
        rep.partner.channel_manager = manager  # type: ignore[union-attr]
        rep.partner.save(update_fields=["channel_manager"])  # type: ignore[union-attr]
    opportunity = opened(rep, "Quiet lobby")
    age(opportunity, 30)
    with staff_scope(rep.manufacturer_id):
        services.mark_stalled()
    assert "Quiet lobby" in client_for(rep).get("/hanbit/portal/").content.decode()
    assert "1 opportunity stands still" in client_for(manager).get("/hanbit/").content.decode()
    found = client_for(manager).get(f"{STAFF}list/?stalled=true&q=quiet").context["list"].page.rows
    assert [row.pk for row in found] == [opportunity.pk]
    with member_scope(rep, rep.user):
        services.set_next_step(opportunity, next_step="Call", next_step_on=None, by=rep)
    assert "Quiet lobby" not in client_for(rep).get("/hanbit/portal/").content.decode()


def test_the_board_is_narrowed_as_the_list_is_and_keeps_that_in_its_address(
    client_for: SignIn, rep: Membership, manager: Membership
) -> None:
    opened(rep, "Lobby floor")
    opened(rep, "Roof")
    stages, hidden = stages_of(rep.manufacturer), opened(rep, "Lobby wall")
    with member_scope(rep, rep.user):
        services.move_opportunity(hidden, stages["quote"], by=rep)
    for member, base in ((rep, PORTAL), (manager, STAFF)):
        client = client_for(member)
        query = f"q=lobby&stage={stages['contact'].pk}"
        page = client.get(f"{base}?{query}")
        assert [card.name for column, *_urls in page.context["columns"] for card in column.page.rows] == ["Lobby floor"]
        assert page.context["title"].startswith("1 opportunity is on its way")
        assert [chip.label for chip in page.context["filters"].chips] == ["Stage"]
        assert f'href="{base}list/?{query.replace("&", "&amp;")}"' in page.content.decode()
        nothing = client.get(f"{base}?q=nowhere").content.decode()
        assert 'name="q"' in nothing
        assert "No opportunities yet" not in nothing
    answer = client_for(rep).post(
        f"{PORTAL}{hidden.pk}/move/", {"stage": stages["needs"].pk, "board": "?q=lobby", "seen": stages["quote"].pk}
    )
    assert answer.headers["Location"] == f"{PORTAL}?q=lobby"
