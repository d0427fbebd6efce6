from django.utils.translation import gettext as _

from notices import selectors
from tenancy.models import Membership
from tenancy.waiting import WaitingItem, register_waiting

SHOWN = 20


@register_waiting(
    probe="""EXISTS (
        SELECT FROM notices_notice
        WHERE recipient_id = %(member)s AND in_inbox AND is_important AND confirmed_at IS NULL)"""
)
def notices_to_confirm(member: Membership) -> list[WaitingItem]:
    """Important notices wait until they are confirmed."""
    notices = selectors.to_confirm(member).order_by("-pk")[:SHOWN]
    return [
        WaitingItem(
            title=item.wording.sentence,
            detail=str(item.kind.label),
            url=item.url,
            action=_("Read and confirm"),
            due=item.notice.ends_at,
        )
        for item in selectors.items(notices, member)
    ]
