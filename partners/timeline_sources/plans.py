"""What became of channel plans, on a partner's timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.functions import PLANS
from partners.models import PlanStep
from partners.timeline import Before, Entry, TimelineSource, newest, register_timeline
from tenancy.rights import Right


def plan_steps(partner_id: int, before: Before, limit: int) -> list[Entry]:
    """Each step of each version."""
    rows = PlanStep.objects.filter(partner_id=partner_id).select_related("plan", "by")
    return [
        Entry(
            at=step.at,
            key=step.pk,
            title=_("Plan %(year)s, version %(version)s: %(step)s")
            % {"year": step.plan.year, "version": step.plan.version, "step": step.get_kind_display()},
            text=step.text[:300],
            who=step.by.name if step.by else "",
            url_name="partners:plan",
            url_kwargs={"pk": step.plan_id},
        )
        for step in newest(rows, before, limit, at="at")
    ]


register_timeline(
    TimelineSource(
        "plans",
        gettext_lazy("Channel plans"),
        "target",
        Right.PARTNERS_VIEW,
        plan_steps,
        function=PLANS.key,
        of=PlanStep,
    )
)
