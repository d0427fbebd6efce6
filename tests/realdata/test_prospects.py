"""AdventureWorks' prospective buyers as prospects, compared with the file itself."""

import polars as pl
import pytest

from partners.models import Prospect, ProspectMove
from tenancy.rls import staff_scope
from tests.factories import ManufacturerFactory
from tests.realdata import load

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]


def test_prospective_buyers_become_prospects_and_again_nothing_changes(data, tmp_path):
    manufacturer = ManufacturerFactory(slug="adventure", currency="USD")
    buyers = load.read(data / "adventureworks_reseller/ProspectiveBuyer.csv").with_columns(
        pl.concat_str("FirstName", "LastName", separator=" ").alias("Name")
    )
    buyers.write_csv(tmp_path / "buyers.csv")

    bad = buyers.filter(~pl.col("EmailAddress").str.contains(r"@.+\.")).height  # "adavis@consolidatedmessenger"
    buyers = buyers.filter(pl.col("EmailAddress").str.contains(r"@.+\."))

    outcome = load.run(manufacturer, "prospects", tmp_path / "buyers.csv", "adventureworks_prospects", "--only-good")

    assert {name: outcome[name] for name in ("new", "changed", "unchanged", "rejected")} == {
        "new": buyers.height, "changed": 0, "unchanged": 0, "rejected": bad,
    }  # fmt: skip
    assert (buyers.height, bad) == (1954, 105)
    with staff_scope(manufacturer.pk):
        states = dict(buyers.group_by("StateProvinceCode").len().rows())
        stored = list(Prospect.objects.values_list("region", flat=True))
        assert {state: stored.count(state) for state in states} == states
        first = Prospect.objects.select_related("source").get(external_code="1")
        assert (first.company, first.email, first.phone, first.city, first.country, first.stage, first.source.code) == (
            "Adam Alexander", "aalexander@lucernepublishing.com", "516-555-0187", "Cedar City", "US", "found", "import",
        )  # fmt: skip
        assert (first.name_key, first.mail_domain, first.phone_key) == (
            "adamalexander",
            "lucernepublishing.com",
            "65550187",
        )
        assert len(set(Prospect.objects.values_list("reference", flat=True))) == buyers.height
        assert ProspectMove.objects.filter(from_stage="", to_stage="found").count() == buyers.height

    again = load.run(manufacturer, "prospects", tmp_path / "buyers.csv", "adventureworks_prospects", "--only-good")
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, buyers.height)
