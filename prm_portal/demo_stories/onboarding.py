"""New partners on their way at every point of a journey, partners that went silent, and one handover."""

import datetime as dt
from typing import Any

from django.utils import timezone, translation

from partners import services
from partners.defaults import create_default_template, default_playbooks, default_reasons
from partners.models import Journey, JourneyItem, JourneyTemplate, Partner, Stage, StageMove, StageReason
from partners.services import lifecycle, onboarding
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

ON_THEIR_WAY = 9
STANDS_STILL = 3
"""Which of them has stood still."""
HANDED_OVER = 6
CALLED = ("Seoul Agency", "Suwon Materials Mart", "Haeundae Interior")
TEXTS = {
    "ko": {
        "moved": "상담 후 협업을 시작하기로 했습니다.",
        "ended": "폐업 신고를 확인했습니다.",
        "back": "재개업하여 다시 거래합니다.",
        "note": "매장에서 만나 진열 계획을 함께 정했습니다.",
        "tasks": ("전시장 샘플 교체 일정 잡기", "미수금 상환 계획 받기", "다음 분기 행사 조건 회신하기"),
    },
    "ja": {
        "moved": "面談のうえ、取引を始めることになりました。",
        "ended": "廃業届を確認しました。",
        "back": "営業を再開したため、取引を再開します。",
        "note": "店舗でお会いし、展示計画を一緒に決めました。",
        "tasks": ("展示サンプルの入れ替え日を決める", "未回収分の返済計画を受け取る", "来四半期の販促条件に返答する"),
    },
}


def tell_onboarding(manufacturer: Manufacturer, day: dt.date) -> None:
    """Once per manufacturer: where a journey is there, the story has been told."""
    if Journey.objects.exists():
        return
    language = manufacturer.languages[0] if manufacturer.languages[0] in TEXTS else "ko"
    with translation.override(language):
        _tell(TEXTS[language], day)


def _tell(texts: dict[str, Any], day: dt.date) -> None:
    owner, manager = (
        Membership.objects.filter(role=role, partner=None).order_by("pk")[0] for role in (Role.OWNER, Role.MANAGER)
    )
    lifecycle.add_default_playbooks(default_playbooks())
    lifecycle.add_default_reasons(default_reasons())
    template = JourneyTemplate.objects.filter(state=JourneyTemplate.State.PUBLISHED).first()
    if template is None:
        template = onboarding.publish_template(create_default_template())
    _send_on_their_way(template, texts, by=manager)
    _end_and_take_back(texts, by=owner)
    lifecycle.propose_stages(day)
    _hand_over(texts, to=owner, by=owner, day=day)


def _send_on_their_way(template: JourneyTemplate, texts: dict[str, Any], *, by: Membership) -> None:
    """Partners at the stage of onboarding, each as far as its time allows; those one knows are long through."""
    new = list(Partner.objects.filter(stage=Stage.ONBOARDING).order_by("pk")[:ON_THEIR_WAY])
    known = list(Partner.objects.filter(name__in=CALLED, stage=Stage.ACTIVE).order_by("pk"))
    newcomer = Partner.objects.filter(members__is_active=True, stage=Stage.ACTIVE).exclude(
        pk__in=[each.pk for each in known]
    )
    middle = newcomer.order_by("-created_at", "-pk").first()
    for number, partner in enumerate([*new, *([middle] if middle else [])]):
        journey = onboarding.start_journey(partner, by=by, template=template)
        days = 26 if number == STANDS_STILL else 4 * number + 2
        _date_back(
            journey,
            days,
            done=2 if number == STANDS_STILL else min(number + 1, journey.steps - 2),
            note=texts["note"],
            by=by,
        )
    for partner in known:
        journey = onboarding.start_journey(partner, by=by, template=template)
        _date_back(journey, 210, done=journey.steps, note="", by=by)


def _date_back(journey: Journey, days: int, *, done: int, note: str, by: Membership) -> None:
    """As if the journey had begun some days ago, with its first steps done since."""
    start = timezone.now() - dt.timedelta(days=days)
    items = list(JourneyItem.objects.filter(journey=journey).select_related("step").order_by("position"))
    for item in items:
        item.due_on = start.date() + dt.timedelta(days=item.step.due_days)
        if item.position <= done:
            stands_still = done == 2
            after = item.position if stands_still else days * item.position // (done + 1)
            item.done_at = start + dt.timedelta(days=after, hours=item.position)
            item.done_by, item.how = (by, "hand") if item.step.side == "staff" else (None, "hand")
            item.note = note if item.step.type == "meeting" else ""
        elif item.done_at is not None:
            item.done_at = start
    JourneyItem.objects.bulk_update(items, ["due_on", "done_at", "done_by", "how", "note"])
    last = max((item.done_at for item in items if item.done_at), default=start)
    count = sum(1 for item in items if item.done_at)
    is_done = count == len(items)
    Journey.objects.filter(pk=journey.pk).update(
        started_at=start,
        moved_at=last,
        done=count,
        state=Journey.State.DONE if is_done else Journey.State.RUNNING,
        finished_at=last if is_done else None,
        next_due_on=min((item.due_on for item in items if not item.done_at), default=None),
    )


def _end_and_take_back(texts: dict[str, Any], *, by: Membership) -> None:
    """A shop that closed, and one that opened again."""
    closed = StageReason.objects.get(code="closed")
    for number, partner in enumerate(Partner.objects.filter(stage=Stage.DORMANT).order_by("-pk")[:3]):
        services.set_stage(partner, Stage.ENDED, by=by, reason=closed, note=texts["ended"])
        if number == 1:
            services.take_end_back(partner, by=by, note=texts["back"])
    for move in StageMove.objects.order_by("pk"):
        StageMove.objects.filter(pk=move.pk).update(at=move.at - dt.timedelta(days=20 - move.pk % 9))


def _hand_over(texts: dict[str, Any], *, to: Membership, by: Membership, day: dt.date) -> None:
    """Some partners of a channel manager go to a colleague, with what is open."""
    managers = list(Membership.objects.filter(role=Role.MANAGER, partner=None, is_active=True).order_by("pk"))
    if len(managers) < 2:
        return
    old, new = managers[-1], managers[0]
    partners = list(
        Partner.objects.filter(channel_manager=old, stage=Stage.ACTIVE).order_by("-summary__revenue", "pk")[
            :HANDED_OVER
        ]
    )
    for number, title in enumerate(texts["tasks"]):
        if number < len(partners):
            services.create_task(
                partner=partners[number],
                title=title,
                due_on=day + dt.timedelta(days=5 + 4 * number),
                owner=old,
                kind="demo",
                key=f"handover-{number}",
                by=old,
            )
    services.assign_channel_manager(Partner.objects.filter(pk__in=[each.pk for each in partners]), new, by=by)
