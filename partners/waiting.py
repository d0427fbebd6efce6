from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from partners import selectors
from partners.completeness import completeness_of
from partners.custom_fields import all_custom_fields
from partners.profile import is_stale
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting


@register_waiting
def partners_left_behind(member: Membership) -> list[WaitingItem]:
    """Partners whose channel manager has left."""
    if not member.is_staff or not member.can(Right.PARTNERS_ASSIGN):
        return []
    return [
        WaitingItem(
            ngettext(
                "%(count)s partner of %(name)s needs another channel manager",
                "%(count)s partners of %(name)s need another channel manager",
                left.looked_after,
            )
            % {"count": formats.number(left.looked_after), "name": left.name},
            _("%(name)s has left; nobody hears what concerns these partners") % {"name": left.name},
            f"{member.url('partners:list')}?manager={left.pk}",
            _("Choose and give them away"),
            count=left.looked_after,
        )
        for left in selectors.managers_who_left()
    ]


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
