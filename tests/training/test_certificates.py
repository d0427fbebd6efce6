"""Certificates: issued once, proving a qualification as long as they are valid, withdrawn, and checked by anybody."""

import datetime as dt
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from pypdf import PdfReader

from notices.models import Notice
from partners.journey_checks import step_type
from partners.models import Partner, Qualification, QualificationType
from partners.qualification_ways import ways_to
from partners.selectors import may
from partners.services.qualifications import Proof, grant, house_day
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import partner_scope, staff_scope
from tenancy.services import end_place
from tests.campaigns.uploads import picture
from tests.factories import MembershipFactory, PartnerFactory, PartnerMemberFactory
from tests.tenancy.helpers import at_once
from tests.training.certified import DAY, END, certified, passed
from training.certificate_names import qr_svg, shortened
from training.kpis import certified_rows
from training.models import (
    Certificate,
    CertificateState,
    CertificateTemplate,
    Course,
    Enrolment,
    EnrolmentState,
    Lesson,
)
from training.selectors import certificates as reading
from training.services import certificate_files as files
from training.services import certificates as services
from training.services import learning
from training.services.certificates import CertificateError

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
NUMBER = re.compile(r"([2-9A-HJKMNP-Z]{4}-){3}[2-9A-HJKMNP-Z]{4}")


