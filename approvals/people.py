"""Who stands at a place of a line: by name or role, who decides for whoever is away, who comes after a time limit.

One rule, asked from two sides: `may_take` about one loaded step, `turns_of` as a condition over all steps.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from approvals.models import Delegation, Request, Step, StepState
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.selectors import current_manufacturer


def delegations_on(day: dt.date) -> "list[Delegation]":
    """Who is away on a day and who decides instead, both still with a place here."""
    return list(
        Delegation.objects.filter(
            starts_on__lte=day,
            ends_on__gte=day,
            ended_at=None,
            member__is_active=True,
            delegate__is_active=True,
        )
        .select_related("member", "delegate")
        .order_by("pk")
    )


def today_of(member: Membership) -> dt.date:
    """The manufacturer's own day, also where no page has set its time zone."""
    return timezone.now().astimezone(zoneinfo.ZoneInfo(member.manufacturer.timezone)).date()


@dataclass(frozen=True)
class Capacity:
    """In which role somebody takes a step: their own, or for a colleague who is away."""

    on_behalf_of: Membership | None = None


@dataclass
class People:
    """The people around one request, read once: staff, and who stands in for whom today."""

    staff: list[Membership]
    delegations: list[Delegation]

    @classmethod
    def now(cls) -> "People":
        """As it is at this moment, in the manufacturer's day."""
        staff = list(Membership.objects.filter(partner=None, is_active=True).order_by("name", "pk"))
        manufacturer = current_manufacturer()
        for member in staff:
            member.manufacturer = manufacturer
        day = today_of(staff[0]) if staff else timezone.localdate()
        return cls(staff, delegations_on(day))

    def active(self, member_id: int | None) -> Membership | None:
        """The member of staff with this id, unless they left."""
        return next((member for member in self.staff if member.pk == member_id), None)

    def delegate_of(self, member_id: int | None) -> Membership | None:
        """Who decides for a member who is away today."""
        return next((each.delegate for each in self.delegations if each.member_id == member_id), None)

    def holders(self, role: str, request: Request) -> list[Membership]:
        """Who holds a role for this request: not who asked, and of managers with own partners only theirs."""
        return [
            member
            for member in self.staff
            if member.role == role and member.pk != request.asked_by_id and _sees(member, request)
        ]

    def deciders(self, step: Step, request: Request, now: dt.datetime) -> list[Membership]:
        """Everybody who may take a step now, its own people first."""
        found = [
            member
            for member in self.staff
            if (capacity := self.may_take(step, request, member, now)) is not None and capacity.on_behalf_of is None
        ]
        found += [
            member
            for member in self.staff
            if member not in found and self.may_take(step, request, member, now) is not None
        ]
        return found

    def may_take(self, step: Step, request: Request, by: Membership, now: dt.datetime) -> Capacity | None:
        """Whether `by` may take an open step, and for whom; nobody takes a step of what they asked for."""
        if by.pk == request.asked_by_id:
            return None
        late = step.is_late(now)
        if self._is_of(step, request, by, late=late):
            return Capacity()
        for delegation in self.delegations:
            away = delegation.member
            if delegation.delegate_id == by.pk and self._is_of(step, request, away, late=late):
                return Capacity(away)
        return None

    def _is_of(self, step: Step, request: Request, member: Membership, *, late: bool) -> bool:
        if step.member_id == member.pk or (late and step.late_member_id == member.pk):
            return True
        roles = {step.role if step.member_id is None else "", step.late_role if late else ""} - {""}
        return member.role in roles and _sees(member, request)


def _sees(member: Membership, request: Request) -> bool:
    """A manager with own partners only holds the role for these alone."""
    if not member.assigned_only:
        return True
    return request.partner is not None and request.partner.channel_manager_id == member.pk


def turns_of(member: Membership, *, now: dt.datetime | None = None) -> Q:
    """The condition under which an open step waits for this member, own ones and those of whoever is away."""
    now = now or timezone.now()
    stood_for = [each.member for each in delegations_on(today_of(member)) if each.delegate_id == member.pk]
    late = Q(escalated_at__isnull=False) | Q(due_at__lte=now)
    condition = Q(pk__in=[])
    for each in (member, *stood_for):
        held = Q(member=None, role=each.role) | (late & Q(late_role=each.role))
        if each.assigned_only:
            held &= Q(request__partner__channel_manager=each.pk)
        condition |= Q(member=each.pk) | (late & Q(late_member=each.pk)) | held
    return Q(state=StepState.OPEN) & condition & ~Q(request__asked_by=member.pk)


def unique(members: Iterable[Membership | None], *, but: int | None = None) -> list[Membership]:
    """Each member once, in order, without nobody and without one."""
    return list({member.pk: member for member in members if member is not None and member.pk != but}.values())


LAST_RESORT = Role.OWNER
"""Who decides where a line leads to nobody any more, because its people left."""
