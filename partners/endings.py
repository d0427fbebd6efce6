"""What the end of a partnership closes here: agreements and gifts that wait, tasks, the journey, access to the
portal.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from partners.ending import Ending, register_ending
from partners.models import (
    Agreement,
    AgreementState,
    ChannelPlan,
    Favour,
    FavourState,
    Journey,
    Partner,
    PlanState,
    Task,
    TaskState,
)
from partners.services.agreements import withdraw_requests
from partners.services.people import withdraw_favours
from partners.services.plans import withdraw_approvals
from tenancy.hooks import place_changed
from tenancy.models import Invitation, Membership
from tenancy.services import set_access


def _open_invitations(partner: Partner) -> Any:
    return Invitation.objects.filter(partner=partner, accepted_at=None, revoked_at=None)


def access_said(partner: Partner) -> list[str]:
    """Who loses access, and which invitations are withdrawn."""
    said = []
    if people := Membership.objects.filter(partner=partner, is_active=True).count():
        said.append(
            ngettext(
                "%(count)s person of the partner can no longer sign in to its portal.",
                "%(count)s people of the partner can no longer sign in to its portal.",
                people,
            )
            % {"count": formats.number(people)}
        )
    if invitations := _open_invitations(partner).count():
        said.append(
            ngettext(
                "%(count)s open invitation is withdrawn.", "%(count)s open invitations are withdrawn.", invitations
            )
            % {"count": formats.number(invitations)}
        )
    return said


def close_access(partner: Partner, by: Membership | None) -> Any:
    """End all places at once and withdraw what is open; who it was is kept."""
    members = list(Membership.objects.select_for_update().filter(partner=partner, is_active=True).order_by("pk"))
    for member in members:
        set_access(member, False)
        member.save(update_fields=["is_active", "left_at"])
    place_changed(members)
    invitations = list(_open_invitations(partner).order_by("pk").values_list("pk", flat=True))
    Invitation.objects.filter(pk__in=invitations).update(revoked_at=timezone.now())
    if not members and not invitations:
        return None
    return {"members": [member.pk for member in members], "invitations": invitations}


def reopen_access(partner: Partner, closed: Any, by: Membership | None) -> list[str]:
    """Give the places back, with the roles they had. Who has another place by now does not get a second one."""
    problems, back = [], []
    for member in Membership.objects.filter(pk__in=closed["members"], partner=partner, is_active=False).order_by("pk"):
        set_access(member, True)
        try:
            with transaction.atomic():
                member.save(update_fields=["is_active", "left_at"])
            back.append(member)
        except IntegrityError:
            problems.append(_("%(name)s has another place by now and stays without this one.") % {"name": member.name})
    place_changed(back)
    for invitation in Invitation.objects.filter(pk__in=closed["invitations"], accepted_at=None).order_by("pk"):
        invitation.revoked_at = None
        try:
            with transaction.atomic():
                invitation.save(update_fields=["revoked_at"])
        except IntegrityError:
            problems.append(_("%(email)s has been invited anew by now.") % {"email": invitation.email})
    return problems


def journey_said(partner: Partner) -> list[str]:
    """Whether a journey stops."""
    if Journey.objects.filter(partner=partner, state=Journey.State.RUNNING).exists():
        return [_("Its onboarding journey stops where it is.")]
    return []


def close_journey(partner: Partner, by: Membership | None) -> Any:
    """Stop the running journey."""
    running = list(
        Journey.objects.select_for_update()
        .filter(partner=partner, state=Journey.State.RUNNING)
        .values_list("pk", flat=True)
    )
    Journey.objects.filter(pk__in=running).update(state=Journey.State.STOPPED, finished_at=timezone.now())
    return running


def reopen_journey(partner: Partner, closed: Any, by: Membership | None) -> list[str]:
    """Let it go on, unless another one has begun."""
    if Journey.objects.filter(partner=partner, state=Journey.State.RUNNING).exists():
        return [_("Another journey has begun by now; the earlier one stays stopped.")]
    Journey.objects.filter(pk__in=closed, state=Journey.State.STOPPED).update(
        state=Journey.State.RUNNING, finished_at=None
    )
    return []


def _open_tasks(partner: Partner) -> Any:
    return Task.objects.filter(partner=partner, state=TaskState.OPEN)


def tasks_said(partner: Partner) -> list[str]:
    """How many tasks are dropped."""
    count = _open_tasks(partner).count()
    if not count:
        return []
    return [
        ngettext("%(count)s open task is dropped.", "%(count)s open tasks are dropped.", count)
        % {"count": formats.number(count)}
    ]


def close_tasks(partner: Partner, by: Membership | None) -> Any:
    """Drop what is open, of both sides."""
    found = list(_open_tasks(partner).select_for_update().order_by("pk").values_list("pk", "reason"))
    _open_tasks(partner).filter(pk__in=[pk for pk, _reason in found]).update(
        state=TaskState.DROPPED, reason=_("The partnership ended"), finished_at=timezone.now(), finished_by=by
    )
    return found


def reopen_tasks(partner: Partner, closed: Any, by: Membership | None) -> list[str]:
    """What was dropped is open again, due when it was; what somebody took up meanwhile stays."""
    reasons = dict(closed)
    dropped = list(
        Task.objects.select_for_update().filter(partner=partner, pk__in=reasons, state=TaskState.DROPPED).order_by("pk")
    )
    for task in dropped:
        task.state, task.reason, task.finished_at, task.finished_by = TaskState.OPEN, reasons[task.pk], None, None
    Task.objects.bulk_update(dropped, ["state", "reason", "finished_at", "finished_by"])
    return []


WAITING_AGREEMENTS = (AgreementState.DRAFT, AgreementState.SENT)


def agreements_said(partner: Partner) -> list[str]:
    """Which agreements are withdrawn, and which stay in force until somebody gives notice."""
    counts = dict(Agreement.objects.filter(partner=partner).order_by().values_list("state").annotate(count=Count("pk")))
    said = []
    if waiting := sum(counts.get(state, 0) for state in WAITING_AGREEMENTS):
        said.append(
            ngettext(
                "%(count)s agreement that is not accepted yet is withdrawn.",
                "%(count)s agreements that are not accepted yet are withdrawn.",
                waiting,
            )
            % {"count": formats.number(waiting)}
        )
    if accepted := counts.get(AgreementState.ACCEPTED, 0):
        said.append(
            ngettext(
                "%(count)s accepted agreement stays as it is; give notice on its own page.",
                "%(count)s accepted agreements stay as they are; give notice on their own pages.",
                accepted,
            )
            % {"count": formats.number(accepted)}
        )
    return said


def close_agreements(partner: Partner, by: Membership | None) -> Any:
    """Withdraw what waits for acceptance; in which state it was is kept."""
    withdraw_requests(partner)
    waiting = Agreement.objects.filter(partner=partner, state__in=WAITING_AGREEMENTS)
    found = list(waiting.select_for_update().order_by("pk").values_list("pk", "state", "reason"))
    waiting.filter(pk__in=[pk for pk, _state, _reason in found]).update(
        state=AgreementState.WITHDRAWN, reason=_("The partnership ended"), closed_at=timezone.now()
    )
    return found


def reopen_agreements(partner: Partner, closed: Any, by: Membership | None) -> list[str]:
    """Each waits for acceptance again as it did."""
    for pk, state, reason in closed:
        Agreement.objects.filter(pk=pk, partner=partner, state=AgreementState.WITHDRAWN).update(
            state=state, reason=reason, closed_at=None
        )
    return []


def favours_said(partner: Partner) -> list[str]:
    """How many gifts, visits and invitations are not given."""
    count = Favour.objects.filter(contact__partner=partner, state=FavourState.WAITING).count()
    if not count:
        return []
    return [
        ngettext(
            "%(count)s gift that waits to be approved is not given.",
            "%(count)s gifts that wait to be approved are not given.",
            count,
        )
        % {"count": formats.number(count)}
    ]


def close_favours(partner: Partner, by: Membership | None) -> Any:
    """Take back what waits to be approved for the partner's people."""
    return withdraw_favours(partner)