def test_who_passes_in_the_portal_is_certified_and_its_company_qualified_at_once(
    rep: Membership, partner: Any, course: Course, in_seoul: None
) -> None:
    with staff_scope(rep.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        partner.refresh_from_db()
        assert not may(partner, "deals")
    with partner_scope(rep.manufacturer_id, partner.pk):
        enrolment = passed(rep, course)
        assert enrolment.state == EnrolmentState.PASSED
    with staff_scope(rep.manufacturer_id):
        certificate = Certificate.objects.get()
        assert NUMBER.fullmatch(certificate.number)
        assert (certificate.holder, certificate.company, certificate.title) == (rep.name, "Seoul Agency", "Walls")
        today = house_day()
        assert (certificate.issued_on, certificate.score) == (today, Decimal(90))
        assert certificate.valid_until is not None
        assert certificate.valid_until + dt.timedelta(1) == today.replace(year=today.year + 1)
        held = Qualification.objects.get(member=rep)
        assert (held.source, held.valid_until) == (certificate.number, certificate.valid_until)
        assert may(partner, "deals")
        assert services.issue(enrolment).pk == certificate.pk


def test_an_exempt_person_has_no_certificate_and_one_for_good_never_ends(
    rep: Membership, course: Course, owner: Membership
) -> None:
    with staff_scope(rep.manufacturer_id):
        learning.end(learning.enrol(course, rep), EnrolmentState.EXEMPT, reason="Master fitter")
        assert not Certificate.objects.exists()
        with pytest.raises(CertificateError, match="Only who has passed"):
            services.issue(Enrolment.objects.get())
        Course.objects.update(valid_months=0)
        course.refresh_from_db()
        certificate = certified(rep, course)
        assert (certificate.valid_until, certificate.state_on(dt.date(2099, 1, 1))) == (None, CertificateState.VALID)


@pytest.mark.django_db(transaction=True)
def test_passing_twice_at_once_issues_one(rep: Membership, course: Course) -> None:
    with staff_scope(rep.manufacturer_id):
        enrolment = learning.enrol(course, rep)
        lesson = Lesson.objects.get()

    def finish() -> Any:
        with partner_scope(rep.manufacturer_id, rep.partner_id or 0):
            return learning.finish_lesson(enrolment, lesson).state

    assert at_once(finish, finish, finish) == ["passed"] * 3
    with staff_scope(rep.manufacturer_id):
        assert Certificate.objects.count() == 1
        assert Qualification.objects.count() == 2


def test_the_state_by_the_day_in_python_as_in_the_database(rep: Membership, course: Course) -> None:
    with staff_scope(rep.manufacturer_id):
        certificate = certified(rep, course)
        assert certificate.valid_until == END
        days = [END - dt.timedelta(days=61), END - dt.timedelta(days=60), END, END + dt.timedelta(days=1)]
        expected = ["valid", "ending", "ending", "expired"]
        assert [certificate.state_on(day).value for day in days] == expected
        rows = [reading.with_state(Certificate.objects.all(), day).get().state for day in days]  # type: ignore[attr-defined]
        assert rows == expected


def test_withdrawn_it_ends_what_it_proves_and_shuts_the_gate(
    rep: Membership, partner: Any, course: Course, owner: Membership
) -> None:
    with staff_scope(rep.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        partner.refresh_from_db()
        certificate = certified(rep, course)
        assert may(partner, "deals", day=DAY)
        with pytest.raises(CertificateError, match="Say why"):
            services.withdraw(certificate, reason=" ", by=owner, day=DAY)
        services.withdraw(certificate, reason="Somebody else sat the test", by=owner, day=DAY)
        services.withdraw(certificate, reason="Again", by=owner, day=DAY)
        assert not may(partner, "deals", day=DAY)
        kept = Certificate.objects.get()
        assert (kept.withdrawn_reason, kept.withdrawn_by_id) == ("Somebody else sat the test", owner.pk)
        assert Qualification.objects.get(member=rep).end_reason == "Somebody else sat the test"
        assert Notice.objects.filter(kind="training.certificate_withdrawn", recipient=rep).count() == 1
        anew = services.issue_again(kept, day=DAY)
        assert (anew.number != kept.number, anew.enrolment_id) == (True, kept.enrolment_id)
        assert may(partner, "deals", day=DAY)
        with pytest.raises(CertificateError, match="already"):
            services.issue_again(kept)
        with pytest.raises(CertificateError, match="not withdrawn"):
            services.issue_again(anew)


def test_what_another_certificate_proves_too_stays(rep: Membership, course: Course, owner: Membership) -> None:
    with staff_scope(rep.manufacturer_id):
        first, second = certified(rep, course), certified(rep, course, dt.date(2026, 9, 1))
        held = Qualification.objects.get(member=rep)
        assert (held.source, held.valid_until) == (second.number, dt.date(2027, 8, 31))
        services.withdraw(second, reason="Void", by=owner, day=dt.date(2026, 9, 2))
        held = Qualification.objects.get(member=rep, ended_on=None)
        assert (held.source, held.valid_until) == (first.number, END)
        company = Qualification.objects.get(member=None)
        assert (company.ended_on, company.valid_until) == (None, END)


def test_a_paper_seen_before_counts_again_once_the_certificate_is_withdrawn(
    rep: Membership, partner: Any, course: Course, owner: Membership
) -> None:
    with staff_scope(rep.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        partner.refresh_from_db()
        kind, until = QualificationType.objects.get(), dt.date(2026, 9, 1)
        grant(kind, rep, Proof(dt.date(2026, 1, 5), until, "Trade licence 77"), by=owner, day=DAY)
        certificate = certified(rep, course)
        assert Qualification.objects.get(member=rep).source == certificate.number
        services.withdraw(certificate, reason="Void", by=owner, day=DAY)
        held = Qualification.objects.get(member=rep, ended_on=None)
        assert (held.source, held.obtained_on, held.valid_until) == ("Trade licence 77", dt.date(2026, 1, 5), until)
        assert may(partner, "deals", day=until)
        assert not may(partner, "deals", day=until + dt.timedelta(days=1))
        again = services.issue_again(certificate, day=DAY)
        services.withdraw(again, reason="Void", by=owner, day=until + dt.timedelta(days=1))
        assert not Qualification.objects.filter(member=rep, ended_on=None).exists()


def test_a_paper_that_ends_sooner_than_the_certificate_counts_once_that_is_withdrawn(
    rep: Membership, course: Course, owner: Membership
) -> None:
    with staff_scope(rep.manufacturer_id):
        kind, paper = (
            QualificationType.objects.get(),
            Proof(dt.date(2026, 1, 5), dt.date(2026, 9, 1), "Trade licence 77"),
        )
        certificate = certified(rep, course)
        grant(kind, rep, paper, by=owner, day=DAY)
        held: Any = Qualification.objects.get(member=rep)
        assert (held.source, held.valid_until, held.obtained_on) == (certificate.number, END, DAY)
        lines = held.events.count()
        grant(kind, rep, paper, by=owner, day=DAY)
        assert held.events.count() == lines
        services.withdraw(certificate, reason="Void", by=owner, day=DAY)
        held = Qualification.objects.get(member=rep, ended_on=None)
        assert Proof(held.obtained_on, held.valid_until, held.source) == paper


def test_many_are_taken_back_in_one_go_each_with_what_it_leaves(
    owner: Membership, rep: Membership, partner: Any, sibling: Any, course: Course
) -> None:
    made = owner.manufacturer
    alone, with_paper, with_other, elsewhere = (
        PartnerMemberFactory(manufacturer=made, partner=each) for each in (partner, partner, partner, sibling)
    )
    until = dt.date(2026, 9, 1)
    with staff_scope(made.pk):
        kind = QualificationType.objects.get()
        grant(kind, with_paper, Proof(dt.date(2026, 1, 5), until, "Trade licence 77"), by=owner, day=DAY)
        kept = certified(with_other, course, dt.date(2026, 2, 1))
        gone = [certified(each, course).pk for each in (alone, with_paper, with_other, elsewhere)]
        stays = certified(rep, course)
        before = services.withdraw_all([gone[0]], reason="Leaked answers", by=owner, day=DAY)
        assert (before, services.withdraw_all(gone, reason="Leaked answers", by=owner, day=DAY)) == (1, 3)
        assert services.withdraw_all(gone, reason="Once more", by=owner, day=DAY) == 0
        rows = Certificate.objects.filter(pk__in=gone).values_list("withdrawn_reason", "withdrawn_by")
        assert set(rows) == {("Leaked answers", owner.pk)}
        open_ones = Qualification.objects.filter(ended_on=None)
        people = open_ones.exclude(member=None).values_list("member", "source", "valid_until", "recorded_by")
        assert set(people) == {
            (rep.pk, stays.number, END, None),
            (with_paper.pk, "Trade licence 77", until, owner.pk),
            (with_other.pk, kept.number, dt.date(2027, 1, 31), owner.pk),
        }
        ended = Qualification.objects.exclude(ended_on=None).exclude(member=None)
        assert set(ended.values_list("member", "ended_on", "end_reason")) == {
            (each.pk, DAY, "Leaked answers") for each in (alone, with_paper, with_other, elsewhere)
        }
        assert list(open_ones.filter(member=None).values_list("partner", flat=True)) == [partner.pk]
        assert [held.events.filter(source=held.source).count() for held in ended] == [1] * 4
        told = Notice.objects.filter(kind="training.certificate_withdrawn")
        assert sorted(told.values_list("recipient", flat=True)) == sorted(
            each.pk for each in (alone, with_paper, with_other, elsewhere)
        )


@pytest.mark.parametrize("size", [2, 7])
def test_taking_many_back_asks_a_fixed_number_of_queries(
    owner: Membership, course: Course, size: int, django_assert_num_queries: Any
) -> None:
    people = [
        PartnerMemberFactory(manufacturer=owner.manufacturer, partner=PartnerFactory(manufacturer=owner.manufacturer))
        for _each in range(size)
    ]
    with staff_scope(owner.manufacturer_id):
        kind = QualificationType.objects.get()
        for each in people:
            grant(kind, each, Proof(dt.date(2026, 1, 5), dt.date(2026, 9, 1), "Licence"), by=owner, day=DAY)
        keys = [certified(each, course).pk for each in people]
        with django_assert_num_queries(25):
            assert services.withdraw_all(keys, reason="Void", by=owner, day=DAY) == size


# --- Papers and pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Certificate", "Walls", "Valid until", "February 28, 2027", "87%"]),
        ("ko", ["벽 시공", "2027년 2월 28일"]),
        ("ja", ["Walls", "2027年2月28日"]),
    ],
)
def test_the_pdf_says_it_in_the_readers_language(
    rep: Membership, course: Course, language: str, words: list[str]
) -> None:
    with staff_scope(rep.manufacturer_id):
        template = CertificateTemplate(signatory="김지우", roles={"en": "Head of training", "ko": "교육센터장"})
        certificate = certified(rep, course)
        content = files.certificate_pdf(certificate, template, language=language)
    (page,) = PdfReader(io.BytesIO(content)).pages
    text = "".join(page.extract_text().split())
    for word in [*words, certificate.number, rep.name, "Seoul Agency", "김지우"]:
        assert "".join(word.split()) in text
    assert page.mediabox.width > page.mediabox.height


def test_a_withdrawn_one_says_so_across_the_page(rep: Membership, course: Course, owner: Membership) -> None:
    with staff_scope(rep.manufacturer_id):
        certificate = services.withdraw(certified(rep, course), reason="Void", by=owner)
        content = files.certificate_pdf(certificate, CertificateTemplate(), language="en")
    assert "Withdrawn" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("김민수", "김○○"),
        ("佐藤 花子", "佐藤 ○○"),
        ("Mina Park", "Mina P."),
        ("Anna Maria da Silva", "Anna S."),
        ("Madonna", "Madonna"),
        ("한", "한○"),
        ("", ""),
    ],
)
def test_strangers_read_a_short_name(name: str, short: str) -> None:
    assert shortened(name) == short


