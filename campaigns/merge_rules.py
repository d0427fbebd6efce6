"""Funds and campaigns of partners in a merge of two partners: money was given to the record as it was, and the ledger is
not rewritten. What a partner holds on its own customers goes with its people, unread by the manufacturer: the database
moves it (`campaigns_move_own`) and tells keys alone."""

from functools import partial

from django.db import connection
from django.utils.translation import gettext_lazy as _

from partners.merging import Items, register_rule

LEDGER = _("The ledger of funds is not rewritten: what stands for this record is settled or returned there.")
OWN = ("PartnerCampaign", "PartnerWords", "OwnCustomer", "OwnSuppression", "OwnMessage")


def move_own(kind: str, winner: int, loser: int) -> Items:
    """The loser's rows become the winner's, but for those of which the winner has its own."""
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
