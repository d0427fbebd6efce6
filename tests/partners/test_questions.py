"""What is asked of partners grows with their stage: completeness, forms, rounds, journeys and reminders follow."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Notice
from partners import services
from partners.completeness import completeness_of, counted_fields, percent_filled
from partners.forms.partners import PortalProfileForm
from partners.journey_steps import with_profile
from partners.models import ConfirmationAsk, CustomField, Partner, ProfileQuestion, Stage
from partners.questions import all_questions, asked_at, decided_questions, questions_of
from partners.selectors.questions import asked_anew, count_by_stage, question_history
from partners.services import PartnerError
from partners.services.questions import save_questions
from partners.waiting.partners import profile_to_look_after
from tenancy.models import Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import CustomFieldFactory, PartnerFactory

pytestmark = pytest.mark.django_db

URL = "/hanbit/settings/questions/"


def asked(stage: str) -> list[str]:
    return [each.name for each in asked_at(all_questions(), stage)]


def of(partner: Partner) -> Partner:
    return Partner.objects.get(pk=partner.pk)


def test_little_is_asked_at_first_and_more_later(manufacturer: Any) -> None:
    with staff_scope(manufacturer.pk):
        assert asked("draft") == ["city", "country"]
        assert asked("prospect") == ["phone", "email", "city", "country", "website"]
        assert asked("applicant") == [
            "phone", "email", "business_number", "address", "city", "postal_code", "country", "website",
        ]  # fmt: skip
        assert asked("onboarding") == [
            *("phone", "email", "business_number", "address", "city", "postal_code", "country"),
            *("opening_hours", "employees", "languages", "established_year", "website"),
        ]
        assert asked("active") == asked("dormant") == asked("ended") == asked("onboarding")
        assert [count for _stage, count in count_by_stage(all_questions())] == [2, 5, 8, 12, 12]
        assert "lead_capacity" not in counted_fields()


def test_one_query_reads_all_questions(manufacturer: Any) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="b", labels={"en": "Bee"}, is_required=True, order=2)
    CustomFieldFactory(manufacturer=manufacturer, key="a", labels={"en": "Ay"}, is_required=True, order=3)
    CustomFieldFactory(manufacturer=manufacturer, key="c", labels={"en": "Sea"}, partner_edits=False, order=1)
    with staff_scope(manufacturer.pk):
        save_questions({"custom.b": ("active", True), "phone": ("", False), "crew_count": ("active", False)})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            questions = all_questions()
        assert len(queries) == 1
        assert questions == questions_of(CustomField.objects.all(), decided_questions())
        own = [(each.name, each.label, each.stage, each.is_required, each.partner_edits) for each in questions[-3:]]
    assert own == [
        ("custom.c", "Sea", None, False, False),
        ("custom.b", "Bee", Stage.ACTIVE, True, True),
        ("custom.a", "Ay", Stage.DRAFT, False, True),
    ]


FILLED: list[dict[str, Any]] = [
    {},
    {"city": "Seoul"},
    {"phone": "1", "email": "a@b.example", "city": "Seoul", "custom": {"sign": "A"}},
    {"website": "https://a.example", "languages": ["ko"], "employees": 0, "crew_count": 3, "address": "1"},
    {"business_number": "1", "address": "1", "city": "1", "postal_code": "1", "custom": {"size": 0}},
]


@pytest.mark.parametrize(
    "decided",
    [
        {},
        {"crew_count": ("active", True), "phone": ("", False), "custom.sign": ("applicant", True)},
        dict.fromkeys(("city", "country"), ("active", False)),
        dict.fromkeys(("city", "country", "phone", "email", "website", "custom.size"), ("", False)),
    ],
)
def test_the_database_counts_as_python_does_at_every_stage(manufacturer: Any, decided: dict[str, Any]) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="sign", is_required=True)
    CustomFieldFactory(manufacturer=manufacturer, key="size", is_required=True)
    CustomFieldFactory(manufacturer=manufacturer, key="other", is_required=False)
    for stage in Stage.values:
        for values in FILLED:
            PartnerFactory(manufacturer=manufacturer, stage=stage, **{"country": ""} | values)
    with staff_scope(manufacturer.pk):
        save_questions(decided)
        questions = all_questions()
        counted = Partner.objects.annotate(percent=percent_filled())
        assert len(counted) == len(FILLED) * len(Stage.values)
        for partner in counted:
            assert partner.percent == completeness_of(partner, questions).percent, (partner.stage, partner.custom)


def test_where_nothing_is_asked_all_is_there(manufacturer: Any) -> None:
    draft = PartnerFactory(manufacturer=manufacturer, stage="draft", country="")
    active = PartnerFactory(manufacturer=manufacturer, country="")
    with staff_scope(manufacturer.pk):
        everything = {each.name: ("", False) for each in all_questions()}
        save_questions(everything | {"phone": ("prospect", True)})
        found = dict(Partner.objects.annotate(percent=percent_filled()).values_list("pk", "percent"))
        assert found == {draft.pk: Decimal("100.00"), active.pk: Decimal("0.00")}
        save_questions(everything)
        found = dict(Partner.objects.annotate(percent=percent_filled()).values_list("pk", "percent"))
        assert found == {draft.pk: Decimal("100.00"), active.pk: Decimal("100.00")}
        assert completeness_of(active, all_questions()).next is None


def test_a_prospect_is_complete_before_it_is_asked_for_more(manufacturer: Any) -> None:
    values = {"phone": "1", "email": "a@b.example", "city": "Seoul", "country": "KR"}
    partner = PartnerFactory(manufacturer=manufacturer, stage="prospect", **values)
    with staff_scope(manufacturer.pk):
        questions = all_questions()
        result = completeness_of(partner, questions)
        assert (result.percent, [field.name for field in result.missing], result.step) == (80, ["website"], 20)
        assert result.needed == []
        partner.stage = Stage.APPLICANT
        result = completeness_of(partner, questions)
        assert result.percent == 50
        assert [field.name for field in result.needed] == ["business_number", "address", "postal_code"]
        assert [each.name for each in asked_anew(partner, "prospect", "applicant", questions)] == [
            "business_number",
            "address",
            "postal_code",
        ]
        assert asked_anew(partner, "active", "dormant", questions) == []


def test_questions_are_kept_with_their_history(manufacturer: Any, owner: Membership) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="sign", labels={"en": "Sign"})
    with staff_scope(manufacturer.pk):
        assert save_questions({"phone": ("prospect", True)}) == 0  # as it was
        assert save_questions({"phone": ("draft", True), "custom.sign": ("active", True), "email": ("", True)}) == 3
        assert save_questions({"phone": ("draft", True), "email": ("", False)}) == 0
        assert CustomField.objects.get(key="sign").is_required
        assert save_questions({"custom.sign": ("", False)}) == 1
        assert not CustomField.objects.get(key="sign").is_required
        changes = [(change.label, change.before, change.after) for change in question_history(all_questions())]
        assert changes[0] == ("Sign", "needed from “Active” on", "not asked")
        assert sorted(changes[1:]) == [
            ("E-mail", "needed from “Prospect” on", "not asked"),
            ("Phone", "needed from “Prospect” on", "needed from “Draft” on"),
            ("Sign", "not asked", "needed from “Active” on"),
        ]
        with pytest.raises(PartnerError, match="no field shoe_size"):
            save_questions({"shoe_size": ("draft", False)})
        with pytest.raises(PartnerError, match="one of the stages"):
            save_questions({"phone": ("dormant", False)})


def test_an_own_field_that_counts_again_is_asked_again(manufacturer: Any) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="sign", is_required=True)
    with staff_scope(manufacturer.pk):
        save_questions({"custom.sign": ("", False)})
        assert "custom.sign" not in asked("active")
        CustomField.objects.update(is_required=True)  # on its own page
        assert "custom.sign" in asked("draft")


def test_the_portal_shows_what_is_asked_now_and_folds_the_rest(
    client_for: Any, partner_admin: Membership, partner: Partner
) -> None:
    CustomFieldFactory(manufacturer=partner.manufacturer, key="sign", labels={"en": "Sign"}, is_required=True)
    CustomFieldFactory(manufacturer=partner.manufacturer, key="hobby", labels={"en": "Hobby"})
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="prospect", employees=3)
    with partner_scope(partner.manufacturer_id, partner.pk):
        member = Membership.objects.select_related("manufacturer").get(pk=partner_admin.pk)
        form = PortalProfileForm(member=member, instance=of(partner))
        shown = [field.name for _title, fields in form.sections for field in fields]
        assert shown == ["employees", "phone", "email", "website", "country", "city", "specialisations", "custom_sign"]
        folded = {str(title): [field.name for field in fields] for title, fields in form.folded}
        assert folded == {
            "Asked from the stage “Applicant” on": ["business_number", "postal_code", "address"],
            "Asked from the stage “Onboarding” on": ["established_year", "opening_hours", "languages"],
            "Not asked, but good to know": [
                "local_name", "showroom_area", "region", "lead_capacity", "crew_count", "custom_hobby",
            ],
        }  # fmt: skip
    page = client_for(partner_admin).get("/hanbit/portal/profile/edit/").content.decode()
    assert "What is asked later, and what you can tell besides" in page
    # What is folded is saved as well, and what went wrong there stands open.
    client = client_for(partner_admin)
    answer = client.post("/hanbit/portal/profile/edit/", {"showroom_area": "big", "phone": "1"})
    opened = [field.name for _title, fields in answer.context["form"].sections for field in fields]
    assert "showroom_area" in opened
    assert client.post("/hanbit/portal/profile/edit/", {"showroom_area": "12", "phone": "1"}).status_code == 302
    with staff_scope(partner.manufacturer_id):
        assert (of(partner).showroom_area, of(partner).phone) == (12, "1")


def waiting(member: Membership) -> list[tuple[str, str]]:
    with partner_scope(member.manufacturer_id, member.partner_id):
        fresh = Membership.objects.select_related("partner", "manufacturer").get(pk=member.pk)
        return [(item.title, item.detail) for item in profile_to_look_after(fresh)]


def test_moving_a_partner_on_asks_it_for_what_is_missing(
    client_for: Any, owner: Membership, partner_admin: Membership, rep: Membership, partner: Partner
) -> None:
    values = {"phone": "1", "email": "a@b.example", "city": "Seoul", "country": "KR", "website": "https://a.example"}
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="prospect", confirmed_at=timezone.now(), **values)
    assert waiting(partner_admin) == []
    page = client_for(owner).get(f"/hanbit/partners/{partner.pk}/stage/?to=applicant").content.decode()
    assert "The partner is asked for 3 more answers" in page
    with staff_scope(partner.manufacturer_id):
        services.set_stage(of(partner), "applicant", by=owner)
        told = Notice.objects.filter(kind="partners.profile_asked")
        assert [(notice.recipient_id, notice.facts["count"]) for notice in told] == [(partner_admin.pk, 3)]
    assert waiting(partner_admin) == [
        ("3 answers about your company are needed", "business number, street and number, postal code")
    ]
    with staff_scope(partner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(business_number="1", address="2", postal_code="3")
        services.set_stage(of(partner), "ended", by=owner, note="x")
        assert Notice.objects.filter(kind="partners.profile_asked").count() == 1  # who leaves is asked for nothing
    assert waiting(partner_admin)[0][0] == "Complete your profile"  # nothing that is needed


def test_what_only_staff_fill_in_does_not_wait_for_the_partner(
    manufacturer: Any, partner_admin: Membership, partner: Partner
) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="rating", is_required=True, partner_edits=False)
    with staff_scope(manufacturer.pk):
        everything = {each.name: ("", False) for each in all_questions()}
        save_questions(everything | {"custom.rating": ("draft", True), "is_exclusive": ("draft", True)})
        Partner.objects.filter(pk=partner.pk).update(confirmed_at=timezone.now())
    assert waiting(partner_admin) == []


def test_rounds_do_not_ask_for_what_comes_later(manufacturer: Any, owner: Membership, partner: Partner) -> None:
    old = timezone.now() - dt.timedelta(days=800)
    values = {"phone": "1", "opening_hours": "9-18", "showroom_area": 5, "country": "", "city": ""}
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(stage="prospect", confirmed_at=old, **values)
        services.start_round(
            Partner.objects.all(), months=12, due_on=timezone.localdate() + dt.timedelta(days=7), by=owner
        )
        assert sorted(ConfirmationAsk.objects.get().fields) == ["phone", "showroom_area"]


def test_steps_of_journeys_wait_for_what_is_asked(manufacturer: Any) -> None:
    values = {"phone": "1", "email": "a@b.example", "employees": 3, "established_year": 1990}
    partner = PartnerFactory(manufacturer=manufacturer, stage="prospect", **values)
    with staff_scope(manufacturer.pk):
        assert with_profile([partner.pk], "contact") == {partner.pk}
        assert with_profile([partner.pk], "company") == set()  # the business number is asked on any journey
        assert with_profile([partner.pk], "") == set()
        save_questions({"business_number": ("", False)})
        assert with_profile([partner.pk], "company") == {partner.pk}
        save_questions({"business_number": ("active", True)})
        assert with_profile([partner.pk], "company") == {partner.pk}  # later
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        assert with_profile([partner.pk], "company") == set()


def test_the_settings_page(client_for: Any, owner: Membership, manager: Membership, manufacturer: Any) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="sign", labels={"en": "<b>Sign</b>"})
    client = client_for(owner)
    page = client.get(URL)
    text = page.content.decode()
    assert "An active partner is asked for 12 answers" in text
    assert "<b>Sign" not in text
    data = {name: bound.value() or "" for name, bound in ((b.name, b) for b in page.context["form"])}
    data = {name: value for name, value in data.items() if value is not False and value != ""}
    assert "Nothing was changed." in client.post(URL, data, follow=True).content.decode()
    number = next(n for n, each in enumerate(page.context["form"].questions) if each.name == "crew_count")
    changed = data | {f"stage_{number}": "active", f"needed_{number}": "on"}
    for said in ("1 question is changed.", "Nothing was changed."):  # twice the same
        assert said in client.post(URL, changed, follow=True).content.decode()
    text = client.get(URL).content.decode()
    assert "An active partner is asked for 13 answers" in text
    assert "needed from “Active” on" in text
    assert "Owner Kim" in text
    assert client.post(URL, data | {f"stage_{number}": "nonsense"}).status_code == 200
    assert "There is no field shoes" in client.post(URL, data | {"name_0": "shoes"}, follow=True).content.decode()
    assert "1 question is changed." in client.post(URL, {"propose": "1"}, follow=True).content.decode()
    with staff_scope(manufacturer.pk):
        assert ProfileQuestion.objects.get(field="crew_count").stage == ""
    assert client_for(manager).get(URL).status_code == 403


def test_the_settings_page_asks_the_same_queries_for_many_fields(
    client_for: Any, owner: Membership, manufacturer: Any
) -> None:
    client = client_for(owner)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL).status_code == 200
        return len(queries)

    with staff_scope(manufacturer.pk):
        save_questions({"phone": ("draft", True)})
    count()
    few = count()
    for number in range(15):
        CustomFieldFactory(manufacturer=manufacturer, key=f"k{number}", is_required=True)
    with staff_scope(manufacturer.pk):
        save_questions({f"custom.k{number}": ("active", True) for number in range(15)})
    assert count() == few