def test_the_code_is_a_square_of_dark_squares() -> None:
    svg = qr_svg("https://portal.example/hanbit/public/certificates/K7QM-2WXR-9TBD-4HFC/").decode()
    width, height = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups()  # type: ignore[union-attr]
    assert width == height
    assert svg.count("h1v1h-1z") > 400


def test_anybody_checks_a_number_and_learns_no_more_than_needed(
    rep: Membership, course: Course, owner: Membership, in_seoul: None
) -> None:
    with staff_scope(rep.manufacturer_id):
        today = house_day()
        certificate = certified(rep, course, today)
        old = certified(rep, course, today - dt.timedelta(days=500))
    visitor = Client(REMOTE_ADDR="203.0.113.40")
    address = f"/hanbit/public/certificates/{certificate.number}/"
    valid = visitor.get(address)
    page = valid.content.decode()
    assert "This certificate is valid" in page
    assert shortened(rep.name) in page
    assert "Seoul Agency" in page
    assert valid.headers["X-Robots-Tag"] == "noindex"
    for secret in (rep.email, f"{rep.name}<", "90%", "87%"):
        assert secret not in page
    assert "has run out" in visitor.get(f"/hanbit/public/certificates/{old.number}/").content.decode()
    typed = visitor.get("/hanbit/public/certificates/", {"number": certificate.number.lower().replace("-", " ")})
    assert typed["Location"] == address
    with staff_scope(rep.manufacturer_id):
        services.withdraw(certificate, reason="A secret reason", by=owner)
    page = visitor.get(address).content.decode()
    assert "This certificate is withdrawn" in page
    assert "A secret reason" not in page


