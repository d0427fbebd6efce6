"""When campaigns write to whom, and who is written to by several of them in one week."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from campaigns.models import Arm, Campaign, CampaignChannel, CampaignSettings, CampaignState, Mailing, MailingState
from pages.weeks import monday_of

PLANNED_STATES = (
    CampaignState.APPROVED,
    CampaignState.PILOT,
    CampaignState.DECISION,
    CampaignState.ROLLOUT,
    CampaignState.MEASURING,
    CampaignState.ANALYSED,
    CampaignState.CLOSED,
)
"""In these the readers are frozen and the plan's days hold; of a stopped campaign only what was sent counts."""
ARM_OF_MAILING = {Mailing.Kind.PILOT: Arm.PILOT, Mailing.Kind.ROLLOUT: Arm.REST}


@dataclass(frozen=True)
class Send:
    """A campaign writes to one of its arms on a day, planned or as it was."""

    campaign: int
    arm: str
    day: dt.date

    @property
    def week(self) -> dt.date:
        return monday_of(self.day)


def planned_days(campaign: Campaign) -> dict[str, dt.date]:
    """The day on which each arm is written to as planned."""
    if not campaign.pilot_size:
        return {Arm.REST: campaign.starts_on}
    return {Arm.PILOT: campaign.starts_on, Arm.REST: campaign.rollout_on or campaign.starts_on}


def sends_between(first: dt.date, last: dt.date, *, but: int | None = None) -> list[Send]:
    """Who is written to in these days by mails and the like: what was begun on its day, what was not as planned.

    Portal messages wait until somebody comes; they are left out. Two queries.
    """
    campaigns = (
        Campaign.objects.filter(Q(state__in=PLANNED_STATES) | Q(state=CampaignState.STOPPED))
        .exclude(channel=CampaignChannel.PORTAL)
        .exclude(pk__in=[] if but is None else [but])
        .filter(starts_on__lte=last + LATE, ends_on__gte=first - LATE)
    )
    found = list(campaigns.only("state", "starts_on", "rollout_on", "pilot_size").order_by("pk"))
    begun: dict[int, dict[str, dt.date]] = defaultdict(dict)
    mailings = Mailing.objects.filter(campaign__in=[each.pk for each in found], kind__in=ARM_OF_MAILING)
    for mailing in mailings.exclude(state=MailingState.PREPARING).only("campaign", "kind", "starts_at"):
        begun[mailing.campaign_id][ARM_OF_MAILING[Mailing.Kind(mailing.kind)]] = timezone.localdate(mailing.starts_at)
    sends = []
    for each in found:
        days: dict[str, dt.date] = {} if each.state == CampaignState.STOPPED else planned_days(each)
        sends += [Send(each.pk, arm, day) for arm, day in (days | begun[each.pk]).items() if first <= day <= last]
    return sends


LATE = dt.timedelta(days=90)
"""A mailing begins so long after its planned period at most."""

PERSON = """coalesce('p' || r.contact_id, 'c' || r.customer_id, 'm' || r.member_id)"""
"""Who is spoken to, the same in every campaign."""

OFTEN = f"""
    WITH send (campaign_id, arm, week) AS (SELECT * FROM unnest(%(campaigns)s::bigint[], %(arms)s::text[], %(weeks)s::date[])),
    person AS (
        SELECT s.week, {PERSON} AS key, array_agg(DISTINCT r.campaign_id ORDER BY r.campaign_id) AS campaigns
        FROM send s
        JOIN campaigns_recipient r ON r.campaign_id = s.campaign_id AND r.arm = s.arm
        GROUP BY 1, 2 HAVING count(*) > 1
    )
    SELECT week, campaigns, count(*) FROM person GROUP BY 1, 2 ORDER BY 1, cardinality(campaigns) DESC, 3 DESC, 2
"""  # noqa: S608 (our own words)


@dataclass(frozen=True)
class Clash:
    """So many people are written to by all these campaigns in one week."""

    week: dt.date
    campaigns: tuple[int, ...]
    people: int
    is_over: bool
    """Whether that is more than one person may get in a week."""

    @property
    def mails(self) -> int:
        return len(self.campaigns)


def weekly_cap() -> int:
    """How many mails one person gets in a week at most."""
    kept = CampaignSettings.objects.values_list("weekly_cap", flat=True).first()
    return int(kept if kept is not None else CampaignSettings._meta.get_field("weekly_cap").default)


def clashes(sends: Sequence[Send], cap: int) -> list[Clash]:
    """Who is written to by more than one campaign in a week, by week and by campaigns. One query."""
    per_week: dict[dt.date, set[int]] = defaultdict(set)
    for send in sends:
        per_week[send.week].add(send.campaign)
    several = [send for send in sends if len(per_week[send.week]) > 1]
    if not several:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OFTEN, _arrays(several))
        return [
            Clash(week, tuple(campaigns), people, len(campaigns) > cap) for week, campaigns, people in cursor.fetchall()
        ]


CLASHING = f"""
    SELECT {PERSON} AS key, min(r.name) AS name, min(r.partner_name) AS partner_name, min(r.partner_id) AS partner_id
    FROM unnest(%(campaigns)s::bigint[], %(arms)s::text[]) s (campaign_id, arm)
    JOIN campaigns_recipient r ON r.campaign_id = s.campaign_id AND r.arm = s.arm
    GROUP BY 1
    HAVING array_agg(DISTINCT r.campaign_id ORDER BY r.campaign_id) = %(wanted)s::bigint[]
    ORDER BY 3, 2, 1 LIMIT %(most)s
"""  # noqa: S608 (our own words)


def people_of(sends: Iterable[Send], campaigns: Collection[int], *, most: int) -> list[tuple[str, str, int | None]]:
    """Names, companies and their keys of those whom just these campaigns write to among `sends`. One query."""
    chosen = list(sends)
    with connection.cursor() as cursor:
        cursor.execute(CLASHING, _arrays(chosen) | {"wanted": sorted(campaigns), "most": most})
        return [(name, partner_name, partner_id) for _key, name, partner_name, partner_id in cursor.fetchall()]


def _arrays(sends: Sequence[Send]) -> dict[str, Any]:
    return {
        "campaigns": [send.campaign for send in sends],
        "arms": [str(send.arm) for send in sends],
        "weeks": [send.week for send in sends],
    }
