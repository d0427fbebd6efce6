"""What is done each morning for certificates that run out: their people are enrolled anew and warned, once each."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, JSONObject

from notices.registry import NoticeKind
from notices.services import tell_from
from partners.terms import WARN_DAYS
from tenancy.rights import ROLE_RIGHTS, Right
from tenancy.rls import house_scope
from training.models import EnrolmentSource
from training.notice_kinds.certificates import CERTIFICATE_ENDING, COLLEAGUES_CERTIFICATE_ENDING
from training.selectors.certificates import ending, to_renew
from training.services.learning import LearningError, enrol

ADMINS = [role for role, rights in ROLE_RIGHTS.items() if Right.PORTAL_TRAINING_MANAGE in rights]


@dataclass(frozen=True)
class Turned:
    """How many were enrolled to renew, and how many warnings were told."""

    renewals: int = 0
    told: int = 0


def turn(day: dt.date) -> Turned:
    """Enrol and warn as of a day. Safe to run again, and after nights without it: what is due now is told once, what would
    have been due before is left out.
    """
    with house_scope():
        return Turned(renew(day), warn(day))


def renew(day: dt.date) -> int:
    """Enrol whose certificate runs out within 60 days in the same course anew, due on its last day; who may not learn at
    present is left. Returns how many are enrolled.
    """
    made = 0
    for certificate in to_renew(day):
        try:
            enrol(
                certificate.course, certificate.member, source=EnrolmentSource.RENEWAL, due_on=certificate.valid_until
            )
        except LearningError:
            continue
        made += 1
    return made


def warn(day: dt.date) -> int:
    """Tell the person 60, 30 and 7 days before the end; and their admins and the channel manager, unless it is they."""
    steps = [When(valid_until__lte=day + dt.timedelta(days=days), then=Value(days)) for days in sorted(WARN_DAYS)]
    rows: QuerySet[Any] = ending(day).annotate(
        notice_key=Concat(
            Value("certificate-ends-"),
            Cast("pk", CharField()),
            Value("-"),
            Cast(Case(*steps, output_field=IntegerField()), CharField()),
            output_field=TextField(),
        ),
        notice_facts=JSONObject(
            certificate="pk",
            course="course_id",
            title="titles",
            name="holder",
            partner_id="partner_id",
            end_on="valid_until",
        ),
    )
    admins = rows.filter(partner__members__role__in=ADMINS, partner__members__is_active=True)
    managers = rows.filter(partner__channel_manager__is_active=True)
    return (
        _tell(rows, "member_id", CERTIFICATE_ENDING)
        + _tell(admins, "partner__members", COLLEAGUES_CERTIFICATE_ENDING)
        + _tell(managers, "partner__channel_manager_id", COLLEAGUES_CERTIFICATE_ENDING)
    )


def _tell(rows: QuerySet[Any], recipient: str, kind: NoticeKind) -> int:
    told = rows.order_by().annotate(notice_to=F(recipient))
    if recipient != "member_id":
        told = told.exclude(notice_to=F("member_id"))
    return tell_from(told.values_list("notice_to", "notice_key", "notice_facts"), kind)
