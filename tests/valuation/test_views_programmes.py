"""Pages about programmes: list, rules, editor, live check, preview, publishing."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.commerce.test_selectors import sold_on
from tests.factories import MembershipFactory, PartnerKindFactory
from tests.valuation.test_views import today
from valuation import services
from valuation.models import Programme, ProgrammeStatus
from valuation.services import ProgrammeDraft

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]


@pytest.fixture
def draft(manufacturer: Any) -> Programme:
    """A programme of the usual kind, not yet published."""
    PartnerKindFactory(manufacturer=manufacturer, code="agency")
    with staff_scope(manufacturer.pk):
        return services.create_draft(services.default_draft(effective_from=dt.date(2026, 1, 1)), code="usual", by=None)


def rules_of(programme: Programme) -> ProgrammeDraft:
    with staff_scope(programme.manufacturer_id):
        return services.draft_of(Programme.objects.get(pk=programme.pk))


def status_of(programme: Programme) -> str:
    with staff_scope(programme.manufacturer_id):
        return Programme.objects.get(pk=programme.pk).status


def sent(client: Client, programme: Programme, **changes: Any) -> dict[str, Any]:
    """What the editor sends when nothing but `changes` was touched."""
    editor = client.get(f"/hanbit/programmes/{programme.pk}/edit/").context["editor"]
    data: dict[str, Any] = {"tier_count": str(len(editor.tiers))}
    for form in editor.forms:
        for field in form:
            value = field.value()
            if isinstance(value, dict):
                data |= {f"{field.html_name}_{language}": text for language, text in value.items()}
            elif value not in (None, False):
                data[field.html_name] = value
    return data | changes


# --- List and rules


def test_the_list_says_which_programme_is_in_force(
    client_for: SignIn, owner: Membership, draft: Programme, manufacturer: Any
) -> None:
    client = client_for(owner)
    empty = client.get("/hanbit/programmes/").context
    assert (empty["title"], [row.state for row in empty["rows"]]) == (
        "No programme values your partners yet",
        ["Draft"],
    )
    with staff_scope(manufacturer.pk):
        services.publish(draft, by=owner)
        services.new_version(draft, by=owner, effective_from=dt.date(2030, 1, 1))
    filled = client.get("/hanbit/programmes/").context
    assert filled["title"] == f"“{filled['rows'][0].programme}” values your partners"
    assert [(row.programme.version, row.state) for row in filled["rows"]] == [(2, "Draft"), (1, "In force")]


def test_everybody_on_the_staff_reads_the_rules(client_for: SignIn, analyst: Membership, draft: Programme) -> None:
    context = client_for(analyst).get(f"/hanbit/programmes/{draft.pk}/").context
    assert [tier.code for tier, _needs in context["tiers"]] == ["platinum", "gold", "silver", "bronze", "registered"]
    assert round(sum(kpi.share for kpi in context["kpis"]), 6) == 100
    assert context["can_edit"] is False


def test_programmes_are_edited_by_owners_only(
    client_for: SignIn, manager: Membership, stranger: Membership, partner_admin: Membership, draft: Programme
) -> None:
    paths = ["edit/", "check/", "preview/", "publish/", "version/", "retire/", "delete/"]
    for member, status in ((manager, 403), (stranger, 404), (partner_admin, 404)):
        for path in paths:
            assert client_for(member).post(f"/hanbit/programmes/{draft.pk}/{path}").status_code == status
        assert client_for(member).post("/hanbit/programmes/new/").status_code == status
    for path in paths:
        assert client_for(stranger).post(f"/tokai/programmes/{draft.pk}/{path}").status_code == 404
    assert status_of(draft) == ProgrammeStatus.DRAFT


# --- The editor


def test_a_new_programme_begins_with_the_usual_rules(client_for: SignIn, owner: Membership) -> None:
    response = client_for(owner).post("/hanbit/programmes/new/")
    with staff_scope(owner.manufacturer_id):
        programme = Programme.objects.get()
    assert response["Location"] == f"/hanbit/programmes/{programme.pk}/edit/"
    assert len(rules_of(programme).tiers) == 5
    assert programme.effective_from.day == 1


def test_saving_untouched_changes_nothing(client_for: SignIn, owner: Membership, draft: Programme) -> None:
    client = client_for(owner)
    before = rules_of(draft)
    response = client.post(f"/hanbit/programmes/{draft.pk}/edit/", sent(client, draft))
    assert response["Location"] == f"/hanbit/programmes/{draft.pk}/"
    assert rules_of(draft) == before


def test_rules_are_changed(client_for: SignIn, owner: Membership, draft: Programme, manufacturer: Any) -> None:
    with staff_scope(manufacturer.pk):
        kind = draft.kinds.model.objects.get()
    client = client_for(owner)
    changes = {
        "names_en": "Agencies",
        "kinds": [str(kind.pk)],
        "effective_from": "2027-01-01",
        "period": "month",
        "grace_periods": "1",
        "promotion": "approval",
        "kpi-revenue-weight": "50",
        "kpi-revenue-method": "target",
        "kpi-revenue-target": "1000000",
        "kpi-orders-weight": "",
        "tier-0-needs_active_months": "11",
        "tier-3-remove": "on",
        "tier-5-names_en": "Diamond",
        "tier-5-min_score": "35",
        "tier-5-colour": "bronze",
        "stay": "1",
    }

    response = client.post(f"/hanbit/programmes/{draft.pk}/edit/", sent(client, draft, **changes))

    assert response["Location"] == f"/hanbit/programmes/{draft.pk}/edit/"
    rules = rules_of(draft)
    assert (rules.names["en"], list(rules.kinds), rules.effective_from) == ("Agencies", [kind.pk], dt.date(2027, 1, 1))
    assert (rules.period, rules.grace_periods, rules.promotion) == ("month", 1, "approval")
    revenue = next(kpi for kpi in rules.kpis if kpi.key == "revenue")
    assert (revenue.weight, revenue.method, revenue.target) == (50, "target", 1_000_000)
    assert "orders" not in {kpi.key for kpi in rules.kpis}
    assert rules.tiers[0].requirements == {"active_months": 11}
    assert {tier.names["en"] for tier in rules.tiers} == {"Platinum", "Gold", "Silver", "Registered", "Diamond"}


def test_what_cannot_be_read_is_marked_and_not_saved(client_for: SignIn, owner: Membership, draft: Programme) -> None:
    client, before = client_for(owner), rules_of(draft)
    data = sent(client, draft, **{"kpi-revenue-weight": "heavy", "tier-0-min_score": "121", "effective_from": ""})
    editor = client.post(f"/hanbit/programmes/{draft.pk}/edit/", data).context["editor"]
    wrong = {field.html_name for form in editor.forms for field in form if field.errors}
    assert wrong == {"kpi-revenue-weight", "tier-0-min_score", "effective_from"}
    assert rules_of(draft) == before


def test_a_foreign_kind_cannot_be_chosen(
    client_for: SignIn, owner: Membership, draft: Programme, other_manufacturer: Any
) -> None:
    foreign = PartnerKindFactory(manufacturer=other_manufacturer)
    client = client_for(owner)
    data = sent(client, draft, kinds=[str(foreign.pk)])
    editor = client.post(f"/hanbit/programmes/{draft.pk}/edit/", data).context["editor"]
    assert list(editor.programme.errors) == ["kinds"]
    assert list(rules_of(draft).kinds) == []


def test_the_check_says_what_stands_against_publishing(client_for: SignIn, owner: Membership, draft: Programme) -> None:
    client, url = client_for(owner), f"/hanbit/programmes/{draft.pk}/check/"
    ready = client.post(url, sent(client, draft))
    assert ready.context["problems"] == []
    assert "Ready to be published." in ready.content.decode()
    upside_down = client.post(url, sent(client, draft, **{"tier-1-min_score": "95"}))
    assert [control for _message, control in upside_down.context["problems"]] == ["id_tier-1-min_score"]
    shares = client.post(url, sent(client, draft, **{"kpi-revenue-weight": "1000"})).context["kpis"]
    assert shares[0].share > 90
    unreadable = client.post(url, sent(client, draft, **{"kpi-revenue-weight": "heavy"}))
    assert unreadable.context["problems"] == [("Weight: Enter a number.", "id_kpi-revenue-weight")]
    assert rules_of(draft).tiers[1].min_score == 80


def test_the_preview_says_who_would_move(client_for: SignIn, owner: Membership, draft: Programme, partner: Any) -> None:
    client, url = client_for(owner), f"/hanbit/programmes/{draft.pk}/preview/"
    nothing = client.post(url, sent(client, draft)).context
    assert nothing["title"] == "There are no scores yet: recompute grades once, then look who would move."
    sold_on(partner, today(), 1000)
    with staff_scope(owner.manufacturer_id):
        services.publish(draft, by=owner)
        services.recompute(today())
        version = services.new_version(draft, by=owner, effective_from=dt.date(2030, 1, 1))
    same = client.post(f"/hanbit/programmes/{version.pk}/preview/", sent(client, version)).context
    assert same["title"] == "Nobody would move"
    easy = {f"tier-{number}-min_score": f"0.0{5 - number}" for number in range(4)}
    moved = client.post(f"/hanbit/programmes/{version.pk}/preview/", sent(client, version, **easy)).context
    assert moved["title"] == "1 would rise, 0 would fall"
    assert moved["chart"].rows[0][1:] == ["Platinum", "1"]
    wrong = client.post(url, sent(client, version, **{"kpi-revenue-weight": "heavy"})).context
    assert wrong["title"] == "Mend what is marked first, then look who would move."


# --- Steps


def test_a_programme_is_published_once_and_frozen(client_for: SignIn, owner: Membership, draft: Programme) -> None:
    client = client_for(owner)
    data = sent(client, draft)
    client.post(f"/hanbit/programmes/{draft.pk}/publish/")
    assert status_of(draft) == ProgrammeStatus.PUBLISHED
    before = rules_of(draft)
    assert client.get(f"/hanbit/programmes/{draft.pk}/edit/")["Location"] == f"/hanbit/programmes/{draft.pk}/"
    client.post(f"/hanbit/programmes/{draft.pk}/edit/", data | {"grace_periods": "9"})
    client.post(f"/hanbit/programmes/{draft.pk}/delete/")
    assert rules_of(draft) == before
    again = client.post(f"/hanbit/programmes/{draft.pk}/publish/", follow=True)
    assert [message.level_tag for message in again.context["messages"]][-1] == "error"


def test_a_programme_with_problems_is_not_published(client_for: SignIn, owner: Membership, draft: Programme) -> None:
    client = client_for(owner)
    client.post(f"/hanbit/programmes/{draft.pk}/edit/", sent(client, draft, **{"tier-1-min_score": "95"}))
    client.post(f"/hanbit/programmes/{draft.pk}/publish/")
    assert status_of(draft) == ProgrammeStatus.DRAFT
    assert client.get(f"/hanbit/programmes/{draft.pk}/").context["problems"] != []


def test_a_new_version_starts_from_the_rules_in_force(client_for: SignIn, owner: Membership, draft: Programme) -> None:
    client = client_for(owner)
    client.post(f"/hanbit/programmes/{draft.pk}/publish/")
    response = client.post(f"/hanbit/programmes/{draft.pk}/version/")
    with staff_scope(owner.manufacturer_id):
        version = Programme.objects.get(version=2)
    assert response["Location"] == f"/hanbit/programmes/{version.pk}/edit/"
    assert rules_of(version).tiers == rules_of(draft).tiers
    assert rules_of(version).kpis == rules_of(draft).kpis


def test_a_programme_is_retired_and_a_draft_thrown_away(
    client_for: SignIn, owner: Membership, draft: Programme
) -> None:
    client = client_for(owner)
    client.post(f"/hanbit/programmes/{draft.pk}/publish/")
    client.post(f"/hanbit/programmes/{draft.pk}/retire/")
    assert status_of(draft) == ProgrammeStatus.RETIRED
    client.post("/hanbit/programmes/new/")
    with staff_scope(owner.manufacturer_id):
        other = Programme.objects.get(status=ProgrammeStatus.DRAFT)
    assert client.post(f"/hanbit/programmes/{other.pk}/delete/")["Location"] == "/hanbit/programmes/"
    with staff_scope(owner.manufacturer_id):
        assert list(Programme.objects.all()) == [draft]


@pytest.mark.parametrize("role", list(Role))
def test_who_may_read_programmes(
    client_for: SignIn, manufacturer: Any, partner: Any, draft: Programme, role: Role
) -> None:
    is_partner = role.startswith("partner")
    member = MembershipFactory(manufacturer=manufacturer, role=role, partner=partner if is_partner else None)
    expected = 404 if is_partner else 200
    for path in ("", f"{draft.pk}/"):
        assert client_for(member).get(f"/hanbit/programmes/{path}").status_code == expected
