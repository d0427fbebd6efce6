"""What waits for a member about people. (`tenancy.waiting` is where all apps register such things.)"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.selectors import requests_without_admin, waiting_join_requests
from tenancy.waiting import WaitingItem, register_waiting


@register_waiting(probe="EXISTS (SELECT FROM tenancy_joinrequest WHERE state = 'waiting')")
def join_requests(member: Membership) -> list[WaitingItem]:
    """Colleagues who ask to join; for staff those whose partner has nobody to say yes."""
    if member.can(Right.PORTAL_COLLEAGUES_MANAGE):
        requests, url = waiting_join_requests(member), member.url("tenancy_portal:colleagues")
    elif member.is_staff and member.can(Right.PARTNERS_EDIT):
        requests, url = requests_without_admin(member), member.url("tenancy:invitations")
    else:
        return []
    count = requests.count()
    if not count:
        return []
    first = requests[0]
    return [
        WaitingItem(
            title=ngettext("%(count)s person asks to join", "%(count)s people ask to join", count) % {"count": count},
            detail=first.name
            if member.partner_id
            else _("%(name)s, %(partner)s") % {"name": first.name, "partner": first.partner},
            url=url,
            action=_("Answer"),
            count=count,
        )
    ]
