"""Funds and campaigns of partners in a merge of two partners: money was given to the record as it was, and the ledger is
not rewritten; a record whose people still have money to ask for or to claim stays. What a partner holds on its own customers
goes with its people, unread by the manufacturer: the database moves it (`campaigns_move_own`) and tells keys alone."""

from functools import partial

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import FundBalance, FundRequest
from campaigns.models.funds import CLAIMABLE_STATES, WAITING_STATES
from pages import formats
from partners.merging import Items, register_obstacle, register_rule
from partners.models import Partner

LEDGER = gettext_lazy("The ledger of funds is not rewritten: what stands for this record is settled or returned there.")
OWN = ("PartnerCampaign", "PartnerWords", "OwnCustomer", "OwnSuppression", "OwnMessage")


@register_obstacle
def money_to_claim(loser: Partner) -> list[str]:
    """What the record's people could not get any more once they belong to another."""
    open_states = (*WAITING_STATES, *CLAIMABLE_STATES)
    said = []
    if count := FundRequest.objects.filter(partner=loser, state__in=open_states).count():
        said.append(
            ngettext(
                "%(partner)s has %(count)s request for funds under way, which nobody could claim afterwards. Let this record"
                " be the one that stays, or have it settled or withdrawn first.",
                "%(partner)s has %(count)s requests for funds under way, which nobody could claim afterwards. Let this record"
                " be the one that stays, or have them settled or withdrawn first.",
                count,
            )
            % {"partner": loser, "count": formats.number(count)}
        )
    if FundBalance.objects.filter(partner=loser, free__gt=0).exists():
        said.append(
            _("%(partner)s has money of a fund left. Take it back first, and give it to the partner that stays.")
            % {"partner": loser}
        )
    return said


def move_own(kind: str, winner: int, loser: int) -> Items:
    """The loser's rows become the winner's, but for those of which the winner has its own; what has stayed once stays."""
    return _moved(kind, loser, winner, None)


def own_back(kind: str, winner: int, loser: int, items: Items) -> None:
    """Those rows that moved go back; who unsubscribed meanwhile is written to by neither."""
    _moved(kind, winner, loser, items)


def _moved(kind: str, before: int, after: int, only: Items | None) -> Items:
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaigns_move_own(%s, %s, %s, %s::bigint[])", [kind, before, after, only])
        return list(cursor.fetchone()[0])


for model in ("FundEntry", "FundBalance", "FundRequest"):
    register_rule(f"campaigns.{model}", "partner", stays=LEDGER)
for model in OWN:
    kind = model.lower()
    register_rule(f"campaigns.{model}", "partner", move=partial(move_own, kind), back=partial(own_back, kind))