def test_an_unknown_number_is_said_to_be_unknown_and_asking_for_many_is_stopped(
    rep: Membership, course: Course, other_manufacturer: Any
) -> None:
    with staff_scope(rep.manufacturer_id):
        certificate = certified(rep, course)
    with override_settings(ACCOUNT_RATE_LIMITS={"certificate": "5/m/ip"}):
        visitor = Client(REMOTE_ADDR="203.0.113.41")
        unknown = visitor.get("/hanbit/public/certificates/AAAA-BBBB-CCCC-DDDD/")
        assert unknown.status_code == 404
        assert "There is no certificate with this number" in unknown.content.decode()
        elsewhere = visitor.get(f"/tokai/public/certificates/{certificate.number}/")
        assert elsewhere.status_code == 404
        codes = [visitor.get("/hanbit/public/certificates/AAAA-BBBB-CCCC-DDDD/").status_code for _each in range(5)]
        assert codes == [404, 404, 404, 429, 429]
        assert visitor.get(f"/hanbit/public/certificates/{certificate.number}/").status_code == 429
    with staff_scope(rep.manufacturer_id):
        rep.manufacturer.functions_off = ["training"]
        rep.manufacturer.save(update_fields=["functions_off"])
    late = Client(REMOTE_ADDR="203.0.113.42").get(f"/hanbit/public/certificates/{certificate.number}/")
    assert late.status_code == 404


