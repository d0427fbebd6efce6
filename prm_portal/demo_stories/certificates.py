"""Certificates of who has passed: valid ones, some that run out, some that have, and one withdrawn; and what they prove."""

import datetime as dt
from itertools import cycle
from typing import Any

from django.db.models import F
from django.utils import timezone

from commerce.models import ProductCategory
from partners.models import Activity, Qualification, QualificationType
from partners.services.qualifications import settle_companies
from partners.terms import term_end
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role
from training.models import (
    Attempt,
    Certificate,
    CertificateTemplate,
    Course,
    Enrolment,
    EnrolmentState,
    Lesson,
    LessonContent,
    LessonProgress,
    Module,
)
from training.services.certificate_warnings import turn
from training.services.courses import create_course, publish

AGES = (0, 0, 345, 0, 0, 400, 0, 318, 0, 0, 360, 0)
"""How many days longer ago than told the course was passed, in turn: a certificate lasts a year."""
TYPES: dict[str, list[tuple[str, str, dict[str, str], int]]] = {
    "hanbit": [
        ("installer", "INST-101", {"ko": "공인 시공자", "en": "Certified installer"}, 1),
        ("consultant", "PROD-201", {"ko": "제품 상담사", "en": "Product consultant"}, 2),
        ("safety", "SAFE-001", {"ko": "현장 안전 이수", "en": "Site safety"}, 1),
    ],
    "tokai": [
        ("ebike", "EB-101", {"ja": "電動自転車整備士", "en": "E-bike mechanic"}, 1),
        ("battery", "BAT-050", {"ja": "バッテリー取扱者", "en": "Battery handling"}, 1),
    ],
}
SIGNED: dict[str, tuple[str, dict[str, str]]] = {
    "hanbit": ("한지우", {"ko": "교육센터장", "en": "Head of training"}),
    "tokai": ("鈴木 恵", {"ja": "研修センター長", "en": "Head of training"}),
}
RENEWING: dict[str, dict[str, Any]] = {
    "hanbit": {
        "course": "INST-101",
        "code": "INST-190",
        "titles": {"ko": "강화마루 시공 갱신 교육", "en": "Installing laminate: what is new"},
        "summaries": {
            "ko": "지난 1년 동안 바뀐 시공 기준만 짧게 익힙니다.",
            "en": "Only what has changed in the last year.",
        },
        "lesson": {"ko": "올해 바뀐 세 가지", "en": "Three things that have changed"},
        "texts": {
            "ko": (
                "## 올해 바뀐 세 가지\n\n1. 바탕 바닥 함수율 기준이 4.5%에서 **4.0%** 이하로 강화되었습니다.\n"
                "2. 신축 간격은 벽 길이 8m를 넘으면 **12mm**입니다.\n3. 현장 사진은 시공 전·중·후 세 장을 남깁니다.\n\n"
                "> [!NOTE]\n> 이 과정을 마치면 수료증이 1년 갱신됩니다."
            ),
            "en": (
                "## Three things that have changed\n\n1. Moisture of the subfloor: **4.0%** at most, no longer 4.5%.\n"
                "2. Above 8 m of wall the gap is **12 mm**.\n3. Three photos of each site: before, during, after."
            ),
        },
    }
}
"""The shorter course by which those whose certificate runs out renew it."""
WITHDRAWN = {"ko": "시험 응시자가 본인이 아니었습니다.", "ja": "本人が受験していませんでした。"}


def tell_certificates(manufacturer: Manufacturer, day: dt.date) -> None:
    """Each pass has its certificate; who is certified, and which companies are qualified by it."""
    told = TYPES.get(manufacturer.slug)
    if CertificateTemplate.objects.exists() or not told or not Course.objects.exists():
        return
    name, roles = SIGNED[manufacturer.slug]
    CertificateTemplate.objects.create(signatory=name, roles=roles)
    _types(told)
    certificates = _issue(day)
    if certificates:
        trainer = Membership.objects.filter(partner=None, is_active=True, role=Role.TRAINER).order_by("pk").first()
        last = certificates[-1]
        last.withdrawn_at, last.withdrawn_by = timezone.now() - dt.timedelta(days=2), trainer
        last.withdrawn_reason = WITHDRAWN.get(manufacturer.languages[0], WITHDRAWN["ko"])
    Certificate.objects.bulk_create(certificates)
    Qualification.objects.bulk_create(_proved(certificates, day))
    settle_companies(day=day)
    if (renewing := RENEWING.get(manufacturer.slug)) is not None:
        _renewed_by(renewing)
    turn(day)


