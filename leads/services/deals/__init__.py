"""Everything that changes deal registrations and what protects them."""

from leads.services.deals.asking import answer_appeal, answer_extension, appeal, ask_extension, may_appeal
from leads.services.deals.checking import Sign, TooManyChecksError, check_deal, is_enough
from leads.services.deals.common import DealError
from leads.services.deals.deciding import NEW_CUSTOMER, approve_deal, grant, refuse_deal, return_deal, turn_down_now
from leads.services.deals.registering import (
    CLAIMING_STATES,
    Confirmation,
    add_file,
    close_deals_of,
    confirm_deal,
    confirm_for,
    enter_for,
    lose_deal,
    release_deal,
    save_deal,
    signing_in,
    submit_deal,
    win_deal,
    withdraw_deal,
)
from leads.services.deals.sweeping import end_protections, remind_of_ends
from leads.services.deals.terms import save_terms

__all__ = [
    "CLAIMING_STATES",
    "NEW_CUSTOMER",
    "Confirmation",
    "DealError",
    "Sign",
    "TooManyChecksError",
    "add_file",
    "answer_appeal",
    "answer_extension",
    "appeal",
    "approve_deal",
    "ask_extension",
    "check_deal",
    "close_deals_of",
    "confirm_deal",
    "confirm_for",
    "end_protections",
    "enter_for",
    "grant",
    "is_enough",
    "lose_deal",
    "may_appeal",
    "refuse_deal",
    "release_deal",
    "remind_of_ends",
    "return_deal",
    "save_deal",
    "save_terms",
    "signing_in",
    "submit_deal",
    "turn_down_now",
    "win_deal",
    "withdraw_deal",
]
