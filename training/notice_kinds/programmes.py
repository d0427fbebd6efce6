"""What is told of learning programmes."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.registry import PORTAL, STAFF, NoticeKind, register_kind
from tenancy.models import Membership
from training.functions import TRAINING


def own_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("training_portal:programme", pk=facts["programme"])


def next_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("training_portal:course", pk=facts["course"])


def team_page(member: Membership, facts: Mapping[str, Any]) -> str:
    return member.url("training_portal:team_programme", pk=facts["programme"])


def late_people(member: Membership, facts: Mapping[str, Any]) -> str:
    return f"{member.url('training:programme_people', pk=facts['programme'])}?stands=late"


def _kind(name: str, label: Any, side: str, url: Callable[[Membership, Mapping[str, Any]], str]) -> NoticeKind:
    return register_kind(NoticeKind(f"training.{name}", label=label, sides={side}, function=TRAINING.key, url=url))


JOINED = _kind("programme_joined", _("A learning programme begins for you"), PORTAL, own_page)
NEXT = _kind("programme_next", _("The next course of a learning programme opens"), PORTAL, next_page)
SOON = _kind("programme_soon", _("A course of a learning programme is due soon"), PORTAL, own_page)
LATE = _kind("programme_late", _("A course of a learning programme is late"), PORTAL, own_page)
DONE = _kind("programme_done", _("You have finished a learning programme"), PORTAL, own_page)
PEOPLE_LATE = _kind("programme_people_late", _("Colleagues are late with a learning programme"), PORTAL, team_page)
PARTNERS_LATE = _kind(
    "programme_partners_late", _("People of your partners are late with a learning programme"), STAFF, late_people
)