def _types(told: list[tuple[str, str, dict[str, str], int]]) -> None:
    line = ProductCategory.objects.filter(children=None).order_by("-order", "-code").first()
    for order, (code, course, names, people) in enumerate(told):
        kind = QualificationType.objects.create(
            code=code,
            names=names,
            people_needed=people,
            order=order,
            guards=[Activity.DEALS] if order == 0 and line is not None else [],
            product_lines=[line.code] if order == 0 and line is not None else [],
        )
        Course.objects.filter(code=course).update(qualification=kind)


def _renewed_by(told: dict[str, Any]) -> None:
    """A course of one lesson that renews the certificate of another."""
    course = Course.objects.select_related("owner").get(code=told["course"])
    assert course.owner is not None
    course.renewal = create_course(
        Course(code=told["code"], titles=told["titles"], summaries=told["summaries"], owner=course.owner, is_open=False)
    )
    course.save(update_fields=["renewal", "updated_at"])
    module = Module.objects.select_related("version").get(version__course=course.renewal)
    lesson = Lesson.objects.create(version=module.version, module=module, titles=told["lesson"], minutes=4)
    LessonContent.objects.bulk_create(
        [LessonContent(lesson=lesson, language=language, body=text) for language, text in told["texts"].items()]
    )
    publish(course.renewal, by=course.owner)


def _issue(day: dt.date) -> list[Certificate]:
    """A certificate for each pass; some were passed longer ago than the others."""
    passes = Enrolment.objects.filter(state=EnrolmentState.PASSED, certificates=None).select_related(
        "course", "partner", "member"
    )
    made = []
    for enrolment, age in zip(passes.order_by("pk"), cycle(AGES), strict=False):
        if age:
            _move_back(enrolment, dt.timedelta(days=age))
        assert enrolment.ended_at is not None
        issued = min(timezone.localtime(enrolment.ended_at).date(), day)
        made.append(
            Certificate(
                enrolment=enrolment,
                course=enrolment.course,
                partner=enrolment.partner,
                member=enrolment.member,
                holder=enrolment.member.name,
                company=enrolment.partner.local_name or enrolment.partner.name,
                titles=enrolment.course.titles,
                issued_on=issued,
                valid_until=term_end(issued, enrolment.course.valid_months),
                score=enrolment.score,
                created_at=enrolment.ended_at,
            )
        )
    return made


def _move_back(enrolment: Enrolment, by: dt.timedelta) -> None:
    """All of it happened so much earlier."""
    for rows, names in (
        (Enrolment.objects.filter(pk=enrolment.pk), ("enrolled_at", "started_at", "seen_at", "ended_at")),
        (LessonProgress.objects.filter(enrolment=enrolment), ("started_at", "seen_at", "done_at")),
        (Attempt.objects.filter(enrolment=enrolment), ("started_at", "submitted_at", "ends_at")),
    ):
        changes: dict[str, Any] = {name: F(name) - by for name in names}
        rows.update(**changes)
    enrolment.refresh_from_db(fields=["enrolled_at", "ended_at"])


def _proved(certificates: list[Certificate], day: dt.date) -> list[Qualification]:
    """What each person is qualified for, by the certificate that lasts longest."""
    best: dict[tuple[int, int], Certificate] = {}
    for each in certificates:
        kind = each.course.qualification_id
        if kind is None or each.withdrawn_at is not None or each.valid_until is None:
            continue
        held = best.get((each.member_id, kind))
        if held is None or held.valid_until is None or held.valid_until < each.valid_until:
            best[each.member_id, kind] = each
    return [
        Qualification(
            type_id=kind,
            partner_id=each.partner_id,
            member_id=member,
            obtained_on=each.issued_on,
            valid_until=each.valid_until,
            source=each.number,
            created_at=each.created_at,
        )
        for (member, kind), each in best.items()
    ]
