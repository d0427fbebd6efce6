"""Channel plans as the partner sees them."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from partners import plan_charts, plan_terms
from partners.models import Partner, PlanState
from partners.selectors import plans as reading
from partners.services import plans as services
from partners.views import plans as shared
from partners.views.portal.profile import OwnPartnerMixin
from tenancy.access import PortalMixin
from tenancy.rights import Right


class PortalPlanMixin(PortalMixin):
    required_right = Right.PORTAL_PLAN
    names = "partners_portal"


class PlansView(OwnPartnerMixin, TemplateView):
    """The partner's plans by year, and the years for which none is begun."""

    required_right = Right.PORTAL_PLAN
    required_function = shared.FUNCTION
    template_name = "partners/portal/plans.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first_month = self.member.manufacturer.fiscal_year_start
        plans = list(reading.plan_rows(self.member).order_by("-year"))
        now = plan_terms.fiscal_year(timezone.localdate(), first_month)
        known = {plan.year for plan in plans}
        waiting = [plan for plan in plans if plan.waits_for(services.side_of(self.member))]
        return super().get_context_data(
            title=plans_title(len(waiting), any(plan.state == PlanState.AGREED for plan in plans)),
            plans=[
                (plan, plan_charts.year_label(plan.year, first_month), reading.STATE_TONES[plan.state])
                for plan in plans
            ],
            years=[(year, plan_charts.year_label(year, first_month)) for year in (now, now + 1) if year not in known],
            can_begin=services.may_write(self.member, self.partner.pk),
            **kwargs,
        )


def plans_title(waiting: int, has_agreed: bool) -> str:
    """What is to do, as a sentence."""
    if waiting:
        return _("A plan waits for your answer")
    return _("What we have planned together") if has_agreed else _("No plan is agreed yet")


class PlanView(PortalPlanMixin, shared.PlanView):
    pass


class PlanSummaryView(PortalPlanMixin, shared.PlanSummaryView):
    pass


class PlanTargetView(PortalPlanMixin, shared.PlanTargetView):
    pass


class InitiativeView(PortalPlanMixin, shared.InitiativeView):
    pass


class InitiativeCreateView(InitiativeView):
    is_new = True


class InitiativeWorkView(PortalPlanMixin, shared.InitiativeWorkView):
    pass


class PromiseView(PortalPlanMixin, shared.PromiseView):
    pass


class PromiseCreateView(PromiseView):
    is_new = True


class PlanScoresView(PortalPlanMixin, shared.PlanScoresView):
    pass


class PlanStepView(PortalPlanMixin, shared.PlanStepView):
    pass


class PlanVersionsView(PortalPlanMixin, shared.PlanVersionsView):
    pass


class PlanYearView(PortalPlanMixin, shared.PlanYearView):
    @cached_property
    def partner(self) -> Partner:
        return get_object_or_404(Partner, pk=self.member.partner_id)
