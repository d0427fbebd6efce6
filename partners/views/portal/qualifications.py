"""Qualifications in the portal: what the company holds and needs, and one's own."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from pages import formats
from partners.functions import QUALIFICATIONS
from partners.selectors import qualifications as reading
from partners.selectors.permissions import blocked_by, permissions_of
from tenancy.access import PortalMixin
from tenancy.rights import Right


class QualificationsView(PortalMixin, TemplateView):
    """What the company is qualified for, who holds it, and what leads to what is missing."""

    required_right = Right.PORTAL_TRAINING
    required_function = QUALIFICATIONS.key
    template_name = "partners/portal/qualifications.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.member.partner is not None
        today = timezone.localdate()
        standings = reading.standings(self.member.partner, self.member, day=today)
        missing = sum(each.is_asked and not each.is_held for each in standings)
        blocked = blocked_by(permissions_of(self.member.partner), self.member, self.member.partner.pk)
        return super().get_context_data(
            title=self.title(missing, standings),
            standings=standings,
            own=[(row, row.is_held(today)) for row in reading.own_qualifications(self.member)],
            blocked={
                entry["reason"].subject: entry["activities"]
                for entry in blocked
                if entry["reason"].obstacle.startswith("qualification")
            },
            can_manage=self.member.can(Right.PORTAL_TRAINING_MANAGE),
            **kwargs,
        )

    def title(self, missing: int, standings: list[reading.Standing]) -> str:
        """Whether something is missing."""
        if missing:
            return ngettext(
                "Your company lacks %(count)s qualification", "Your company lacks %(count)s qualifications", missing
            ) % {"count": formats.number(missing)}
        if standings:
            return _("Your company has all qualifications that are asked of it")
        return _("No qualification is asked of your company")