def test_people_download_their_own_and_admins_their_colleagues(
    manufacturer: Any, partner: Any, rep: Membership, sibling_rep: Membership, course: Course, client_for: SignIn
) -> None:
    admin = PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_ADMIN)
    colleague = PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=Role.PARTNER_TECHNICIAN)
    with staff_scope(rep.manufacturer_id):
        certificate = certified(rep, course)
    pdf = f"/hanbit/portal/learning/certificates/{certificate.pk}/pdf/"
    answers = {each: client_for(each).get(pdf) for each in (rep, admin, colleague, sibling_rep)}
    assert [answer.status_code for answer in answers.values()] == [200, 200, 404, 404]
    own = answers[rep]
    assert own["Content-Type"] == "application/pdf"
    assert certificate.number in own["Content-Disposition"]
    pages = {each: client_for(each).get("/hanbit/portal/learning/certificates/") for each in (rep, admin, colleague)}
    shown = {each: certificate.number in page.content.decode() for each, page in pages.items()}
    assert shown == {rep: True, admin: True, colleague: False}


def test_ones_own_certificates_stand_above_however_many_colleagues_have_newer_ones(
    manufacturer: Any, partner: Any, course: Course, client_for: SignIn
) -> None:
    roles = [Role.PARTNER_ADMIN] + [Role.PARTNER_REP] * 21
    admin, *others = (PartnerMemberFactory(manufacturer=manufacturer, partner=partner, role=role) for role in roles)
    with staff_scope(manufacturer.pk):
        own = certified(admin, course, DAY - dt.timedelta(days=1))
        numbers = [certified(each, course).number for each in others]
    client, page = client_for(admin), "/hanbit/portal/learning/certificates/"
    shown = client.get(page).content.decode()
    assert own.number in shown
    assert sum(number in shown for number in numbers) == 20
    assert f"{page}colleagues/" in shown
    found = client.get(f"{page}colleagues/?q={others[0].name}").content.decode()
    assert [number in found for number in numbers[:2]] == [True, False]
    assert client_for(others[0]).get(f"{page}colleagues/").status_code == 403


