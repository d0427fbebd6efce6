"""Where each field of a profile comes from, and rounds that ask whether what is old is still right."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from notices.models import Notice
from partners import selectors, services
from partners.models import ConfirmationAsk, ConfirmationRound, CustomField, Partner
from partners.profile import asked_facts, profile_sections
from partners.provenance import provenance_of, stale_before, stale_fields
from partners.services import PartnerError
from partners.waiting.partners import profile_to_look_after
from tenancy.models import Membership
from tenancy.provenance import writing_as
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory
from tests.importing import bring

pytestmark = pytest.mark.django_db

TODAY = dt.datetime.now(tz=dt.UTC).date()


def noted(partner: Partner) -> dict[str, tuple[str, str]]:
    with staff_scope(partner.manufacturer_id):
        stored = Partner.objects.values_list("provenance", flat=True).get(pk=partner.pk)
    return {name: tuple(each) for name, each in stored.items()}


def change(partner: Partner, **values: Any) -> None:
    Partner.objects.filter(pk=partner.pk).update(**values)


@pytest.fixture
def bare(manufacturer: Any, partner: Partner) -> Partner:
    """A partner of whose profile nothing is known but what each test writes."""
    return PartnerFactory(
        manufacturer=manufacturer, kind=partner.kind, name="Bare", phone="", email="", city="", country=""
    )


def test_each_field_knows_who_told_it(bare: Partner) -> None:
    today = TODAY.isoformat()
    with staff_scope(bare.manufacturer_id):
        change(bare, phone="1", city="Seoul", custom={"sign": "yes"})
    with partner_scope(bare.manufacturer_id, bare.pk):
        change(bare, email="a@b.example")
    with staff_scope(bare.manufacturer_id), writing_as("import"):
        change(bare, city="Busan")
    assert noted(bare) == {
        "phone": ("staff", today),
        "city": ("import", today),
        "custom.sign": ("staff", today),
        "email": ("partner", today),
    }


def test_what_stays_the_same_or_is_emptied(bare: Partner) -> None:
    with staff_scope(bare.manufacturer_id):
        change(bare, phone="1", city="Seoul")
    with partner_scope(bare.manufacturer_id, bare.pk):
        change(bare, phone="1", city="", employees=0)
    assert {name: source for name, (source, _on) in noted(bare).items()} == {"phone": "staff", "employees": "partner"}


def test_a_confirmation_renews_the_day_and_leaves_the_source(bare: Partner) -> None:
    old = timezone.now() - dt.timedelta(days=800)
    with staff_scope(bare.manufacturer_id):
        change(bare, phone="1", city="Seoul", country="KR", confirmed_at=old)
    assert noted(bare)["phone"] == ("staff", old.date().isoformat())
    with partner_scope(bare.manufacturer_id, bare.pk):
        services.confirm_profile(Partner.objects.get(pk=bare.pk), ["phone"])
    assert noted(bare)["phone"] == ("staff", TODAY.isoformat())
    assert noted(bare)["city"] == ("staff", old.date().isoformat())
    with partner_scope(bare.manufacturer_id, bare.pk):
        services.confirm_profile(Partner.objects.get(pk=bare.pk))
    assert {on for _source, on in noted(bare).values()} == {TODAY.isoformat()}


def test_a_partner_cannot_write_its_sources(bare: Partner) -> None:
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"), partner_scope(bare.manufacturer_id, bare.pk):
        change(bare, provenance={"phone": ["register", "2099-01-01"]})


def test_an_import_is_a_source(manufacturer: Any, partner: Partner, tmp_path: Any) -> None:
    text = f"code,name,kind,city,phone\nNEW,New Shop,{partner.kind.code},Daegu,053-1\n"
    assert bring(manufacturer, "partners", text, tmp_path).new == 1
    with staff_scope(manufacturer.pk):
        made = Partner.objects.get(code="NEW")
        assert {name: known.source for name, known in provenance_of(made.provenance).items()} == {
            "city": "import",
            "phone": "import",
        }
        change(made, city="Ulsan")
    assert noted(made)["city"] == ("staff", TODAY.isoformat())


@pytest.mark.parametrize(
    ("today", "months", "before"),
    [
        ((2026, 11, 22), 12, (2025, 11, 22)),
        ((2024, 2, 29), 12, (2023, 2, 28)),
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2026, 1, 15), 13, (2024, 12, 15)),
    ],
)
def test_how_old_is_too_old(
    monkeypatch: pytest.MonkeyPatch, today: tuple[int, ...], months: int, before: tuple[int, ...]
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda **kwargs: dt.date(*today))
    assert stale_before(months) == dt.date(*before)


def test_stale_fields_are_in_the_order_in_which_they_are_asked() -> None:
    given = {
        "custom.b": ["staff", "2020-01-01"],
        "city": ["staff", "2020-01-01"],
        "phone": ["import", "2020-01-01"],
        "email": ["partner", "2026-01-01"],
    }
    before = dt.date(2025, 1, 1)
    assert stale_fields(given, before=before) == ["phone", "city", "custom.b"]
    assert stale_fields(given, before=before, among=["city", "email"]) == ["city"]


@pytest.fixture
def old(manufacturer: Any, partner: Partner) -> Partner:
    """Seoul Agency, with a phone and an own field of two years ago, and an e-mail of today."""
    with staff_scope(manufacturer.pk):
        CustomField.objects.create(key="sign", labels={"en": "Sign"}, type="text")
        change(
            partner,
            phone="02-1",
            custom={"sign": "old"},
            email="",
            city="",
            country="",
            confirmed_at=timezone.now() - dt.timedelta(days=730),
        )
        change(partner, email="new@a.example")
    return partner


def start(owner: Membership, **options: Any) -> ConfirmationRound:
    given = {"months": 12, "due_on": timezone.localdate() + dt.timedelta(days=7), "by": owner} | options
    return services.start_round(Partner.objects.all(), **given)


def test_a_round_asks_for_stale_fields_alone_and_once(
    owner: Membership, old: Partner, sibling: Partner, partner_admin: Membership, rep: Membership
) -> None:
    with staff_scope(old.manufacturer_id):
        change(sibling, confirmed_at=timezone.now())
        this = start(owner)
        assert [(ask.partner_id, sorted(ask.fields)) for ask in this.asks.all()] == [(old.pk, ["custom.sign", "phone"])]
        notices = Notice.objects.filter(kind="partners.please_confirm")
        assert [notice.recipient_id for notice in notices] == [partner_admin.pk]  # a rep may not edit the profile
        with pytest.raises(PartnerError, match="have been asked already"):
            start(owner)
        assert ConfirmationRound.objects.count() == 1
        with pytest.raises(PartnerError, match="a day after today"):
            start(owner, due_on=timezone.localdate())


def test_a_partner_answers_only_what_was_asked(
    client_for: Any, owner: Membership, old: Partner, partner_admin: Membership, sibling_rep: Membership
) -> None:
    url = "/hanbit/portal/profile/confirm/fields/"
    client = client_for(partner_admin)
    assert client.get(url).status_code == 404
    with staff_scope(old.manufacturer_id):
        start(owner)
    with partner_scope(old.manufacturer_id, old.pk):
        member = Membership.objects.select_related("partner", "manufacturer").get(pk=partner_admin.pk)
        assert [item.title for item in profile_to_look_after(member)] == [
            "Confirm what is old in your profile",
            "5 answers about your company are needed",
        ]
    page = client.get(url)
    assert [(fact.label, fact.value, fact.source) for fact in page.context["asked"]] == [
        ("Sign", "old", "our staff"),
        ("phone", "02-1", "our staff"),
    ]
    assert client.post(url, {"right": ["phone"]})["Location"] == "/hanbit/portal/profile/edit/"
    with staff_scope(old.manufacturer_id):
        assert ConfirmationAsk.objects.get().answered_at is None
    assert noted(old)["phone"][1] == TODAY.isoformat()
    assert noted(old)["custom.sign"][1] != TODAY.isoformat()
    assert client.post(url, {"right": ["custom.sign", "email"]}).status_code == 200  # e-mail was not asked
    assert client.post(url, {"right": ["custom.sign"]})["Location"] == "/hanbit/portal/profile/"
    with staff_scope(old.manufacturer_id):
        assert ConfirmationAsk.objects.get().answered_at is not None
    assert client.get(url).status_code == 404
    assert client_for(sibling_rep).get(url).status_code == 403


def test_what_the_partner_corrects_is_confirmed_by_that(owner: Membership, old: Partner) -> None:
    with staff_scope(old.manufacturer_id):
        ask = start(owner).asks.get()
    with partner_scope(old.manufacturer_id, old.pk):
        change(old, phone="02-2", custom={"sign": "new"})
        assert services.answer_ask(ask, right=[]).answered_at is not None
    assert noted(old)["phone"] == ("partner", TODAY.isoformat())


def test_staff_see_who_has_not_answered(client_for: Any, owner: Membership, old: Partner, analyst: Membership) -> None:
    client = client_for(owner)
    assert client.get("/hanbit/confirmations/").context["title"] == "Every partner has answered"
    data = {
        "do": "confirm",
        "selected": [old.pk],
        "confirmed": "1",
        "months": "12",
        "due_on": (timezone.localdate() + dt.timedelta(days=5)).isoformat(),
    }
    assert client_for(analyst).post("/hanbit/partners/", data).status_code == 403
    client.post("/hanbit/partners/", data)
    page = client.get("/hanbit/confirmations/?state=open")
    assert page.context["title"] == "1 partner has not confirmed its profile"
    assert [row.partner_id for row in page.context["list"].page.rows] == [old.pk]
    assert "phone" in page.content.decode()
    assert client.get("/hanbit/confirmations/?state=answered").context["list"].page.rows == []


def test_the_staffs_page_tells_source_and_age(old: Partner) -> None:
    with staff_scope(old.manufacturer_id):
        fresh = Partner.objects.select_related("kind").get(pk=old.pk)
        facts = {fact.label: fact for _title, shown in profile_sections(fresh, []) for fact in shown}
        assert (facts["phone"].known.source, facts["phone"].is_stale) == ("staff", True)
        assert (facts["e-mail"].known.source, facts["e-mail"].is_stale) == ("staff", False)
        assert facts["name"].known is None
        assert [fact.name for fact in asked_facts(fresh, ["phone", "city"])] == ["phone"]
        assert selectors.open_ask(fresh.pk) is None
