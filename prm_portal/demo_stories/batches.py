"""A pool that was distributed at once and waits to be sent, and two policies tried on the year that has gone by."""

import datetime as dt

from django.utils import timezone

from leads.matching import Component
from leads.models import BatchState, LeadBatch, Replay
from leads.replay import Mode, ReplayPolicy
from leads.selectors.batches import free_leads
from leads.selectors.replays import past_leads
from leads.services.batches import work_out
from leads.services.replays import try_policy
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Right
from tenancy.selectors import members_with

NEAR: dict[str, float] = {
    Component.DISTANCE: 50,
    Component.FIT: 20,
    Component.WIN_RATE: 10,
    Component.SPEED: 10,
    Component.LOAD: 10,
}
WINNERS: dict[str, float] = {Component.WIN_RATE: 60, Component.FIT: 20, Component.DISTANCE: 10, Component.SPEED: 10}
NAMES = {
    "ko": ("가을 박람회 뒤 일괄 분배", "수주율이 높은 파트너 우선", "순번대로"),
    "ja": ("秋の展示会後の一括配分", "受注率の高いパートナーを優先", "順番に配分"),
    "en": ("After the autumn fair", "Who wins most comes first", "In turn"),
}
DAYS = 300


def tell_batches(manufacturer: Manufacturer, today: dt.date) -> None:
    """Worked out like by hand, so that every figure is true."""
    if LeadBatch.objects.exists() or not free_leads().exists():
        return
    by: Membership | None = members_with(Right.LEADS_DISTRIBUTE).filter(partner=None).order_by("pk").first()
    names = NAMES.get(manufacturer.first_language, NAMES["en"])
    batch = LeadBatch(name=names[0], state=BatchState.SOLVING, maximum_share=15, exploration=5, created_by=by)
    batch.save()
    work_out(batch)
    if not past_leads(before=timezone.now()).exists():
        return
    for name, policy in (
        (names[1], ReplayPolicy(Mode.BEST, weights=WINNERS)),
        (names[2], ReplayPolicy(Mode.TURNS, weights=NEAR)),
    ):
        tried = Replay(name=name, policy=policy.as_json(), since=today - dt.timedelta(days=DAYS), until=today)
        tried.created_by = by
        tried.save()
        try_policy(tried)
