"""Agreements for many partners at once, made by a worker."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from jobs.services import start_job
from partners.models import (
    Agreement,
    AgreementState,
    AgreementType,
    Partner,
)
from partners.services import agreement_notices as telling
from partners.services.agreements import draft_of, goes_along_a_line, published_template, send_unwatched
from tenancy.models import Manufacturer, Membership

JOB_KIND = "agreements_create"
MADE_PER_CHUNK = 200


def partners_without(kind: AgreementType, partner_ids: Sequence[int]) -> list[int]:
    """Those of the partners that have no agreement of this kind open, waiting or running."""
    having = Agreement.objects.filter(
        type=kind,
        partner__in=partner_ids,
        state__in=[AgreementState.DRAFT, AgreementState.SENT, AgreementState.ACCEPTED],
    ).values_list("partner_id", flat=True)
    return sorted(set(partner_ids) - set(having))


def make_for_many(
    partner_ids: Sequence[int],
    kind: AgreementType,
    *,
    starts_on: dt.date,
    terms_of: Mapping[str, Any],
    send: bool,
    job: Any,
    by: Membership | None,
) -> int:
    """One chunk of a job: an agreement for each of the partners that the job has not given one yet; returns how many."""
    template = published_template(kind)
    manufacturer = Manufacturer.objects.get(pk=kind.manufacturer_id)
    missing = partners_without(kind, list(partner_ids))  # among them none that a first attempt has given one
    partners = Partner.objects.filter(pk__in=missing).select_related("channel_manager").order_by("pk")
    rows = [
        draft_of(partner, template, manufacturer, starts_on=starts_on, terms_of=terms_of, by=by) for partner in partners
    ]
    is_approved_first = send and goes_along_a_line(kind)
    for row in rows:
        row.job = job
        if send and not is_approved_first:
            row.state, row.sent_at = AgreementState.SENT, timezone.now()
    created = Agreement.objects.bulk_create(rows)
    if is_approved_first:
        for row in created:
            send_unwatched(row, by=by)
    elif send:
        telling.tell_sent_many(Agreement.objects.filter(pk__in=[row.pk for row in created]))
    return len(created)


def made_by(job: Any) -> int:
    """How many agreements a job has made, over all its attempts."""
    return Agreement.objects.filter(job=job).count()


def create_agreements(
    partner_ids: Sequence[int],
    kind: AgreementType,
    *,
    starts_on: dt.date,
    by: Membership,
    send: bool,
    terms_of: Mapping[str, Any] | None = None,
) -> Any:
    """Have a worker make agreements for many partners; those that have one of this kind open are left out."""
    published_template(kind)
    return start_job(
        JOB_KIND,
        params={
            "type": kind.pk,
            "partners": sorted(partner_ids),
            "starts_on": starts_on.isoformat(),
            "send": send,
            "terms": dict(terms_of or {}),
        },
        by=by,
    )
