"""What people were told of their consents, for the pages on which these stand."""

from typing import Any

from campaigns.functions import CAMPAIGNS
from campaigns.models import NoticeState
from campaigns.selectors.consents import notices_of, why_not
from campaigns.services.consents import agreed_words
from partners.told import Telling, Told, tells_of_consents
from tenancy.models import Membership
from tenancy.rights import Right

SHOWN = 3
TONES: dict[str, str] = {
    NoticeState.SENT: "good",
    NoticeState.WAITING: "active",
    NoticeState.REFUSED: "bad",
    NoticeState.ENDED: "warn",
}


@tells_of_consents
def told_of(member: Membership, person: Any) -> Told:
    """The latest notices to a person; all of them are on a page of campaigns."""
    found: list[Any] = list(notices_of(person)[:SHOWN])
    notices = [
        Telling(
            at=notice.mail_sent_at or notice.created_at,
            way=notice.get_channel_display(),
            address=notice.address,
            agreed=[label for label, _day in agreed_words(notice)],
            state=str(NoticeState(notice.state).label),
            tone=TONES.get(notice.state, ""),
            why=why_not(notice),
        )
        for notice in found
    ]
    may_see_all = member.can(Right.CAMPAIGNS_VIEW) and member.has_function(CAMPAIGNS.key)
    return Told(notices, member.url("campaigns:consent_notices") if notices and may_see_all else "")
