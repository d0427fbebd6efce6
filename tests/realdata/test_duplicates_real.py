import csv
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest

from partners.blocking import blocking_keys, hashed, pairs
from partners.matching import DEFAULT_THRESHOLD, Company, compare, match, prepare

pytestmark = pytest.mark.realdata


def _stores(data: Path) -> list[dict[str, str]]:
    with (data / "iowa_liquor_sellin" / "stores.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _company(store: dict[str, str]) -> Company:
    return Company(
        name=store["name"], address=store["address"], city=store["city"], postal_code=store["zip"], country="US"
    )


def _house_number(store: dict[str, str]) -> str:
    return store["address"].replace(",", " ").split(" ")[0]


def test_stores_of_one_name_at_different_addresses_do_not_reach_the_threshold(data: Path) -> None:
    stores = _stores(data)
    assert len(stores) == 2_296
    named = defaultdict(list)
    for store in stores:
        named[store["name"]].append(store)
    repeated = [group for group in named.values() if len(group) > 1]
    assert sum(len(group) - 1 for group in repeated) == 42  # stores whose name another store has already
    apart = [(a, b) for group in repeated for a, b in combinations(group, 2) if _house_number(a) != _house_number(b)]
    assert apart
    for a, b in apart:
        found = match(_company(a), _company(b))
        assert found.score < DEFAULT_THRESHOLD, (a, b, found)


def test_pairs_found_among_the_stores_are_at_one_address(data: Path) -> None:
    stores = _stores(data)
    prepared = [prepare(_company(store)) for store in stores]
    keys = pl.DataFrame(
        [(hashed(key), index) for index, company in enumerate(prepared) for key in blocking_keys(company)],
        schema={"key": pl.Int64, "company": pl.Int64},
        orient="row",
    )
    found = [
        (a, b)
        for chunk in pairs(keys)
        for a, b in chunk
        if compare(prepared[a], prepared[b]).score >= DEFAULT_THRESHOLD
    ]
    assert 50 <= len(found) <= 150  # licences renewed under a new number, as far as one can tell by reading them
    for a, b in found:
        assert stores[a]["city"] == stores[b]["city"] or stores[a]["zip"] == stores[b]["zip"]