def test_staff_list_withdraw_and_issue_again(
    rep: Membership, course: Course, owner: Membership, client_for: SignIn, in_seoul: None
) -> None:
    analyst = MembershipFactory(manufacturer=owner.manufacturer, role=Role.ANALYST)
    with staff_scope(rep.manufacturer_id):
        certificate = certified(rep, course, house_day())
    client = client_for(owner)
    listed = client.get("/hanbit/training/certificates/?state=valid").content.decode()
    assert certificate.number in listed
    assert certificate.number not in client.get("/hanbit/training/certificates/?state=expired").content.decode()
    page = f"/hanbit/training/certificates/{certificate.pk}/"
    step = f"{page}step/"
    assert client_for(analyst).post(step, {"step": "withdraw", "reason": "No"}).status_code == 403
    for reason in ("", "a\x00b", "a" * 301):
        assert client.post(step, {"step": "withdraw", "reason": reason}).status_code == 302
    assert "Withdraw it" in client.get(page).content.decode()
    client.post(step, {"step": "withdraw", "reason": "Somebody else sat the test"})
    assert "Somebody else sat the test" in client.get(page).content.decode()
    again = client.post(step, {"step": "again"})
    with staff_scope(rep.manufacturer_id):
        anew = Certificate.objects.get(withdrawn_at=None)
    assert again["Location"] == f"/hanbit/training/certificates/{anew.pk}/"
    assert client.get(f"{page}pdf/")["Content-Type"] == "application/pdf"
    assert client.post(step, {"step": "burn"}).status_code == 404
    many = {"do": "withdraw", "selected": [anew.pk], "reason": "Sat by a friend"}
    assert "Reason" in client.post("/hanbit/training/certificates/", many).content.decode()
    client.post("/hanbit/training/certificates/", many | {"confirmed": "1"})
    with staff_scope(rep.manufacturer_id):
        assert Certificate.objects.get(pk=anew.pk).withdrawn_reason == "Sat by a friend"
    answer: Any = client.get("/hanbit/training/certificates/?export=csv")
    exported = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert anew.number in exported


def test_what_is_renewed_already_or_of_somebody_who_left_runs_out_for_nobody(
    rep: Membership, course: Course, owner: Membership, client_for: SignIn, in_seoul: None
) -> None:
    other = PartnerMemberFactory(manufacturer=owner.manufacturer, partner=rep.partner)
    with staff_scope(rep.manufacturer_id):
        old, left = (certified(each, course, house_day() - dt.timedelta(days=350)) for each in (rep, other))
    client, page = client_for(owner), "/hanbit/training/certificates/"
    listed = client.get(f"{page}?ends=180").content.decode()
    assert "2 certificates run out within 60 days" in listed
    assert [each.number in listed for each in (old, left)] == [True, True]
    with staff_scope(rep.manufacturer_id):
        anew = certified(rep, course, house_day())
        end_place(other, by=owner)
    listed = client.get(f"{page}?ends=180").content.decode()
    assert "No certificate runs out within 60 days" in listed
    assert [each.number in listed for each in (old, left, anew)] == [False, False, False]
    assert anew.number in client.get(page).content.decode()


def test_the_list_costs_the_same_for_two_and_for_twelve(
    rep: Membership, course: Course, owner: Membership, client_for: SignIn
) -> None:
    client = client_for(owner)
    people = [PartnerMemberFactory(manufacturer=owner.manufacturer) for _each in range(12)]
    counts = []
    for members in (people[:2], people[2:]):
        with staff_scope(owner.manufacturer_id):
            for member in members:
                certified(member, course)
        client.get("/hanbit/training/certificates/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/hanbit/training/certificates/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_how_certificates_look_is_kept_once_and_shown_as_a_picture(
    owner: Membership, client_for: SignIn, course: Course
) -> None:
    client = client_for(owner)
    page = "/hanbit/training/certificates/template/"
    given = {"headings_en": "Proof", "signatory": "Kim <b>", "colour": "#204060", "signature_file": picture()}
    assert client.post(page, given).status_code == 302
    client.post(page, {"headings_en": "Proof", "texts_en": "has learned", "signatory": "Kim", "colour": "#204060"})
    with staff_scope(owner.manufacturer_id):
        kept = CertificateTemplate.objects.get()
        assert (kept.headings, kept.texts, kept.signatory) == ({"en": "Proof"}, {"en": "has learned"}, "Kim")
        assert kept.signature.name.endswith("signature.png")
    shown = client.get(f"{page}ko.png")
    assert (shown["Content-Type"], shown.content[:4]) == ("image/png", b"\x89PNG")
    assert client.get(f"{page}xx.png").status_code == 404
    refused = client.post(page, {"colour": "blue"})
    assert "A colour such as #0f5e69." in refused.content.decode()
    client.post(page, {"colour": "#204060", "no_signature": "on"})
    with staff_scope(owner.manufacturer_id):
        assert not CertificateTemplate.objects.get().signature


