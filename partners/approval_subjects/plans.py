"""Channel plans, along an approval line where the manufacturer has one for them."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import Fact, SubjectKind, register_subject
from partners.models import ChannelPlan, PlanInitiative, PlanPromise, PlanTarget
from partners.plan_measures import all_measures, unknown_measure
from partners.services import plans as services
from tenancy.models import Membership
from tenancy.rights import Right


def facts_of(request: Request) -> Sequence[Fact]:
    """The year's targets, and how much is to be done and promised."""
    plan = ChannelPlan.objects.select_related("manufacturer").filter(pk=request.subject_id).first()
    if plan is None:
        return []
    known, currency, language = all_measures(), plan.manufacturer.currency, get_language()
    rows: list[Fact] = [(_("Version"), str(plan.version))]
    for target in PlanTarget.objects.filter(plan=plan).order_by("pk"):
        measure = known.get(target.measure) or unknown_measure(target.measure)
        rows.append((str(measure.name), measure.tell(target.year_target, currency, language)))
    rows.append((_("Initiatives"), str(PlanInitiative.objects.filter(plan=plan).count())))
    rows.append((_("Promises"), str(PlanPromise.objects.filter(plan=plan).count())))
    return rows


def plan_page(member: Membership, request: Request) -> str:
    return member.url("partners:plan", pk=request.subject_id)


def go_on(request: Request, by: Membership | None) -> None:
    services.plan_approved(request, by)


def go_back(request: Request, by: Membership | None) -> None:
    services.plan_not_approved(request)


register_subject(
    SubjectKind(
        services.SUBJECT,
        label=gettext_lazy("Channel plans"),
        describe=facts_of,
        url=plan_page,
        on_approved=go_on,
        on_refused=go_back,
        on_recalled=go_back,
        has_amount=True,
        right=Right.PLANS_EDIT,
    )
)
