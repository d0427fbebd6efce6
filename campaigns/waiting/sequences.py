"""What waits because something went wrong in a sequence."""

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.functions import CAMPAIGNS
from campaigns.models import EntrantState, Sequence, StopReason
from pages import formats
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.waiting import WaitingItem, register_waiting

MOST = 5
BROKEN = "EXISTS (SELECT FROM campaigns_sequenceentrant WHERE reason = 'error')"


@register_waiting(side="staff", probe=BROKEN)
def broken_sequences(member: Membership) -> list[WaitingItem]:
    """For who owns a sequence: partners in it who cannot go on."""
    if not member.can(Right.CAMPAIGNS_SEND) or not member.has_function(CAMPAIGNS.key):
        return []
    in_trouble = Count("entrants", filter=Q(entrants__state=EntrantState.STOPPED, entrants__reason=StopReason.ERROR))
    found = Sequence.objects.filter(owner=member).annotate(broken=in_trouble).filter(broken__gt=0).order_by("pk")
    return [
        WaitingItem(
            _("Something went wrong in the sequence “%(sequence)s”") % {"sequence": row.name},
            ngettext("%(count)s partner cannot go on.", "%(count)s partners cannot go on.", row.broken)
            % {"count": formats.number(row.broken)},
            member.url("campaigns:sequence", pk=row.pk),
            _("Look at it"),
        )
        for row in found[:MOST]
    ]
