from django.utils.translation import gettext as _

from pages import formats
from partners.completeness import completeness_of
from partners.custom_fields import all_custom_fields
from partners.profile import is_stale
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting


@register_waiting
def profile_to_look_after(member: Membership) -> list[WaitingItem]:
    """A partner's own profile: to be confirmed after a year, else to be filled in further."""
    if member.partner is None or not member.can(Right.PORTAL_PROFILE_EDIT):
        return []
    if is_stale(member.partner):
        return [
            WaitingItem(
                _("Confirm your profile"),
                _("Nobody has said within a year that it is still right"),
                member.url("partners_portal:profile"),
                _("Look it over"),
            )
        ]
    completeness = completeness_of(member.partner, all_custom_fields())
    if completeness.next is None:
        return []
    return [
        WaitingItem(
            _("Complete your profile"),
            _("%(percent)s so far · next: %(field)s")
            % {"percent": formats.percent(completeness.percent, 0), "field": completeness.next.label},
            member.url("partners_portal:profile_edit"),
            _("Fill it in"),
        )
    ]
