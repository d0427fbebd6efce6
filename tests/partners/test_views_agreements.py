"""The pages of agreements and papers, on both sides; the PDF, the job for many, two people at once."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from jobs.models import JobState
from jobs.services import run_here
from partners.models import Agreement, AgreementState, Paper, PaperState
from partners.services.agreement_batches import create_agreements
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory
from tests.partners.agreements import PDF, accept, agreement_type, paper, paper_type, running, sent
from tests.tenancy.helpers import at_once

DAY = dt.date(2026, 3, 1)
FORM = {"name": "Kim Min-su", "role": "CEO", "agreed": "on"}


def waiting(partner: Any, language: str = "en") -> Agreement:
    with staff_scope(partner.manufacturer_id):
        return sent(partner, agreement_type(term_months=12), DAY, language=language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Dealer agreement", "from March 1, 2026 until February 28, 2027"]),
        ("ko", ["대리점 계약서", "2026년 3월 1일부터 2027년 2월 28일까지 계약한다"]),
        ("ja", ["販売店契約書", "2026年3月1日から2027年2月28日まで契約する"]),
    ],
)
def test_a_partner_reads_accepts_and_takes_the_pdf(
    client_for: Any, partner: Any, partner_admin: Any, sibling_rep: Any, language: str, words: list[str]
) -> None:
    agreement = waiting(partner, language)
    client, url = client_for(partner_admin), f"/hanbit/portal/agreements/{agreement.pk}/"
    assert agreement.text_sha256 in client.get(url).content.decode()
    unticked = client.post(f"{url}accept/", {"name": "Kim", "role": "CEO", "sha256": agreement.text_sha256})
    assert "Tick this to accept." in unticked.content.decode()
    for _click in range(2):
        response = client.post(f"{url}accept/", FORM | {"sha256": agreement.text_sha256}, REMOTE_ADDR="203.0.113.9")
        assert response.status_code == 302
    with staff_scope(partner.manufacturer_id):
        now = Agreement.objects.get()
        assert (now.state, now.accepted_by_id, now.accepted_name, now.accepted_role, now.accepted_address) == (
            "accepted", partner_admin.pk, "Kim Min-su", "CEO", "203.0.113.9",
        )  # fmt: skip
    contents = [client.get(f"{url}pdf/").getvalue() for _time in range(2)]
    assert contents[0] == contents[1]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(contents[0])).pages)
    for word in [*words, "Kim Min-su, CEO", "203.0.113.9", agreement.text_sha256]:
        assert word.replace(" ", "") in text.replace(" ", "").replace("\n", "")
    assert client.get(f"{url}text/").content.decode() == agreement.text
    assert client_for(sibling_rep).get(f"{url}pdf/").status_code == 404


def test_hash_and_text_are_verified(client_for: Any, partner: Any, rep: Any, manager: Any) -> None:
    agreement = waiting(partner)
    for member, url in ((rep, "/hanbit/portal/agreements/"), (manager, "/hanbit/agreements/")):
        client, page = client_for(member), f"{url}{agreement.pk}/verify/"
        assert "is unchanged" in client.get(page).content.decode()
        for held, same in [(agreement.text, True), (agreement.text_sha256.upper(), True), ("other", False)]:
            assert client.post(page, {"held": held}).context["is_same"] is same


def test_a_script_in_a_text_is_shown_as_text(client_for: Any, partner: Any, rep: Any) -> None:
    with staff_scope(partner.manufacturer_id):
        kind = agreement_type(texts={"en": "<script>alert(1)</script> {partner_name}"})
        agreement = sent(partner, kind, DAY)
    content = client_for(rep).get(f"/hanbit/portal/agreements/{agreement.pk}/").content.decode()
    assert "<script>alert(1)" not in content
    assert "&lt;script&gt;alert(1)" in content


def test_a_partner_hands_in_a_photo_and_staff_review_it(
    client_for: Any, partner: Any, partner_admin: Any, manager: Any
) -> None:
    with staff_scope(partner.manufacturer_id):
        kind = paper_type(has_number=True, guards=["leads"])
    client = client_for(partner_admin)
    assert "Licence is missing" in client.get("/hanbit/portal/agreements/").content.decode()
    url = f"/hanbit/portal/papers/{kind.pk}/"
    given = {"number": "12", "valid_until": "2099-01-01"}
    bad = client.post(url, given | {"file": SimpleUploadedFile("x.pdf", b"<html>")})
    assert "damaged" in bad.content.decode()
    past = client.post(url, given | {"valid_until": "2020-01-01", "file": SimpleUploadedFile("x.pdf", PDF)})
    assert "This day has passed" in past.content.decode()
    assert client.post(url, given | {"file": SimpleUploadedFile("x.pdf", PDF)}).status_code == 302
    with staff_scope(partner.manufacturer_id):
        pk = Paper.objects.get(state=PaperState.WAITING).pk
    staff = client_for(manager)
    download = staff.get(f"/hanbit/papers/{pk}/file/")
    assert download["Content-Disposition"].startswith("attachment")
    assert download.getvalue() == PDF
    assert staff.post(f"/hanbit/papers/{pk}/review/", given).status_code == 302
    with staff_scope(partner.manufacturer_id):
        assert Paper.objects.get().state == PaperState.ACCEPTED
    assert "Licence is missing" not in client.get("/hanbit/portal/agreements/").content.decode()


@pytest.mark.parametrize("url", ["/hanbit/agreements/", "/hanbit/papers/", "/hanbit/papers/owed/"])
def test_lists_ask_the_same_number_of_queries_at_any_size(
    client_for: Any, partner: Any, sibling: Any, owner: Any, url: str, django_assert_max_num_queries: Any
) -> None:
    client, counts = client_for(owner), []
    with staff_scope(partner.manufacturer_id):
        kind, licence = agreement_type(), paper_type()
        paper_type("missing")
    for number in range(3):
        with staff_scope(partner.manufacturer_id):
            for each in (partner, sibling):
                sent(each, kind, DAY)
                paper(each, licence, owner, content=PDF + str(number).encode(), valid_until=dt.date(2099, 1, 1))
        with django_assert_max_num_queries(60) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked.captured_queries))
    assert counts[1] == counts[2]


def test_agreements_for_many_are_made_once_each(
    client_for: Any, partner: Any, sibling: Any, partner_admin: Any, owner: Any
) -> None:
    with staff_scope(partner.manufacturer_id):
        kind = agreement_type(term_months=12)
        running(partner, kind, partner_admin, DAY)
        other = PartnerFactory(manufacturer=partner.manufacturer, kind=partner.kind)
        job = create_agreements([partner.pk, sibling.pk, other.pk], kind, starts_on=DAY, by=owner, send=True)
    run_here(job)
    with staff_scope(partner.manufacturer_id):
        job.refresh_from_db()
        assert (job.state, job.result) == (JobState.DONE, {"made": 2, "left_out": 1})
        made = Agreement.objects.filter(job=job).order_by("partner").values_list("partner_id", "state")
        assert sorted(made) == sorted([(sibling.pk, AgreementState.SENT), (other.pk, AgreementState.SENT)])


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_give_one_acceptance(partner: Any, partner_admin: Any) -> None:
    agreement = waiting(partner)

    def step() -> bool:
        with partner_scope(partner.manufacturer_id, partner.pk):
            return accept(agreement, partner_admin)

    assert sorted(at_once(step, step)) == [False, True]
