"""Approval lines: what an editor holds, what stands against it, and how it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from approvals import selectors
from approvals.errors import ApprovalError
from approvals.models import Purpose, Route, RouteStep, Who
from approvals.registry import SubjectKind, subject_kind
from tenancy.models import Membership
from tenancy.rights import STAFF_ROLES
from tenancy.rls import take_turns

MOST_STEPS = 10


@dataclass(frozen=True)
class DraftStep:
    """A place on a line as the editor holds it. `beside`: at the same time as the one above."""

    purpose: str
    who: str
    member: Membership | None = None
    role: str = ""
    hours: int | None = None
    late_member: Membership | None = None
    late_role: str = ""
    beside: bool = False

    @property
    def has_next(self) -> bool:
        """Whether somebody comes after the time limit."""
        return self.late_member is not None or bool(self.late_role)


@dataclass(frozen=True)
class Draft:
    """An approval line as the editor holds it."""

    kind: str
    name: str
    amount_from: Decimal | None = None
    amount_below: Decimal | None = None
    steps: Sequence[DraftStep] = field(default_factory=list)

    @property
    def stages(self) -> list[list[DraftStep]]:
        """The steps by turn; those of one turn stand side by side."""
        stages: list[list[DraftStep]] = []
        for step in self.steps:
            if step.beside and stages:
                stages[-1].append(step)
            else:
                stages.append([step])
        return stages


@dataclass(frozen=True)
class Problem:
    """What stands against a line; `place` names the field, such as "steps.1.hours"."""

    message: str
    place: str = ""


def problems_of(draft: Draft, *, route: Route | None = None) -> list[Problem]:
    """Everything that stands against saving this draft, `route` being the line that it replaces."""
    kind = subject_kind(draft.kind)
    if kind is None:
        return [Problem(_("Choose what the line is for."), "kind")]
    found = _amount_problems(draft, kind, route)
    deciding = [stage for stage in draft.stages if any(step.purpose != Purpose.COPY for step in stage)]
    if not any(step.purpose == Purpose.DECIDE for step in draft.steps):
        found.append(Problem(_("Somebody must decide: add a step that does."), "steps.0.purpose"))
    elif not any(step.purpose == Purpose.DECIDE for step in deciding[-1]):
        found.append(
            Problem(_("After the last opinion somebody must decide: add a step that does."), "steps.0.purpose")
        )
    elif any(step.purpose == Purpose.AGREE for step in deciding[-1]):
        found.append(
            Problem(
                _("An opinion beside the last decision may come too late. Let it come before."),
                _place_of(draft, deciding[-1], Purpose.AGREE),
            )
        )
    for number, step in enumerate(draft.steps):
        found += _step_problems(step, number)
    return found


@transaction.atomic
def save_route(draft: Draft, *, route: Route | None = None) -> Route:
    """Make an approval line, or give one new steps. Requests that wait keep the steps they were asked with."""
    take_turns("approvals.routes")  # so that two lines never take the same amounts
    if problems := problems_of(draft, route=route):
        raise ApprovalError(problems[0].message)
    row = route or Route(kind=draft.kind)
    row.name, row.amount_from, row.amount_below = draft.name.strip(), draft.amount_from, draft.amount_below
    row.save()
    row.steps.all().delete()
    RouteStep.objects.bulk_create(
        RouteStep(
            route=row,
            stage=number,
            purpose=step.purpose,
            who=step.who,
            member=step.member,
            role=step.role,
            hours=step.hours,
            late_member=step.late_member,
            late_role=step.late_role,
        )
        for number, stage in enumerate(draft.stages, start=1)
        for step in stage
    )
    _changed(row.kind)
    return row


@transaction.atomic
def retire_route(route: Route) -> Route:
    """No new request takes this line; those that wait go on along it."""
    if not route.is_retired:
        route.is_retired = True
        route.save(update_fields=["is_retired", "updated_at"])
        _changed(route.kind)
    return route


def draft_of(route: Route) -> Draft:
    """A line as its editor begins with it."""
    prefetch_related_objects([route], "steps__member", "steps__late_member")
    steps, stage = [], None
    for step in route.steps.all():
        steps.append(
            DraftStep(
                purpose=step.purpose,
                who=step.who,
                member=step.member,
                role=step.role,
                hours=step.hours,
                late_member=step.late_member,
                late_role=step.late_role,
                beside=step.stage == stage,
            )
        )
        stage = step.stage
    return Draft(route.kind, route.name, route.amount_from, route.amount_below, steps)


def _amount_problems(draft: Draft, kind: SubjectKind, route: Route | None) -> list[Problem]:
    low, high = draft.amount_from, draft.amount_below
    if (low is not None or high is not None) and not kind.has_amount:
        return [Problem(_("This subject has no amount: leave the amounts empty."), "amount_from")]
    if low is not None and high is not None and high <= low:
        return [Problem(_("The second amount must be larger than the first."), "amount_below")]
    others = selectors.routes().filter(kind=draft.kind)
    for other in others.exclude(pk=route.pk) if route else others:
        begins_before_end = other.amount_below is None or low is None or low < other.amount_below
        ends_after_begin = high is None or other.amount_from is None or other.amount_from < high
        if begins_before_end and ends_after_begin:
            words = {"name": other.name}
            if kind.has_amount:
                return [Problem(_("“%(name)s” takes some of these amounts already.") % words, "amount_from")]
            return [Problem(_("“%(name)s” is the line of this subject already. Change or retire it.") % words, "kind")]
    return []


def _step_problems(step: DraftStep, number: int) -> list[Problem]:
    place = f"steps.{number}"
    if step.who == Who.MEMBER and (step.member is None or not (step.member.is_active and step.member.is_staff)):
        return [
            Problem(
                _("Step %(number)s: choose a colleague with a place here.") % {"number": number + 1}, f"{place}.who"
            )
        ]
    if step.who == Who.ROLE and step.role not in STAFF_ROLES:
        return [
            Problem(_("Step %(number)s: choose a role of your own staff.") % {"number": number + 1}, f"{place}.who")
        ]
    if step.purpose == Purpose.COPY:
        return []
    if step.hours and not step.has_next:
        message = _("Step %(number)s: say who comes when the time is over, or leave the time limit empty.")
        return [Problem(message % {"number": number + 1}, f"{place}.late")]
    if step.late_member is not None and not (step.late_member.is_active and step.late_member.is_staff):
        message = _("Step %(number)s: who comes after the time limit has left.")
        return [Problem(message % {"number": number + 1}, f"{place}.late")]
    if (step.late_member and step.late_member == step.member) or (step.late_role and step.late_role == step.role):
        message = _("Step %(number)s: somebody else must come when the time is over.")
        return [Problem(message % {"number": number + 1}, f"{place}.late")]
    return []


def _place_of(draft: Draft, stage: Sequence[DraftStep], purpose: str) -> str:
    step = next(step for step in stage if step.purpose == purpose)
    number = next(number for number, each in enumerate(draft.steps) if each is step)
    return f"steps.{number}.purpose"


def _changed(kind_key: str) -> None:
    kind = subject_kind(kind_key)
    if kind is not None and kind.on_routes_changed is not None:
        kind.on_routes_changed()
