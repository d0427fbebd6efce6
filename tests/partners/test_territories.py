"""Who covers which territory: by address, as declared, alone or beside others."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jobs.models import Job
from jobs.services import run_here
from partners import selectors
from partners.models import CustomField, Partner, PartnerTerritory, Territory, TerritoryRule
from partners.services import PartnerError, declare_coverage, refresh_coverage
from partners.services.territories import COVERAGE_JOB
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import CustomFieldFactory, PartnerFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[Membership], Client]


@pytest.fixture
def land(manufacturer: Any, stranger: Membership) -> dict[str, Territory]:
    """Korea with Seoul (a region and by postal codes) and Busan in it; another manufacturer has a Korea too."""
    with staff_scope(stranger.manufacturer_id):
        elsewhere = Territory.objects.create(code="korea", names={"en": "Korea"})
        TerritoryRule.objects.create(territory=elsewhere, country="KR")
    with staff_scope(manufacturer.pk):
        korea = Territory.objects.create(code="korea", names={"en": "Korea", "ko": "한국"})
        seoul = Territory.objects.create(code="seoul", names={"en": "Seoul"}, parent=korea)
        gangnam = Territory.objects.create(code="gangnam", names={"en": "Gangnam"}, parent=seoul)
        busan = Territory.objects.create(code="busan", names={"en": "Busan"}, parent=korea)
        rules = [
            (seoul, "Seoul", "", ""),
            (seoul, "", "01", "09"),
            (gangnam, "", "06000", "06499"),
            (busan, "busan", "", ""),
        ]
        for territory, region, first, last in rules:
            TerritoryRule.objects.create(
                territory=territory, country="KR", region=region, postal_from=first, postal_to=last
            )
    return {"korea": korea, "seoul": seoul, "gangnam": gangnam, "busan": busan}


def covered(partner: Partner) -> dict[str, str]:
    return {each.territory.code: each.source for each in selectors.territories_of(partner)}


def test_an_address_covers_the_territories_whose_rules_it_fits(manufacturer: Any, land: Any) -> None:
    def at(**address: str) -> dict[str, str]:
        partner = PartnerFactory(manufacturer=manufacturer, **{"country": "KR", **address})
        with staff_scope(manufacturer.pk):
            return covered(partner)

    by = "address"
    assert at() == {}
    assert at(region=" SEOUL ") == {"seoul": by}
    assert at(region="Busan", postal_code="48058") == {"busan": by}
    assert at(postal_code="06-236") == {"seoul": by, "gangnam": by}
    assert at(postal_code="０６４９９") == {"seoul": by, "gangnam": by}
    assert at(postal_code="06500") == {"seoul": by}
    assert at(postal_code="09999") == {"seoul": by}
    assert at(postal_code="10000") == {}
    assert at(region="Seoul", country="JP") == {}
    assert at(region="Seoul", country="") == {}


def test_coverage_follows_the_address_whoever_changes_it(manufacturer: Any, land: Any) -> None:
    partner = PartnerFactory(manufacturer=manufacturer, region="Seoul")
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(region="Busan")
        assert covered(partner) == {"busan": "address"}
        Partner.objects.filter(pk=partner.pk).update(name="Renamed")
        assert covered(partner) == {"busan": "address"}
        Partner.objects.filter(pk=partner.pk).update(region="")
        assert covered(partner) == {}


def test_declared_coverage_stays_and_one_partner_alone_keeps_others_out(manufacturer: Any, land: Any) -> None:
    first = PartnerFactory(manufacturer=manufacturer, region="Seoul")
    second = PartnerFactory(manufacturer=manufacturer, region="Busan", name="Second")
    with staff_scope(manufacturer.pk):
        declare_coverage(first, {land["busan"]: False, land["seoul"]: True})
        assert covered(first) == {"seoul": "declared", "busan": "declared"}
        refresh_coverage()
        assert covered(first) == {"seoul": "declared", "busan": "declared"}
        with pytest.raises(PartnerError, match="covers “Seoul” alone"):
            declare_coverage(second, {land["seoul"]: True})
        declare_coverage(first, {})
        assert covered(first) == {"seoul": "address"}
        declare_coverage(second, {land["seoul"]: True})
        assert covered(second) == {"seoul": "declared", "busan": "address"}


def test_what_an_address_lies_in(manufacturer: Any, land: Any) -> None:
    seoul, gangnam = (PartnerFactory(name=name, manufacturer=manufacturer, country="") for name in ("A", "B"))
    with staff_scope(manufacturer.pk):
        for partner, code in ((seoul, "seoul"), (gangnam, "gangnam")):
            declare_coverage(partner, {land[code]: code == "gangnam"})

        def held(country: str, region: str = "", postal_code: str = "") -> set[str]:
            keys = selectors.territories_holding([(country, region, postal_code)])[0]
            return set(Territory.objects.filter(pk__in=keys).values_list("code", flat=True))

        assert held("KR", "", "06236") == {"gangnam", "seoul", "korea"}
        assert held("KR", "Seoul") == {"seoul", "korea"}
        assert held("kr", "busan", "48058") == {"busan", "korea"}
        assert held("JP", "Seoul", "06236") == set()
        assert held("KR", "Jeju") == set()
        Territory.objects.filter(code="gangnam").update(is_retired=True)
        assert held("KR", "", "06236") == {"seoul", "korea"}
        found = selectors.covering(Partner.objects.all(), ["seoul"])
        assert sorted(found.values_list("name", flat=True)) == ["A", "B"]


def test_changed_rules_are_followed_by_a_job(
    client_for: SignIn, owner: Membership, manufacturer: Any, land: dict[str, Territory]
) -> None:
    partner = PartnerFactory(manufacturer=manufacturer, region="Jeju")
    rule = land["busan"].rules
    with staff_scope(manufacturer.pk):
        known = rule.get().pk
    data = {
        "names_en": "South",
        "code": "busan",
        "parent": land["korea"].pk,
        "order": 0,
        "rules-TOTAL_FORMS": 3,
        "rules-INITIAL_FORMS": 1,
        "rules-0-id": known,
        "rules-0-country": "KR",
        "rules-0-region": "Busan",
        "rules-1-country": "KR",
        "rules-1-region": "Jeju",
    }
    client = client_for(owner)
    response = client.post(f"/hanbit/settings/territories/{land['busan'].pk}/", data)
    assert response["Location"] == "/hanbit/settings/territories/"
    with staff_scope(manufacturer.pk):
        assert sorted(TerritoryRule.objects.filter(territory=land["busan"]).values_list("region", flat=True)) == [
            "Busan",
            "Jeju",
        ]
        job = Job.objects.get(kind=COVERAGE_JOB)
    run_here(job)
    with staff_scope(manufacturer.pk):
        assert covered(partner) == {"busan": "address"}
    page = client.get("/hanbit/settings/territories/").content.decode()
    assert "South" in page
    assert "KR Jeju" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rules-0-postal_to": "05"}, "Give the first postal code too."),
        ({"rules-0-postal_from": "09", "rules-0-postal_to": "05"}, "must not come before the first"),
        ({"rules-0-country": "", "rules-0-region": "x"}, "This field is required."),
        ({"code": "seoul"}, "Another territory has this code."),
    ],
)
def test_wrong_rules_are_refused_with_a_sentence(
    client_for: SignIn, owner: Membership, manufacturer: Any, land: Any, changes: dict[str, Any], sentence: str
) -> None:
    data = {
        "names_en": "New",
        "code": "new",
        "order": 0,
        "rules-TOTAL_FORMS": 1,
        "rules-INITIAL_FORMS": 0,
        "rules-0-country": "KR",
    }
    response = client_for(owner).post("/hanbit/settings/territories/new/", data | changes)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    with staff_scope(manufacturer.pk):
        assert not Territory.objects.filter(code="new").exists()


def test_a_territory_is_never_a_part_of_itself_and_stays_while_it_is_used(
    client_for: SignIn, owner: Membership, manufacturer: Any, land: Any, partner: Partner
) -> None:
    client = client_for(owner)
    none = {"rules-TOTAL_FORMS": 0, "rules-INITIAL_FORMS": 0, "order": 0, "names_en": "Korea"}
    page = client.post(f"/hanbit/settings/territories/{land['korea'].pk}/", none | {"parent": land["gangnam"].pk})
    assert "would be a part of itself" in page.content.decode()
    client.post(f"/hanbit/settings/territories/{land['korea'].pk}/", {"remove": "1"})
    with staff_scope(manufacturer.pk):
        assert Territory.objects.filter(code="korea").exists()
    client.post(f"/hanbit/settings/territories/{land['gangnam'].pk}/", {"remove": "1"})
    with staff_scope(manufacturer.pk):
        assert not Territory.objects.filter(code="gangnam").exists()


def test_staff_declare_what_a_partner_covers(
    client_for: SignIn, manager: Membership, analyst: Membership, manufacturer: Any, land: Any, partner: Partner
) -> None:
    url = f"/hanbit/partners/{partner.pk}/territories/"
    assert client_for(analyst).get(url).status_code == 403
    client_for(manager).post(url, {f"territory_{land['seoul'].pk}": "alone"})
    with staff_scope(manufacturer.pk):
        assert PartnerTerritory.objects.get().is_exclusive
    rows = client_for(analyst).get("/hanbit/partners/?territory=korea").context["list"].page.rows
    assert [row.pk for row in rows] == [partner.pk]


# --- Own fields as filters, and files ---------------------------------------------------------------------------------


def test_own_fields_of_every_type_narrow_the_list(
    client_for: SignIn, owner: Membership, manufacturer: Any, partner: Partner, sibling: Partner
) -> None:
    values = {
        "text": ("note", "Red brick", "?own_note=BRICK", "?own_note=blue"),
        "number": ("size", 12.5, "?own_size_min=12.5&own_size_max=13", "?own_size_min=12.6"),
        "date": (
            "since",
            "2026-06-30",
            "?own_since_after=2026-06-30&own_since_before=2026-06-30",
            "?own_since_before=2026-06-29",
        ),
        "choice": ("sign", "A", "?own_sign=A&own_sign=B", "?own_sign=B"),
        "multiple": ("tools", ["A", "C"], "?own_tools=B&own_tools=C", "?own_tools=B"),
        "file": ("paper", {"path": "x", "name": "x.pdf"}, "?own_paper=true", None),
    }
    for kind, (key, _value, _fits, _misses) in values.items():
        CustomFieldFactory(manufacturer=manufacturer, key=key, type=kind, choices=["A", "B", "C"], is_filter=True)
    with staff_scope(manufacturer.pk):
        custom = {key: value for key, value, _fits, _misses in values.values()}
        Partner.objects.filter(pk=partner.pk).update(custom=custom)
    client = client_for(owner)

    def found(query: str) -> list[str]:
        return [row.code for row in client.get(f"/hanbit/partners/{query}").context["list"].page.rows]

    for _key, _value, fits, misses in values.values():
        assert (fits, found(fits)) == (fits, ["A1"])
        if misses:
            assert (misses, found(misses)) == (misses, [])
    assert found("?own_paper=false") == ["B1"]


def test_a_file_of_an_own_field_comes_in_goes_out_and_is_taken_away(
    client_for: SignIn,
    partner_admin: Membership,
    manager: Membership,
    sibling_rep: Membership,
    manufacturer: Any,
    partner: Partner,
) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="paper", type=CustomField.Type.FILE, labels={"en": "Licence"})
    client = client_for(partner_admin)
    wrong = SimpleUploadedFile("x.html", b"<script>alert(1)</script>")
    page = client.post("/hanbit/portal/profile/edit/", {"custom_paper": wrong})
    assert "cannot be uploaded" in page.content.decode()
    client.post("/hanbit/portal/profile/edit/", {"custom_paper": SimpleUploadedFile("면허.pdf", b"%PDF-1.4 x")})
    response = client.get("/hanbit/portal/profile/files/paper/")
    assert b"".join(response.streaming_content) == b"%PDF-1.4 x"  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get("/hanbit/portal/profile/files/other/").status_code == 404
    assert client_for(sibling_rep).get("/hanbit/portal/profile/files/paper/").status_code == 404
    staff = client_for(manager)
    fetched = staff.get(f"/hanbit/partners/{partner.pk}/files/paper/")
    assert b"".join(fetched.streaming_content) == b"%PDF-1.4 x"  # type: ignore[attr-defined]
    client.post("/hanbit/portal/profile/edit/", {"custom_paper_remove": "on"})
    with staff_scope(manufacturer.pk):
        partner.refresh_from_db()
    assert "paper" not in partner.custom
