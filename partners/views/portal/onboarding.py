"""A partner's own journey: what to do next, and how far it is."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from partners.models import Journey, JourneyItem
from partners.selectors import onboarding as selectors
from partners.views.staff.onboarding import ItemFileView, ItemMixin, ItemTickView
from tenancy.access import PortalMixin
from tenancy.rights import Right


class JourneyView(PortalMixin, TemplateView):
    """The journey as a list of steps to tick, the next one on top."""

    required_right = Right.PORTAL_WORK
    template_name = "partners/portal/onboarding_journey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        journey = selectors.journey_of(self.member.partner) if self.member.partner else None
        phases = selectors.phases_of(journey, self.member, timezone.localdate()) if journey else []
        next_item = selectors.next_of(phases)
        return super().get_context_data(
            title=title_of(journey, next_item),
            journey=journey,
            phases=phases,
            next_item=next_item,
            is_running=journey is not None and journey.state == Journey.State.RUNNING,
            file_url="partners_portal:journey_file",
            **kwargs,
        )


def title_of(journey: Journey | None, next_item: selectors.ShownItem | None) -> str:
    """What to do now, as a sentence."""
    if journey is None:
        return _("There is nothing to do here")
    if journey.state == Journey.State.DONE:
        return _("You have done everything: welcome on board")
    if journey.state == Journey.State.STOPPED:
        return _("Your onboarding was stopped")
    if next_item is None:
        return _("It is our turn: you have nothing to do now")
    return _("Next: %(step)s") % {"step": next_item.step}


class PortalItemMixin(PortalMixin, ItemMixin):
    required_right = Right.PORTAL_WORK

    def get_items(self) -> QuerySet[JourneyItem]:
        return JourneyItem.objects.filter(partner=self.member.partner_id)

    def back(self) -> HttpResponse:
        return redirect(self.member.url("partners_portal:journey"))


class PortalItemTickView(PortalItemMixin, ItemTickView):
    pass


class PortalItemFileView(PortalItemMixin, ItemFileView):
    pass
