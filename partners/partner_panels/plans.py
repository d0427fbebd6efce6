"""The plan of the year, on the staff's page of a partner."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners import plan_charts, plan_terms
from partners.functions import PLANS
from partners.models import Partner, PlanPromise, PlanState, PromiseState
from partners.panels import Panel, register_panel
from partners.plan_measures import day_of_figures
from partners.selectors import plans as reading
from partners.services.plans import may_write
from tenancy.models import Membership
from tenancy.rights import Right


def plan(member: Membership, partner: Partner) -> dict[str, Any]:
    """What is agreed for this year and how it goes; the plans of the years beside it."""
    first_month = member.manufacturer.fiscal_year_start
    day = day_of_figures(timezone.localdate())
    year = plan_terms.fiscal_year(timezone.localdate(), first_month)
    plans = list(reading.plan_rows(member).filter(partner=partner).order_by("-year"))
    agreed = next((each for each in plans if each.year == year and each.state == PlanState.AGREED), None)
    agreed = agreed or reading.agreed_plan(partner.pk, year)
    lines = reading.target_lines(agreed, first_month=first_month, day=day) if agreed else []
    begun = {each.year for each in plans}
    return {
        "partner": partner,
        "agreed": agreed,
        "year": year,
        "day": day,
        "rows": plan_charts.target_rows(lines, member.manufacturer.currency),
        "plans": [(each, reading.STATE_TONES[each.state]) for each in plans],
        "promises": list(
            PlanPromise.objects.filter(plan=agreed, state=PromiseState.OPEN).order_by("due_on", "pk") if agreed else []
        ),
        "years": [each for each in (year, year + 1) if each not in begun],
        "can_edit": may_write(member, partner.pk),
    }


register_panel(
    Panel(
        "plan",
        _("Channel plan"),
        "partners/staff/panels/plan.html",
        plan,
        Right.PARTNERS_VIEW,
        function=PLANS.key,
        order=10,
        tab="plan",
    )
)
