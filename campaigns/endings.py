"""What the end of a partnership closes here: requests for funds, and what the partner has left of them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import FundBalance, FundRequest, FundState
from campaigns.models.funds import CLAIMABLE_STATES
from campaigns.services.funds import close_requests_of
from pages import formats
from partners.ending import Ending, register_ending
from partners.models import Partner
from tenancy.models import Membership


def funds_said(partner: Partner) -> list[str]:
    """How many requests are withdrawn, which claims stay, and that what is left goes back."""
    said, requests = [], FundRequest.objects.filter(partner=partner)
    if count := requests.filter(state__in=(FundState.SUBMITTED, *CLAIMABLE_STATES)).count():
        said.append(
            ngettext("%(count)s request for funds is withdrawn.", "%(count)s requests for funds are withdrawn.", count)
            % {"count": formats.number(count)}
        )
    if count := requests.filter(state=FundState.CLAIMED).count():
        said.append(
            ngettext(
                "%(count)s claim on funds is still to be checked and settled.",
                "%(count)s claims on funds are still to be checked and settled.",
                count,
            )
            % {"count": formats.number(count)}
        )
    if FundBalance.objects.filter(partner=partner, free__gt=0).exists():
        said.append(_("What it has left of funds goes back into them."))
    return said


def close_funds(partner: Partner, by: Membership | None) -> Any:
    """Withdraw what is not done yet, and take back what is left."""
    return close_requests_of(partner, by=by)


def reopen_funds(partner: Partner, closed: Any, by: Membership | None) -> list[str]:
    """The ledger only goes on: what was withdrawn is asked for anew."""
    return [
        ngettext(
            "%(count)s request for funds was withdrawn and is to be handed in anew.",
            "%(count)s requests for funds were withdrawn and are to be handed in anew.",
            len(closed),
        )
        % {"count": formats.number(len(closed))}
    ]


register_ending(Ending("funds", 18, funds_said, close_funds, reopen_funds))
