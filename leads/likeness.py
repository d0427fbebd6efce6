"""Whether two enquiries, or an enquiry and somebody known, come from one and the same: with the reasons.

Pure: no Django, no database. Companies are compared as partners are (`partners.matching`); where one side names no company,
by phone, mail, place and the person's name, which weighs less, since many people share one.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

from rapidfuzz.distance import JaroWinkler

from partners.blocking import blocking_keys, hashed
from partners.matching import Company, Match, Prepared, Reason, compare, gettext_noop, match_of, prepare

SHOWN_FROM = 0.5
"""From this score on a likeness is put before a person."""
KEPT = frozenset("nbomdaw")
"""Of the keys of `partners.blocking` those that are kept for leads: name, business number, phone, mail address, domain,
place with the name's beginning, and address. Each row costs an entry for every key."""
STRONG = frozenset("bom")
"""Keys that tell much even where many share them: somebody may write a hundred times."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who enquires, or who is known: a company, a person, or a person of a company."""

    company: str = ""
    local_name: str = ""
    person: str = ""
    business_number: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    address: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """A party made ready to be compared many times."""

    prepared: Prepared
    person: str


def ready(party: Party) -> Ready:
    """`party` with each field in the form in which it is compared."""
    return Ready(
        prepare(
            Company(
                name=party.company,
                local_name=party.local_name,
                business_number=party.business_number,
                phone=party.phone,
                email=party.email,
                website=party.website,
                address=party.address,
                city=party.city,
                postal_code=party.postal_code,
                country=party.country,
            )
        ),
        person_key(party.person),
    )


def person_key(name: str) -> str:
    """A person's name without titles of courtesy, case, width and, in Latin letters, the order of its words."""
    folded = re.sub(r"[^\w\s]", " ", unicodedata.normalize("NFKC", name).casefold())
    words = folded.split()
    while len(words) > 1 and words[0] in _COURTESY:
        words.pop(0)
    if words and not words[-1].isascii():
        words[-1] = _HONOURED.sub("", words[-1]) or words[-1]
    return " ".join(sorted(words)) if all(word.isascii() for word in words) else "".join(words)


_COURTESY = frozenset(["mr", "mrs", "ms", "miss", "dr", "prof"])
_HONOURED = re.compile(r"(?<=..)(?:님|씨|様|さん)$")


def keys(party: Ready) -> set[str]:
    """The keys by which others that may be the same are found; two that share none are not compared."""
    found = {key for key in blocking_keys(party.prepared) if key[0] in KEPT}
    place = party.prepared.postal_code[:3] or party.prepared.city[:4]
    if party.person and place and not party.prepared.names:
        found.add(f"q{party.person} {place}")
    return found


def hashes(party: Ready) -> dict[int, bool]:
    """The keys as the database keeps them, each with whether it tells much by itself."""
    return {hashed(key): key[0] in STRONG for key in keys(party)}


def alike(a: Ready, b: Ready) -> Match:
    """How surely both are one and the same (0..1), with the strongest reasons first."""
    if a.prepared.names and b.prepared.names:
        return compare(a.prepared, b.prepared)
    nameless = compare(_without_names(a.prepared), _without_names(b.prepared))
    reasons = list(nameless.reasons)
    if (named := _person(a.person, b.person)) is not None:
        reasons.append(named)
    return match_of(reasons)


def _without_names(party: Prepared) -> Prepared:
    return replace(party, names=(), letters=())


def _person(a: str, b: str) -> Reason | None:
    if not a or not b:
        return None
    if a == b:
        return Reason("person", 6.0, gettext_noop("Same name of the person"))
    if JaroWinkler.normalized_similarity(a, b) >= 0.92:
        return Reason("person", 3.0, gettext_noop("Similar name of the person"))
    return Reason("person", -4.0, gettext_noop("Different names of the person"))
