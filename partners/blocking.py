"""Which pairs of companies are worth comparing: those that share a key.

Pure: no Django, no database. Comparing all pairs of 100,000 companies would take five thousand million comparisons;
blocking (Fellegi and Sunter 1969; Christen, "Data Matching", 2012, chapter 4) compares only companies that share at
least one of several keys, chosen so that each way of writing a company differently leaves one key alone. A key that
very many companies share (a city's name, a franchise's domain) tells too little and is passed over.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import polars as pl

from partners.company_names import core, romanise, sounds
from partners.matching import Prepared

MOST_IN_BLOCK = 40
"""A key shared by more companies than this says too little to compare them all."""
PAIRS_AT_ONCE = 200_000
"""How many pairs are handed on at a time, so that memory stays bounded."""


def blocking_keys(company: Prepared) -> set[str]:
    """The keys by which other records of the same company are found."""
    keys: set[str] = set()
    place = company.postal_code[:3] or company.city[:4]
    number = " ".join(sorted(company.address_numbers)) if company.address_numbers else ""
    for parts, (letters, core_letters) in zip(company.names, company.letters, strict=True):
        own = core(parts.base)
        joined = own.replace(" ", "")
        keys.add(f"n{letters}")
        keys.add(f"c{core_letters}")
        keys.add("t" + " ".join(sorted(parts.base.split())))
        keys.add(f"s{_heard(own)}")
        start = joined[:5] if joined.isascii() else joined[:2]
        end = joined[-5:] if joined.isascii() else joined[-2:]
        if place:
            keys.add(f"a{place} {start}")
            keys.add(f"z{place} {end}")
            keys.add(f"f{company.postal_code or place} {own.split(' ')[0]}")
        if company.address_numbers:
            keys.add(f"h{number} {start}")
        if len(joined) >= (9 if joined.isascii() else 5):
            keys.add("p" + (joined[:9] if joined.isascii() else joined[:5]))
            keys.add("e" + (joined[-9:] if joined.isascii() else joined[-5:]))
    if company.business_number:
        keys.add(f"b{company.business_number}")
    if company.phone:
        keys.add(f"o{company.phone[-8:]}")
    if company.email:
        keys.add(f"m{company.email}")
    keys.update(f"d{domain}" for domain in company.domains)
    if company.address and company.address_numbers:
        keys.add(f"w{place} {company.address}")
        if company.postal_code:
            keys.add(f"x{company.postal_code} {number}")
    return keys


def hashed(key: str) -> int:
    """A key as a whole number of 64 bits, as the database and the frames below keep it."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def pairs(keys: pl.DataFrame, *, changed: Iterable[int] | None = None) -> Iterator[list[tuple[int, int]]]:
    """The pairs of companies that share a key of (`key`, `company`), each once, the smaller id first.

    With `changed`, only the pairs that contain one of those companies.
    """
    useful = keys.filter(pl.len().over("key").is_between(2, MOST_IN_BLOCK)).lazy()
    right = useful.rename({"company": "other"})
    if changed is None:
        found = useful.join(right, on="key").filter(pl.col("company") < pl.col("other"))
    else:
        mine = useful.filter(pl.col("company").is_in(list(changed)))
        found = mine.join(right, on="key").filter(pl.col("company") != pl.col("other"))
    ordered = (
        found.select(pl.min_horizontal("company", "other").alias("a"), pl.max_horizontal("company", "other").alias("b"))
        .unique()
        .sort("a", "b")
        .collect(engine="streaming")
    )
    for start in range(0, ordered.height, PAIRS_AT_ONCE):
        yield ordered.slice(start, PAIRS_AT_ONCE).rows()


def _heard(words: str) -> str:
    """The sound of a name, the same in either script; the letters themselves where they cannot be romanised."""
    latin = words if words.isascii() else romanise(words)
    return sounds(latin) if latin else words.replace(" ", "")
