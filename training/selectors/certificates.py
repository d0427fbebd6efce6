"""Certificates as they are read: who has which, how each stands, and which run out."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from partners.selectors.partners import partners_for
from tenancy.models import Membership
from tenancy.rights import Right
from training.models import OPEN_ENROLMENTS, Certificate, CertificateState, CertificateTemplate, Enrolment
from training.models.certificates import ENDING_WITHIN

ROWS = ("course", "partner__channel_manager", "member", "withdrawn_by")


def in_state(state: str, day: dt.date) -> Q:
    """Certificates that stand so on a day, as `Certificate.state_on` says it of one."""
    kept = Q(withdrawn_at=None)
    match state:
        case CertificateState.WITHDRAWN:
            return ~kept
        case CertificateState.EXPIRED:
            return kept & Q(valid_until__lt=day)
        case CertificateState.ENDING:
            return kept & Q(valid_until__gte=day, valid_until__lte=day + ENDING_WITHIN)
    return kept & (Q(valid_until=None) | Q(valid_until__gt=day + ENDING_WITHIN))


def valid_on(day: dt.date) -> Q:
    """Certificates that count on a day: issued by then, not run out, not withdrawn."""
    return Q(Q(valid_until=None) | Q(valid_until__gte=day), withdrawn_at=None, issued_on__lte=day)


def with_state(rows: QuerySet[Certificate], day: dt.date) -> QuerySet[Certificate]:
    """How each stands on a day, as `state`."""
    states = [When(in_state(state, day), then=Value(state.value)) for state in CertificateState]
    return rows.annotate(state=Case(*states, default=Value(""), output_field=CharField()))


def seen_certificates(member: Membership) -> QuerySet[Certificate]:
    """What a member may see: staff those of their partners, a partner's admin those of colleagues, others their own."""
    rows = Certificate.objects.all()
    if not member.is_staff:
        if member.can(Right.PORTAL_TRAINING_MANAGE):
            return rows.filter(partner=member.partner_id)
        return rows.filter(member=member)
    if member.can(Right.PARTNERS_VIEW_ALL):
        return rows
    return rows.filter(partner__in=partners_for(member).order_by().values("pk"))


def certificate_rows(member: Membership, day: dt.date) -> QuerySet[Certificate]:
    """The same with what a list shows of them."""
    return with_state(seen_certificates(member), day).select_related(*ROWS)


def best_of(members: Collection[int], kinds: Collection[int], day: dt.date) -> dict[tuple[int, int], Certificate]:
    """By person and qualification the certificate that proves it longest from a day on, where there is any. One query."""
    rows = Certificate.objects.filter(valid_on(day), member__in=members, course__qualification__in=kinds)
    in_order = sorted(rows.select_related("course"), key=lambda each: (each.valid_until or dt.date.max, each.pk))
    return {(each.member_id, each.course.qualification_id or 0): each for each in in_order}


def unrenewed() -> QuerySet[Certificate]:
    """Those that are not withdrawn, of people who are there, where no other one of the course lasts longer."""
    later = Certificate.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=OuterRef("valid_until")),
        member=OuterRef("member"),
        course=OuterRef("course"),
        withdrawn_at=None,
    )
    return Certificate.objects.filter(~Exists(later), withdrawn_at=None, member__is_active=True)


def ending(day: dt.date) -> QuerySet[Certificate]:
    """What of it runs out within 60 days of a day."""
    return unrenewed().filter(in_state(CertificateState.ENDING, day))


def seen_ending(member: Membership, day: dt.date) -> QuerySet[Certificate]:
    """Of these, the ones that the member sees."""
    return ending(day).filter(pk__in=seen_certificates(member).order_by().values("pk"))


def renewed_by(course_id: int, member_id: int, day: dt.date) -> Certificate | None:
    """The certificate that somebody renews by passing a course begun on a day: one that had not run out by then."""
    kept = Q(valid_until=None) | Q(valid_until__gte=day)
    rows = Certificate.objects.filter(kept, withdrawn_at=None, member=member_id, course__renewal=course_id)
    return rows.select_related("course__qualification").order_by("-pk").first()


def with_renewal(rows: QuerySet[Certificate]) -> QuerySet[Any]:
    """The course that its person takes to renew each, as `renewed_in`: the one made for it where they are enrolled in that,
    else the course itself."""
    taken = Enrolment.objects.filter(
        member=OuterRef("member"), course=OuterRef("course__renewal"), state__in=OPEN_ENROLMENTS
    )
    made_for_it = When(Exists(taken), then=F("course__renewal_id"))
    return rows.annotate(renewed_in=Case(made_for_it, default=F("course_id"), output_field=BigIntegerField()))


def to_renew(day: dt.date) -> QuerySet[Certificate]:
    """Of these, the ones for which their person has not been enrolled since, in the course or in the one that renews it."""
    since = Enrolment.objects.filter(
        Q(course=OuterRef("course")) | Q(course=OuterRef("course__renewal")),
        member=OuterRef("member"),
        enrolled_at__gt=OuterRef("created_at"),
    )
    return ending(day).exclude(Exists(since)).select_related("course", "member__partner").order_by("pk")


def template() -> CertificateTemplate:
    """How the manufacturer's certificates look; unsaved where nobody has said so yet."""
    return CertificateTemplate.objects.first() or CertificateTemplate()
