"""What a campaign is planned against and what its pilot says, in words."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignGoal
from pages import formats
from valuation.experiment import Verdict

RATES = [goal for goal in CampaignGoal if goal not in (CampaignGoal.LEADS, CampaignGoal.ORDER_AMOUNT)]
"""Goals that are a share of those it was sent to, in per cent."""
PILOT_GOALS: list[tuple[str, Any]] = [
    (CampaignGoal.CLICKS.value, gettext_lazy("click rate")),
    (CampaignGoal.REPLIES.value, gettext_lazy("reply rate")),
    (CampaignGoal.LEADS.value, gettext_lazy("share that became leads")),
    (CampaignGoal.ORDERS.value, gettext_lazy("share that ordered")),
]
"""What a pilot can be judged by, as it stands within a sentence."""


def goal_words(campaign: Campaign) -> str:
    """The goal with its number: "Reply rate 3 %"."""
    language = get_language()
    if campaign.goal in RATES:
        value = formats.percent(campaign.goal_value)
    elif campaign.goal == CampaignGoal.LEADS:
        value = formats.number(campaign.goal_value)
    else:
        value = formats.money(campaign.goal_value, campaign.manufacturer.currency, language)
    return f"{campaign.get_goal_display()} {value}"


def rule_words(campaign: Campaign) -> str:
    """The pilot's rule, as it is set beforehand."""
    if not campaign.pilot_size:
        return _("No pilot: all readers at once.")
    return _("Go if the %(goal)s is at least %(least)s %% with a certainty of %(level)s %%.") % {
        "goal": dict(PILOT_GOALS).get(campaign.pilot_goal, campaign.get_pilot_goal_display()),
        "least": formats.number(campaign.pilot_at_least),
        "level": formats.number(campaign.pilot_level),
    }


def verdict_words(verdict: dict[str, Any]) -> str:
    """What the rule said of the pilot, in one sentence."""
    if not verdict:
        return ""
    if not verdict["n"]:
        return _("Nobody of the pilot was sent anything yet.")
    words = {
        "goal": dict(PILOT_GOALS).get(verdict["goal"], ""),
        "rate": formats.number(verdict["rate"], 1),
        "low": formats.number(verdict["low"], 1),
        "high": formats.number(verdict["high"], 1),
        "least": formats.number(verdict["at_least"]),
    }
    if verdict["verdict"] == Verdict.GO:
        said = _("The pilot's %(goal)s is %(rate)s %% (%(low)s to %(high)s), above the %(least)s %% you asked for")
    elif verdict["verdict"] == Verdict.STOP:
        said = _("The pilot's %(goal)s is %(rate)s %% (%(low)s to %(high)s), below the %(least)s %% you asked for")
    else:
        said = _(
            "The pilot's %(goal)s is %(rate)s %% (%(low)s to %(high)s): too few to say whether it is above or below the"
            " %(least)s %% you asked for"
        )
    return said % words
