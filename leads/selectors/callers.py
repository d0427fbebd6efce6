"""Who may be calling: everybody who has this number, or any part of it, and what is open with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q

from leads.models import POOL_STATES, Lead, LeadState
from leads.selectors.customers import customers_for
from leads.selectors.leads import digits_of, lead_rows, leads_for
from partners.models import Task, TaskState
from partners.selectors import partners_for
from partners.selectors.people import contacts_for
from partners.selectors.tasks import tasks_for
from tenancy.models import Membership

MOST_OF_A_KIND = 20
SHOWN = 12
WHOLE = 8
"""From so many digits on a number is taken for a whole one: who has it is probably the caller."""
LEADS_SHOWN = 10
TASKS_SHOWN = 5
KINDS = ("contact", "customer", "lead", "partner")
"""The surest first: a person, then somebody who bought, then who asked, then a company's own number."""


@dataclass(frozen=True)
class Caller:
    """Somebody who has the number that was looked for."""

    kind: str
    record: Any
    name: str
    company: str
    phone: str
    is_exact: bool

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.record.pk}"


@dataclass
class Dealings:
    """What there is with a caller."""

    leads: list[Lead] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    @property
    def open_leads(self) -> list[Lead]:
        return [lead for lead in self.leads if lead.is_open]

    @property
    def past_leads(self) -> list[Lead]:
        return [lead for lead in self.leads if not lead.is_open]


def callers(member: Membership, text: str) -> list[Caller]:
    """Leads, end customers, partners' people and partners with this number or part of a number, the surest first.

    Five queries whatever is found: one for the ids, by the index of pieces, and one for each kind, through the policies.
    """
    digits = digits_of(text)
    if not digits:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, id FROM leads_callers(%s, %s)", [digits, MOST_OF_A_KIND])
        rows = cursor.fetchall()
    ids: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for kind, pk in rows:
        ids[kind].append(pk)
    found = [
        *(_contact(row, digits) for row in _contacts(member, ids["contact"])),
        *(_customer(row, digits) for row in _customers(member, ids["customer"])),
        *(_lead(row, digits) for row in _leads(member, ids["lead"])),
        *(_partner(row, digits) for row in _partners(member, ids["partner"])),
    ]
    return sorted(found, key=lambda each: (not each.is_exact, KINDS.index(each.kind), -each.record.pk))[:SHOWN]


def dealings_of(member: Membership, caller: Caller) -> Dealings:
    """The leads of a caller, latest first, and what is to be done with its partner. Two queries."""
    record = caller.record
    match caller.kind:
        case "customer":
            which = Q(customer=record)
            if record.phone_digits:
                which |= Q(pk__in=_leads_of_number(record.phone_digits))
            partner = record.served_by_id
        case "lead":
            which = Q(pk__in=[record.pk, *_leads_of_number(record.phone_digits)])
            if record.customer_id:
                which |= Q(customer=record.customer_id)
            partner = record.partner_id
        case _:
            partner = record.partner_id if caller.kind == "contact" else record.pk
            which = Q(partner=partner) | Q(referred_by=partner)
    leads = list(lead_rows(member).filter(which).order_by("-received_at", "-pk")[:LEADS_SHOWN])
    tasks = []
    if partner:
        tasks = list(
            tasks_for(member).filter(partner=partner, state=TaskState.OPEN).order_by("due_on", "pk")[:TASKS_SHOWN]
        )
    return Dealings(leads, tasks)


def waiting_calls(member: Membership) -> Sequence[Lead]:
    """Who waits longest for a partner: what to call about while nobody calls."""
    return list(
        lead_rows(member)
        .filter(state__in=[LeadState.MANUAL, *(state for state in POOL_STATES if state != LeadState.MANUAL)])
        .order_by("received_at", "pk")[:LEADS_SHOWN]
    )


def _leads_of_number(digits: str) -> list[int]:
    if len(digits) < WHOLE:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM leads_callers(%s, %s) WHERE kind = 'lead'", [digits[-WHOLE:], MOST_OF_A_KIND])
        return [pk for (pk,) in cursor.fetchall()]


def _is_exact(phone: str, digits: str) -> bool:
    """Whether a number that was looked for as a whole is this one."""
    kept = "".join(filter(str.isdigit, phone))
    return len(digits) >= WHOLE and kept.endswith(digits)


def _contacts(member: Membership, ids: list[int]) -> Any:
    return contacts_for(member).filter(pk__in=ids, left_on=None).select_related("partner") if ids else []


def _customers(member: Membership, ids: list[int]) -> Any:
    return customers_for(member).filter(pk__in=ids).select_related("served_by") if ids else []


def _leads(member: Membership, ids: list[int]) -> Any:
    rows = leads_for(member).exclude(state=LeadState.MERGED).select_related("partner", "kind")
    return rows.filter(pk__in=ids) if ids else []


def _partners(member: Membership, ids: list[int]) -> Any:
    return partners_for(member).filter(pk__in=ids).select_related("kind") if ids else []


def _contact(row: Any, digits: str) -> Caller:
    numbers = [number for number in (row.mobile, row.phone) if digits in "".join(filter(str.isdigit, number))]
    phone = numbers[0] if numbers else row.phone or row.mobile
    return Caller("contact", row, str(row), str(row.partner), phone, _is_exact(phone, digits))


def _customer(row: Any, digits: str) -> Caller:
    name = row.contact_name or str(row)
    return Caller("customer", row, name, str(row) if row.contact_name else "", row.phone, _is_exact(row.phone, digits))


def _lead(row: Any, digits: str) -> Caller:
    return Caller(
        "lead", row, row.name or str(row), row.company if row.name else "", row.phone, _is_exact(row.phone, digits)
    )


def _partner(row: Any, digits: str) -> Caller:
    return Caller("partner", row, str(row), "", row.phone, _is_exact(row.phone, digits))
