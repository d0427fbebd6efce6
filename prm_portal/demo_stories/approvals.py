"""Rises of grade on their way along an approval line, some decided, some waiting; somebody is away next week."""

import datetime as dt

from django.utils import timezone, translation

from approvals import services
from approvals.models import Purpose, Request, Route, Step, StepState, Who
from approvals.services import Draft, DraftStep
from partners.models import Partner
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from valuation.models import PROMOTION_SUBJECT, Grade, Tier

WAITING = 7
TEXTS = {
    "ko": {
        "line": "등급 승급 결재선",
        "opinion": "최근 3개월 매출이 고르게 늘었습니다. 반품률도 안정적입니다.",
        "yes": "현장 방문에서 시공 품질을 확인했습니다. 승급에 동의합니다.",
        "no": "미수금 정리가 끝난 뒤 다음 분기에 다시 보겠습니다.",
        "question": "신규 전시장 계약은 언제 마무리되나요?",
        "answer": "이번 달 말 예정입니다. 계약서 초안을 공유하겠습니다.",
        "away": "해외 전시회 출장",
    },
    "ja": {
        "line": "ランク昇格の承認ルート",
        "opinion": "直近3か月の仕入れは堅調で、返品も少なくなっています。",
        "yes": "店舗訪問で整備品質を確認しました。昇格に賛成します。",
        "no": "未回収分の整理が終わってから、次の四半期に再検討します。",
        "question": "新しいショールームの契約はいつ締結の予定ですか。",
        "answer": "今月末の予定です。契約書の案を共有します。",
        "away": "海外展示会へ出張",
    },
}


def tell_approvals(manufacturer: Manufacturer, day: dt.date) -> None:
    """Once per manufacturer: where a line is there, the story has been told."""
    if Route.objects.exists():
        return
    language = manufacturer.languages[0] if manufacturer.languages[0] in TEXTS else "ko"
    with translation.override(language):
        _tell(TEXTS[language], day)


def _tell(texts: dict[str, str], day: dt.date) -> None:
    owner, manager, analyst, service = (
        Membership.objects.filter(role=role, partner=None).order_by("pk")[0]
        for role in (Role.OWNER, Role.MANAGER, Role.ANALYST, Role.SERVICE)
    )
    _let_promotions_wait(day)
    services.save_route(
        Draft(
            PROMOTION_SUBJECT,
            texts["line"],
            steps=[
                DraftStep(Purpose.AGREE, Who.MEMBER, member=analyst, hours=16, late_role=Role.MANAGER),
                DraftStep(Purpose.DECIDE, Who.MANAGER, hours=16, late_member=owner),
                DraftStep(Purpose.DECIDE, Who.MEMBER, member=owner),
                DraftStep(Purpose.COPY, Who.ROLE, role=Role.SERVICE),
            ],
        )
    )
    asked = list(
        Request.objects.filter(kind=PROMOTION_SUBJECT).select_related("partner__channel_manager").order_by("pk")
    )
    for number, request in enumerate(asked):
        looks_after = request.partner.channel_manager if request.partner else None
        if number == 0 or looks_after is None:
            continue
        services.decide(request, by=analyst, approve=True, comment=texts["opinion"])
        if number == 1:
            services.comment(request, by=owner, text=texts["question"])
            services.comment(request, by=looks_after, text=texts["answer"])
            continue
        services.decide(request, by=looks_after, approve=True, comment=texts["yes"] if number % 2 else "")
        if number == 3:
            services.decide(request, by=owner, approve=True)
        if number == 4:
            services.decide(request, by=owner, approve=False, comment=texts["no"])
    now = timezone.now()
    for number, request in enumerate(asked):
        Request.objects.filter(pk=request.pk).update(asked_at=now - dt.timedelta(days=2, hours=number))
    late = Step.objects.filter(state=StepState.OPEN, due_at__isnull=False, request__in=asked[:1])
    late.update(due_at=now - dt.timedelta(hours=3))
    services.delegate(
        manager,
        service,
        starts_on=day + dt.timedelta(days=7),
        ends_on=day + dt.timedelta(days=9),
        by=manager,
        note=texts["away"],
    )


def _let_promotions_wait(day: dt.date) -> None:
    """Some partners have reached the next grade, and it is not given yet."""
    tiers = {(tier.programme_id, tier.rank): tier for tier in Tier.objects.all()}
    partners = Partner.objects.filter(channel_manager__isnull=False)
    grades = Grade.objects.filter(partner__in=partners, override_until=None).select_related("tier")
    picked: list[Grade] = []
    for grade in grades.order_by("-tier__rank", "pk"):
        above = tiers.get((grade.programme_id, grade.tier.rank + 1))
        if above is not None and above.min_score is not None and len(picked) < WAITING:
            grade.pending_tier, grade.pending_since = above, day
            picked.append(grade)
    Grade.objects.bulk_update(picked, ["pending_tier", "pending_since"])
