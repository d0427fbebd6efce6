"""The log of claims: lines are added one after the other, and the whole is proved."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from jobs.models import Job
from jobs.running import Progress
from jobs.services import start_job
from leads.claims import FIRST, Line, Verdict, canonical, content_hash, line_hash, verify
from leads.models import ClaimEntry, ClaimHead, DealRegistration
from tenancy.models import Membership

JOB_KIND = "verify_claims"
LINES_AT_ONCE = 5_000


@dataclass(frozen=True)
class Claim:
    """What is to be put down of a registration."""

    deal: DealRegistration
    step: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    by_name: str = ""


def lock_head() -> ClaimHead:
    """Where the log stands, kept for this transaction: whoever adds a line next waits until it has ended.

    Taken before any registration is locked. Whatever two people decide at the same moment, one decides after the other,
    and sees what the first has made.
    """
    locked = ClaimHead.objects.select_for_update(no_key=True)
    head = locked.first()
    if head is None:
        ClaimHead.objects.bulk_create([ClaimHead()], ignore_conflicts=True)
        head = locked.get()
    return head


def add_claims(head: ClaimHead, claims: Iterable[Claim], *, at: dt.datetime | None = None) -> list[ClaimEntry]:
    """Put lines down after the last one. `head` is what `lock_head` gave in this transaction."""
    at = at or timezone.now()
    entries = []
    for claim in claims:
        content = canonical(
            {"deal": claim.deal.reference, "step": claim.step, "at": at, "by": claim.by_name, "facts": claim.facts}
        )
        head.number += 1
        digest = content_hash(content)
        entry = ClaimEntry(
            number=head.number, deal_id=claim.deal.pk, step=claim.step, at=at, by_name=claim.by_name, content=content,
            content_sha256=digest, previous_sha256=head.sha256, sha256=line_hash(head.sha256, head.number, digest),
        )  # fmt: skip
        head.sha256 = entry.sha256
        entries.append(entry)
    ClaimEntry.objects.bulk_create(entries, batch_size=5_000)
    head.save(update_fields=["number", "sha256"])
    return entries


def lines_of(entries: QuerySet[ClaimEntry]) -> Iterator[Line]:
    """The lines as they are kept, in order."""
    rows = entries.order_by("number").values_list(
        "number", "deal__reference", "step", "at", "content", "content_sha256", "previous_sha256", "sha256"
    )
    return (Line(*row) for row in rows.iterator(chunk_size=LINES_AT_ONCE))


def verify_claims() -> Verdict:
    """Prove the manufacturer's whole log. Needs the staff scope."""
    head = ClaimHead.objects.first()
    number, sha256 = (head.number, head.sha256) if head else (0, FIRST)
    # A line added while this reads is proved the next time.
    return verify(lines_of(ClaimEntry.objects.filter(number__lte=number)), number=number, head=sha256)


def request_proof(*, by: Membership | None = None) -> Job:
    """Have a worker prove the log."""
    return start_job(JOB_KIND, key="all", by=by)


def run_proof(progress: Progress) -> Mapping[str, Any]:
    """The work of a job of kind "verify_claims"."""
    verdict = verify_claims()
    return {
        "checked": verdict.checked,
        "head": verdict.head,
        "broken": verdict.broken,
        "fault": verdict.fault,
        "deal": verdict.deal,
    }
