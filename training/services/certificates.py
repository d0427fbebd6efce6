"""Certificates: issued once for a course passed, withdrawn and issued again; with each goes the qualification it proves."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.services import tell_from
from partners.models import Qualification
from partners.services import qualifications
from partners.services.qualifications import Proof, house_day
from partners.terms import term_end
from tenancy.errors import DomainError
from tenancy.files import stored_name
from tenancy.models import Membership
from tenancy.rls import house_scope
from training.models import Certificate, CertificateTemplate, Course, Enrolment, EnrolmentState
from training.notice_kinds.certificates import CERTIFICATE_WITHDRAWN
from training.selectors.certificates import best_of, renewed_by


class CertificateError(DomainError):
    """A certificate that cannot be issued or withdrawn."""


def issue(enrolment: Enrolment, *, day: dt.date | None = None) -> Certificate:
    """The certificate of an enrolment that is passed, and with it the qualification that the course gives. Who passes the
    course that renews another's certificate while holding that one gets that one anew. Asked again, or twice at once, the
    one there is. day: of issue, today unless named. CertificateError where nothing is passed.
    """
    with transaction.atomic(), house_scope():
        rows = Enrolment.objects.select_related("course__qualification", "member", "partner")
        enrolment = rows.select_for_update(no_key=True, of=("self",)).get(pk=enrolment.pk)
        if enrolment.state != EnrolmentState.PASSED:
            raise CertificateError(_("Only who has passed a course gets a certificate."))
        there = Certificate.objects.filter(enrolment=enrolment, withdrawn_at=None).first()
        if there is not None:
            return there
        today = day or house_day()
        course = _certified(enrolment)
        months = course.valid_months
        certificate = Certificate.objects.create(
            enrolment=enrolment,
            course=course,
            partner=enrolment.partner,
            member=enrolment.member,
            holder=enrolment.member.name,
            company=enrolment.partner.local_name or enrolment.partner.name,
            titles=course.titles,
            issued_on=today,
            valid_until=term_end(today, months) if months else None,
            score=enrolment.score,
        )
        kind = course.qualification
        if kind is not None and not kind.is_retired:
            qualifications.grant(kind, enrolment.member, proof_of(certificate), day=today)
        return certificate


def _certified(enrolment: Enrolment) -> Course:
    """The course that a pass certifies: its own, or the one whose certificate it renews; of one that was withdrawn, the same."""
    of_it = Certificate.objects.filter(enrolment=enrolment).select_related("course__qualification")
    found = of_it.order_by("-pk").first()
    if found is None:
        begun_on = house_day(enrolment.enrolled_at)
        found = renewed_by(enrolment.course_id, enrolment.member_id, begun_on)
    return enrolment.course if found is None else found.course


def withdraw(certificate: Certificate, *, reason: str, by: Membership, day: dt.date | None = None) -> Certificate:
    """Take a certificate back, as `withdraw_all`. Withdrawn already, it stays as it is."""
    with house_scope():
        withdraw_all([certificate.pk], reason=reason, by=by, day=day)
        return Certificate.objects.select_related("course__qualification", "member").get(pk=certificate.pk)


def withdraw_all(certificates: Collection[int], *, reason: str, by: Membership, day: dt.date | None = None) -> int:
    """Take certificates back, with one reason that stays with each. The qualification that one proves ends with it, at once,
    unless another valid certificate proves it too, or a paper that was seen before it. Each person is told. Returns how many
    were taken back, in as many statements for one as for thousands.
    """
    if not reason.strip():
        raise CertificateError(_("Say why: the reason stays with the certificate."))
    why = reason.strip()[:300]
    with transaction.atomic(), house_scope():
        rows = Certificate.objects.filter(pk__in=certificates, withdrawn_at=None)
        taken = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        if not taken:
            return 0
        Certificate.objects.filter(pk__in=[each.pk for each in taken]).update(
            withdrawn_at=timezone.now(), withdrawn_by=by, withdrawn_reason=why
        )
        today = day or house_day()
        holders = {each.number: each.member_id for each in taken}
        held = Qualification.objects.filter(member__in=set(holders.values()), source__in=holders, ended_on=None)
        proved = [each for each in held if each.member_id == holders[each.source]]
        qualifications.end_all([each.pk for each in proved], reason=why, by=by, instead=_left(proved, today), day=today)
        tell_from(
            [
                (
                    each.member_id,
                    f"certificate-withdrawn-{each.pk}",
                    {"certificate": each.pk, "number": each.number, "title": each.titles, "reason": why},
                )
                for each in taken
            ],
            CERTIFICATE_WITHDRAWN,
        )
        return len(taken)


def issue_again(certificate: Certificate, *, day: dt.date | None = None) -> Certificate:
    """A new certificate with a number of its own in place of one that was withdrawn, valid from today as a first one is."""
    with transaction.atomic(), house_scope():
        certificate = Certificate.objects.select_related("enrolment").get(pk=certificate.pk)
        if certificate.withdrawn_at is None:
            raise CertificateError(_("This certificate is not withdrawn: download it instead."))
        if Certificate.objects.filter(enrolment=certificate.enrolment_id, withdrawn_at=None).exists():
            raise CertificateError(_("Another one has been issued in its place already."))
        return issue(certificate.enrolment, day=day)


def _left(held: Collection[Qualification], day: dt.date) -> dict[int, Proof]:
    """What proves each of these longest once its present proof is gone, where anything does. Three queries."""
    members = {each.member_id or 0 for each in held}
    best = best_of(members, {each.type_id for each in held}, day)
    numbers = Certificate.objects.filter(member__in=members).values_list("number", flat=True)
    papers = qualifications.rested_on_before(held, apart_from=numbers, day=day)
    left = {}
    for each in held:
        other, paper = best.get((each.member_id or 0, each.type_id)), papers.get(each.pk)
        proof = proof_of(other) if other is not None else None
        longest = proof or paper
        if proof is not None and paper is not None and paper.lasts_longer(proof.valid_until):
            longest = paper
        if longest is not None:
            left[each.pk] = longest
    return left


def proof_of(certificate: Certificate) -> Proof:
    """The certificate as what a qualification rests on."""
    return Proof(certificate.issued_on, certificate.valid_until, certificate.number)


def save_template(
    template: CertificateTemplate, fields: Iterable[str], *, pictures: Mapping[str, bytes | None] | None = None
) -> CertificateTemplate:
    """Keep how certificates look; two at once leave one row. pictures: new PNG pictures by field, None for one that goes."""
    with transaction.atomic():
        CertificateTemplate.objects.bulk_create([CertificateTemplate()], ignore_conflicts=True)
        kept = CertificateTemplate.objects.select_for_update(no_key=True).get()
        names = list(fields)
        for name in names:
            setattr(kept, name, getattr(template, name))
        for name, content in (pictures or {}).items():
            if content is None:
                setattr(kept, name, "")
            else:
                stored = stored_name(kept.manufacturer_id, "certificates", f"{name}.png")
                getattr(kept, name).save(stored, ContentFile(content), save=False)
            names.append(name)
        kept.save(update_fields=[*names, "updated_at"])
        return kept
