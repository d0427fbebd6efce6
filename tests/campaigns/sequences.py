"""Sequences for tests: written by the services, with texts in English alone unless told."""

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from campaigns.models import CampaignSettings, Recipient, Sequence, SequenceEntrant, SequenceStep, SequenceVersion
from campaigns.services.sequences import put_in_force, save_sequence, save_step
from partners.models import ContactConsent, Partner
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import ContactFactory, PartnerFactory
from tests.valuation.sales import on, sell

SEOUL = ZoneInfo("Asia/Seoul")
NOW = dt.datetime(2026, 6, 1, 10, tzinfo=SEOUL)
"""A Monday."""
DAY = dt.timedelta(days=1)
WELCOME = [
    {"kind": "message"},
    {"kind": "wait", "days": 7},
    {"kind": "branch", "test": "ordered", "to": 5},
    {"kind": "message"},
    {"kind": "task", "days": 3},
]
TEXT = {"subject": "Hello {partner}", "preheader": "", "body": "Dear {name}, welcome."}
_names = itertools.count(1)


def draft(by: Membership, steps: list[dict[str, Any]], **values: Any) -> SequenceVersion:
    """A sequence being written. `steps` are fields of steps; `to` of a branch is the place of its target in the list. The
    end that closes it is added."""
    sequence = Sequence(name=values.pop("name", f"Sequence {next(_names)}"), owner=by)
    version = SequenceVersion(**{"event": "first_order", "holdout": 0, "is_advertising": False} | values)
    save_sequence(sequence, version, by=by)
    made = []
    for fields in steps:
        own = {name: value for name, value in fields.items() if name != "to"}
        languages = by.manufacturer.languages
        texts = dict.fromkeys(languages, TEXT) if own["kind"] in ("message", "notice") else None
        if own["kind"] == "task":
            own.setdefault("titles", {"en": "Call them"})
        made.append(save_step(SequenceStep(version=version, **own), texts=texts, by=by))
    made.append(version.steps.get(kind="end", position=len(made) + 1))
    for step, fields in zip(made, steps, strict=False):
        if "to" in fields:
            step.refresh_from_db()
            step.target = made[fields["to"]]
            save_step(step, by=by)
    return version


def in_force(by: Membership, steps: list[dict[str, Any]], **values: Any) -> SequenceVersion:
    """A sequence that runs, from now on."""
    version = draft(by, steps, **values)
    SequenceVersion.objects.filter(pk=version.pk).update(tried_at=timezone.now() + dt.timedelta(seconds=1))
    put_in_force(version.sequence, by=by)
    return SequenceVersion.objects.select_related("sequence__manufacturer", "sequence__owner").get(pk=version.pk)


def person(partner: Any, name: str, *, consent: bool = True, **values: Any) -> Any:
    """Somebody at a partner who reads English and has agreed to mails."""
    made = ContactFactory(
        **{"manufacturer": partner.manufacturer, "partner": partner, "name": name, "language": "en"}
        | {"email": f"{name.lower().replace(' ', '.')}@partner.example"}
        | values
    )
    if consent:
        with staff_scope(partner.manufacturer_id):
            ContactConsent.objects.create(
                partner=partner, contact=made, channel="email", given_on=dt.date(2026, 1, 1), source="Fair"
            )
    return made


def settings_without_quiet_hours() -> None:
    """Mails go at any time."""
    CampaignSettings.objects.update_or_create(
        defaults={"quiet_from": "00:00", "quiet_to": "00:00", "postal_address": "1 Seoul-ro", "weekly_cap": 3}
    )


def buyer(by: Membership, name: str, *days: str, people: int = 1) -> Any:
    """A partner with people, that ordered on these days."""
    partner = PartnerFactory(manufacturer=by.manufacturer, name=name, country="US")
    for number in range(people):
        person(partner, f"{name} {number}")
    if days:
        sell(partner, [on(each, 9, order=f"{name}-{each}") for each in days])
    return partner


def started(by: Membership, steps: list[dict[str, Any]] = WELCOME, **values: Any) -> SequenceVersion:
    with staff_scope(by.manufacturer_id):
        return in_force(by, steps, **values)


def entrants(by: Membership) -> dict[str, tuple[str, str, int]]:
    with staff_scope(by.manufacturer_id):
        rows = SequenceEntrant.objects.select_related("step").order_by("pk")
        return {
            Partner.objects.get(pk=row.partner_id).name: (row.state, row.reason, row.step.position if row.step else 0)
            for row in rows
        }


def sent_to(by: Membership) -> list[str]:
    with staff_scope(by.manufacturer_id):
        return sorted(Recipient.objects.filter(entrant__isnull=False).values_list("name", flat=True))
