"""What changes funds: budgets and what partners are given, requests, claims, and what the clock brings."""

from campaigns.services.funds.budgets import (
    allot,
    allot_audience,
    change_budget,
    default_activities,
    must_have_seen,
    save_fund,
    set_activity_retired,
    take_back,
)
from campaigns.services.funds.claims import (
    add_claim_line,
    add_proof,
    answer_line,
    drop_claim_line,
    hand_in_claim,
    payable,
    return_claim,
    settle,
)
from campaigns.services.funds.clock import turn_funds
from campaigns.services.funds.common import FundError
from campaigns.services.funds.requests import (
    approve_request,
    ask_longer,
    close_requests_of,
    extend,
    grant,
    hand_in,
    link_campaign,
    refuse_longer,
    refuse_request,
    withdraw_request,
)

__all__ = [
    "FundError",
    "add_claim_line",
    "add_proof",
    "allot",
    "allot_audience",
    "answer_line",
    "approve_request",
    "ask_longer",
    "change_budget",
    "close_requests_of",
    "default_activities",
    "drop_claim_line",
    "extend",
    "grant",
    "hand_in",
    "hand_in_claim",
    "link_campaign",
    "must_have_seen",
    "payable",
    "refuse_longer",
    "refuse_request",
    "return_claim",
    "save_fund",
    "set_activity_retired",
    "settle",
    "take_back",
    "turn_funds",
    "withdraw_request",
]
