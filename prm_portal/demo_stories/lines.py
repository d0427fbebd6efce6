"""Approval lines for deals by amount and for conflicts, with large deals on their way along one."""

import datetime as dt
from decimal import Decimal

from approvals.models import Purpose, Who
from approvals.selectors import routes
from approvals.services import Draft, DraftStep, save_route
from leads.models import CONFLICT_SUBJECT, DEAL_SUBJECT, DealRegistration, DealState
from leads.services.deals import approve_deal
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

FROM = {"KRW": (Decimal(50_000_000), Decimal(100_000_000)), "JPY": (Decimal(5_000_000), Decimal(10_000_000))}
NAMES = {
    "ko": ("딜 결재선: 5천만 원 이상", "딜 결재선: 1억 원 이상", "채널 갈등 결재선"),
    "ja": ("案件の承認ルート：500万円以上", "案件の承認ルート：1,000万円以上", "チャネル紛争の承認ルート"),
}
ON_THE_WAY = 2


def tell_lines(manufacturer: Manufacturer, today: dt.date) -> None:
    """Once per manufacturer; told last, since other stories decide without a line."""
    names = NAMES.get(manufacturer.languages[0])
    if names is None or manufacturer.currency not in FROM or routes().filter(kind=DEAL_SUBJECT).exists():
        return
    owner, manager, analyst = (
        Membership.objects.filter(role=role, partner=None).order_by("pk")[0]
        for role in (Role.OWNER, Role.MANAGER, Role.ANALYST)
    )
    large, very_large = FROM[manufacturer.currency]
    decides = DraftStep(Purpose.DECIDE, Who.MEMBER, member=owner, hours=16, late_role=Role.MANAGER)
    agrees = DraftStep(Purpose.AGREE, Who.MEMBER, member=analyst, hours=16, late_role=Role.MANAGER)
    save_route(Draft(DEAL_SUBJECT, names[0], large, very_large, [decides]))
    save_route(Draft(DEAL_SUBJECT, names[1], very_large, None, [agrees, decides]))
    save_route(Draft(CONFLICT_SUBJECT, names[2], steps=[decides]))
    waiting = DealRegistration.objects.filter(state=DealState.SUBMITTED, amount_base__gte=large)
    for deal in waiting.order_by("-amount_base", "pk")[:ON_THE_WAY]:
        approve_deal(deal, by=manager)