# --- What follows elsewhere -------------------------------------------------------------------------------------------


def test_the_kpi_counts_people_certified_on_the_day(
    manufacturer: Any, partner: Any, rep: Membership, course: Course, owner: Membership
) -> None:
    colleague = PartnerMemberFactory(manufacturer=manufacturer, partner=partner)
    untaught = PartnerFactory(manufacturer=manufacturer)

    def kpis(of: Partner, day: dt.date) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(*certified_rows(day, of.pk, of.pk))
            return json.loads(cursor.fetchone()[1])

    with staff_scope(manufacturer.pk):
        certified(rep, course)
        certified(rep, course, dt.date(2026, 4, 1))
        certified(colleague, course, dt.date(2026, 5, 1))
        days = (dt.date(2026, 2, 1), DAY, dt.date(2026, 5, 1), dt.date(2027, 4, 1), dt.date(2027, 5, 1))
        assert [kpis(partner, day) for day in days] == [{"certified_people": n} for n in ("0", "1", "2", "1", "0")]
        assert kpis(untaught, DAY) == {}
        Membership.objects.filter(pk=colleague.pk).update(is_active=False)
        assert kpis(partner, days[2]) == {"certified_people": "1"}


def test_a_step_of_a_journey_is_done_by_passing(rep: Membership, partner: Any, sibling: Any, course: Course) -> None:
    kind = step_type("course")
    assert kind.is_automatic
    assert kind.done is not None
    with staff_scope(rep.manufacturer_id):
        both = [partner.pk, sibling.pk]
        assert kind.done(both, course.code) == set()
        certified(rep, course)
        assert (kind.done(both, course.code), kind.done(both, ""), kind.done(both, "other")) == (
            {partner.pk},
            {partner.pk},
            set(),
        )


def test_a_missing_qualification_says_which_course_gives_it(rep: Membership, course: Course, owner: Membership) -> None:
    kind = course.qualification_id or 0
    for member in (rep, owner):
        member.manufacturer = course.manufacturer
    with staff_scope(owner.manufacturer_id):
        (way,) = ways_to([kind], owner)[kind]
        assert (way.title, way.url) == ("Walls", f"/hanbit/training/courses/{course.pk}/")
    with partner_scope(rep.manufacturer_id, rep.partner_id or 0):
        (own,) = ways_to([kind], rep)[kind]
        assert own.url == f"/hanbit/portal/learning/courses/{course.pk}/"
    with staff_scope(owner.manufacturer_id):
        Course.objects.update(is_open=False)
    with partner_scope(rep.manufacturer_id, rep.partner_id or 0):
        assert ways_to([kind], rep) == {}


def test_home_pages_and_search_tell_of_what_runs_out(
    rep: Membership, partner: Any, course: Course, owner: Membership, client_for: SignIn, in_seoul: None
) -> None:
    with staff_scope(owner.manufacturer_id):
        Partner.objects.filter(pk=partner.pk).update(stage="active")
        certificate = certified(rep, course, house_day() - dt.timedelta(days=355))
    assert "Renew your certificate: Walls" in client_for(rep).get("/hanbit/portal/").content.decode()
    staff = client_for(owner)
    assert "1 certificate runs out within 30 days" in staff.get("/hanbit/").content.decode()
    found = staff.get(f"/hanbit/search/?q={certificate.number[:9]}").content.decode()
    assert f"/hanbit/training/certificates/{certificate.pk}/" in found
    timeline = staff.get(f"/hanbit/partners/{partner.pk}/timeline/").content.decode()
    assert f"Certificate for {rep.name}: Walls" in timeline
