"""What waits because partners ask each other, and because introducers are to be rewarded."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages import formats
from pages.paging import count_up_to
from partners.selectors import matches as reading
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting


@register_waiting(
    side="portal",
    probe="EXISTS (SELECT FROM partners_enquiry WHERE asked_id = %(partner)s AND state = 'open')",
)
def enquiries_to_answer(member: Membership) -> list[WaitingItem]:
    """What other partners ask."""
    if member.partner is None or not member.can(Right.PORTAL_PROFILE_EDIT) or not member.has_function("matching"):
        return []
    return [
        WaitingItem(
            _("%(partner)s asks you: %(subject)s") % {"partner": enquiry.asking_name, "subject": enquiry.subject},
            str(enquiry.get_kind_display()),
            member.url("partners_portal:enquiry", pk=enquiry.pk),
            _("Answer"),
        )
        for enquiry in reading.enquiries_to_answer(member.partner)[:10]
    ]


@register_waiting(side="staff")
def rewards_to_give(member: Membership) -> list[WaitingItem]:
    """For who recruits: rewards for introductions that are still to be given."""
    if not member.can(Right.RECRUITING) or not member.has_function("recruiting"):
        return []
    due = reading.rewards_due().select_related("partner")
    first = due.first()
    if first is None:
        return []
    count = count_up_to(due)
    return [
        WaitingItem(
            ngettext(
                "%(count)s reward for an introduction is due", "%(count)s rewards for introductions are due", count
            )
            % {"count": formats.number(count)},
            _("The first: %(partner)s") % {"partner": first.partner},
            member.url("partners:introducer", pk=first.partner_id),
            _("Look at it"),
            count=count,
        )
    ]
