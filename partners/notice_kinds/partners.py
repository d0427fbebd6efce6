from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership


def journey_page(member: Membership, facts: Mapping[str, Any]) -> str:
    if member.is_staff:
        return member.url("partners:journey", pk=facts["journey"])
    return member.url("partners_portal:journey")


def handover_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners:handover", pk=facts["handover"])


JOURNEY_STARTED = register_kind(
    NoticeKind("partners.journey_started", label=_("Your onboarding begins"), sides={PORTAL}, url=journey_page)
)
JOURNEY_REMINDER = register_kind(
    NoticeKind(
        "partners.journey_reminder", label=_("You are reminded of your onboarding"), sides={PORTAL}, url=journey_page
    )
)
JOURNEY_DUE = register_kind(
    NoticeKind(
        "partners.journey_due", label=_("Steps of an onboarding are due"), sides={STAFF, PORTAL}, url=journey_page
    )
)
JOURNEY_STALLED = register_kind(
    NoticeKind("partners.journey_stalled", label=_("An onboarding stands still"), sides={STAFF}, url=journey_page)
)
JOURNEY_DONE = register_kind(
    NoticeKind("partners.journey_done", label=_("An onboarding is done"), sides={STAFF, PORTAL}, url=journey_page)
)
HANDED_OVER = register_kind(
    NoticeKind("partners.handed_over", label=_("Partners are handed over to you"), sides={STAFF}, url=handover_page)
)


def prospect_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners:prospect", pk=facts["prospect"])


APPLICATION_RECEIVED = register_kind(
    NoticeKind(
        "partners.application_received",
        label=_("A company applies"),
        sides={STAFF},
        function="recruiting",
        url=prospect_page,
    )
)


def confirm_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners_portal:confirm_fields")


def profile_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("partners_portal:profile_edit")


PROFILE_ASKED = register_kind(
    NoticeKind(
        "partners.profile_asked", label=_("You are asked for more about your company"), sides={PORTAL}, url=profile_page
    )
)
PLEASE_CONFIRM = register_kind(
    NoticeKind(
        "partners.please_confirm", label=_("You are asked to confirm your profile"), sides={PORTAL}, url=confirm_page
    )
)
