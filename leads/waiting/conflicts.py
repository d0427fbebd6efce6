"""Channel conflicts that wait: for a decision, for what a partner knows, and for an appeal."""

import datetime as dt

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from leads.functions import DEALS
from leads.models import CaseState, ConflictMessage
from leads.selectors.conflicts import cases_for, open_cases
from leads.services.conflicts import APPEAL_DAYS
from pages import formats
from pages.paging import count_up_to
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

MOST = 3


@register_waiting(
    side="staff", probe="EXISTS (SELECT FROM leads_conflictcase WHERE state IN ('open', 'review', 'appealed'))"
)
def cases_to_decide(member: Membership) -> list[WaitingItem]:
    """For who decides on conflicts, the longest waiting first."""
    if not member.can(Right.CONFLICTS) or not member.has_function(DEALS.key):
        return []
    waiting = open_cases(member)
    first = waiting.first()
    if first is None:
        return []
    count = count_up_to(waiting)
    return [
        WaitingItem(
            ngettext("%(count)s channel conflict is open", "%(count)s channel conflicts are open", count)
            % {"count": formats.number(count)},
            _("The longest: %(case)s") % {"case": f"{first.reference} · {first.get_kind_display()}"},
            member.url("leads:conflict", pk=first.pk),
            _("Look at it"),
            count=count,
        )
    ]


@register_waiting(
    side="portal",
    probe="""EXISTS (
        SELECT FROM leads_conflictcase WHERE (partner_id = %(partner)s OR other_id = %(partner)s)
        AND state IN ('open', 'review', 'decided')
    )""",
)
def own_cases(member: Membership) -> list[WaitingItem]:
    """Decisions that can still be appealed against, and cases of which the partner has said nothing yet."""
    if not member.can(Right.PORTAL_DEALS) or not member.has_function(DEALS.key):
        return []
    days = dt.timedelta(days=APPEAL_DAYS)
    decided = cases_for(member).filter(state=CaseState.DECIDED, decided_at__gt=timezone.now() - days)
    said = ConflictMessage.objects.filter(case=OuterRef("pk"), partner=member.partner_id, by__partner=member.partner_id)
    silent = cases_for(member).filter(~Exists(said), state__in=[CaseState.OPEN, CaseState.REVIEW])
    silent = silent.exclude(partner=member.partner_id, raised_by_partner=True)
    return [
        *(
            WaitingItem(
                _("Channel conflict %(case)s is decided") % {"case": case.reference},
                case.get_outcome_display(),
                member.url("leads_portal:conflict", pk=case.pk),
                _("Read it"),
                due=case.decided_at + days if case.decided_at else None,
            )
            for case in decided.order_by("decided_at", "pk")[:MOST]
        ),
        *(
            WaitingItem(
                _("Say what you know about channel conflict %(case)s") % {"case": case.reference},
                case.get_kind_display(),
                member.url("leads_portal:conflict", pk=case.pk),
                pgettext("action", "Open"),
            )
            for case in silent.order_by("opened_at", "pk")[:MOST]
        ),
    ]
