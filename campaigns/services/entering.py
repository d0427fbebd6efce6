"""What came back by post, fax or phone, as staff type it or paste it from a sheet: a line for each reader."""

import datetime as dt
import string
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.addresses import BY_NUMBER, address_key
from campaigns.answers import ANSWERS, REPLIED
from campaigns.models import Campaign, Recipient, ResponseKind
from campaigns.services.answering import Said, follow_up, reader_of
from campaigns.services.responses import record, record_all
from tenancy.errors import DomainError

BACK = "back"
MOST_LINES = 5000
MOST_PROBLEMS = 20
# Whose name, address or number is among those typed. A word is asked for in each of its cases, since the database and Python
# do not make small letters of quite the same (“ΣΟΦΟΣ”, “İ”): which of these is meant Python tells.
MEANT = """
    WITH typed AS (SELECT lower(word) AS word FROM unnest(%(words)s::text[]) AS word)
    SELECT r.id, r.name, r.address, r.partner_name FROM campaigns_recipient r
    WHERE r.campaign_id = %(campaign)s AND r.left_out = '' AND r.arm IN ('pilot', 'rest') AND (
        lower(r.name) IN (SELECT word FROM typed) OR lower(btrim(r.address, %(blanks)s)) IN (SELECT word FROM typed)
        OR regexp_replace(r.address, '\\D', '', 'g') = ANY (%(numbers)s::text[])
    )
"""


class EnteringError(DomainError):
    """Lines that cannot be taken, each with a sentence."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Line:
    """One line: who, what, when, and words."""

    number: int
    who: str
    what: str
    at: dt.datetime
    words: str


@transaction.atomic
def enter_results(campaign: Campaign, text: str) -> int:
    """Take lines of address or name, answer, day and words, parted by tabs or semicolons; returns how many are new.

    An answer is followed up as one by a click is. The same line again is the same response. Where one line cannot be
    taken none is, and EnteringError says of each why.
    """
    lines, problems = _read(campaign, text)
    readers = _readers(campaign, lines, problems)
    if problems:
        raise EnteringError(problems[:MOST_PROBLEMS])
    return _enter(lines, readers)


def _read(campaign: Campaign, text: str) -> tuple[list[Line], list[str]]:
    lines, problems = [], []
    zone, now = zoneinfo.ZoneInfo(campaign.manufacturer.timezone), timezone.now()
    for number, row in enumerate(text.splitlines(), start=1):
        if not row.strip():
            continue
        cells = [cell.strip() for cell in row.split("\t" if "\t" in row else ";")] + ["", "", ""]
        who, what, day, words = cells[0], cells[1].lower() or REPLIED, cells[2], cells[3]
        at = now
        try:
            if day:
                at = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(12), tzinfo=zone)
        except ValueError:
            problems.append(_("Line %(number)s: write the day as in 2026-06-30.") % {"number": number})
        if at > now + dt.timedelta(days=1):
            problems.append(_("Line %(number)s: the day has not come yet.") % {"number": number})
        if what not in (REPLIED, BACK, *ANSWERS):
            problems.append(
                _("Line %(number)s: “%(what)s” is no answer. Use one of those named below.")
                % {"number": number, "what": what[:40]}
            )
        lines.append(Line(number, who, what, min(at, now), words))
    if not lines:
        problems.append(_("Write a line for each who answered."))
    if len(lines) > MOST_LINES:
        problems = [_("At most %(most)s lines at once.") % {"most": MOST_LINES}]
    return lines, problems


def _readers(campaign: Campaign, lines: Iterable[Line], problems: list[str]) -> dict[str, Recipient]:
    """Who is meant, by address or else by name; told where nobody is, or several are."""
    found: dict[str, list[Recipient]] = {}
    typed = {line.who for line in lines}
    keys = {address_key(campaign.channel, who) for who in typed}
    asked = {
        "campaign": campaign.pk,
        "words": sorted({form for who in typed | keys for form in (who, who.lower(), who.upper())} - {""}),
        "numbers": sorted(keys - {""}) if campaign.channel in BY_NUMBER else [],
        "blanks": string.whitespace,
    }
    for row in Recipient.objects.raw(MEANT, asked):
        for key in {row.name.lower(), row.address.lower(), address_key(campaign.channel, row.address)} - {""}:
            found.setdefault(key, []).append(row)
    known: dict[str, Recipient] = {}
    for line in lines:
        key = line.who.lower()
        meant = found.get(key) or found.get(address_key(campaign.channel, line.who), [])
        if len(meant) == 1:
            known[key] = meant[0]
        elif meant:
            problems.append(
                _("Line %(number)s: several readers are called “%(who)s”: give the address.")
                % {"number": line.number, "who": line.who[:80]}
            )
        else:
            problems.append(
                _("Line %(number)s: this campaign was not sent to “%(who)s”.")
                % {"number": line.number, "who": line.who[:80]}
            )
    return known


def _enter(lines: Iterable[Line], readers: Mapping[str, Recipient]) -> int:
    """Keep what came back; how many are new. What nobody has to act on is kept for all of a day at once."""
    count = 0
    days: dict[tuple[str, dt.datetime], dict[int, str]] = {}
    for line in lines:
        row = readers[line.who.lower()]
        if line.what in (REPLIED, BACK):
            days.setdefault((line.what, line.at), {}).setdefault(row.pk, line.words)
        else:
            count += _answer(row, line)
    for (what, at), words in days.items():
        if what == BACK:
            count += record_all(words, ResponseKind.BOUNCE, at=at, key="typed")
        else:
            details = {number: _detail(what, said) for number, said in words.items()}
            count += record_all(details, ResponseKind.TYPED, at=at, key=_key(what, at))
    return count


def _answer(row: Recipient, line: Line) -> bool:
    """Keep an answer, and have it followed up where it is new."""
    detail, key = _detail(line.what, line.words), _key(line.what, line.at)
    is_new = record(row, ResponseKind.TYPED, at=line.at, detail=detail, key=key)
    reader = reader_of(row.pk) if is_new else None
    if reader is not None:
        follow_up(reader, Said(line.what, words=line.words), line.at)
    return is_new


def _detail(what: str, words: str) -> str:
    return f"{what} {words}".strip()


def _key(what: str, at: dt.datetime) -> str:
    return f"{what}-{at:%Y%m%d}"