def reopen_favours(partner: Partner, closed: Any, by: Membership | None) -> list[str]:
    """The approval has ended: what is still to be given is asked for anew."""
    return [
        ngettext(
            "%(count)s gift that waited to be approved stays refused; ask for it anew.",
            "%(count)s gifts that waited to be approved stay refused; ask for them anew.",
            len(closed),
        )
        % {"count": formats.number(len(closed))}
    ]


def plans_said(partner: Partner) -> list[str]:
    """How many plans need not be approved any more."""
    count = ChannelPlan.objects.filter(partner=partner, state=PlanState.APPROVAL).count()
    if not count:
        return []
    return [
        ngettext(
            "%(count)s channel plan is not decided on any more.",
            "%(count)s channel plans are not decided on any more.",
            count,
        )
        % {"count": formats.number(count)}
    ]


def close_plans(partner: Partner, by: Membership | None) -> Any:
    """Take back what waits for an approval line; what is agreed stays as a record."""
    return withdraw_approvals(partner)


def reopen_plans(partner: Partner, closed: Any, by: Membership | None) -> list[str]:
    """The approval has ended: the plan goes on from where it was before it was asked for."""
    return [
        ngettext(
            "%(count)s channel plan that waited for approval is to be proposed or answered anew.",
            "%(count)s channel plans that waited for approval are to be proposed or answered anew.",
            len(closed),
        )
        % {"count": formats.number(len(closed))}
    ]


register_ending(Ending("agreements", 20, agreements_said, close_agreements, reopen_agreements))
register_ending(Ending("plans", 22, plans_said, close_plans, reopen_plans))
register_ending(Ending("favours", 25, favours_said, close_favours, reopen_favours))
register_ending(Ending("tasks", 30, tasks_said, close_tasks, reopen_tasks))
register_ending(Ending("journey", 40, journey_said, close_journey, reopen_journey))
register_ending(Ending("access", 90, access_said, close_access, reopen_access))
