"""The wizard that brings a file in, through the client; what waits for a worker is run here, as a worker would."""

import csv
import datetime as dt
import html as markup
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from commerce.models import Product, SalesLine
from jobs.models import ImportFile, ImportState, Job, JobState
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import CustomFieldFactory, MembershipFactory
from tests.jobs.pages import (
    BAD,
    GOOD,
    GOOD_LINES,
    GUESSED,
    HEADERS,
    HOSTILE_NAME,
    MISREAD,
    ROWS,
    SCRIPT,
    UNKNOWN,
    bad_rows,
    brought,
    checked,
    downloaded,
    figures,
    file_at,
    jobs_of,
    lines_of,
    match,
    offered,
    said,
    sheet,
    text_of,
    titles,
    upload,
    work_off,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_heartbeat", "stored")]

SignIn = Callable[[Membership], Client]


def test_a_file_is_kept_and_its_columns_are_guessed(
    client_for: SignIn, manager: Membership, stored: Callable[[], list[str]]
) -> None:
    client = client_for(manager)

    url = brought(client, ROWS)
    page = client.get(url, follow=True)

    file = file_at(manager, url)
    assert url == f"/hanbit/imports/{file.pk}/"
    assert page.redirect_chain == [(f"{url}columns/", 302)]
    assert (file.kind, file.original_name, file.state, file.headers, file.created_by_id, file.job_id) == (
        "sell_in",
        "매출.csv",
        ImportState.UPLOADED,
        HEADERS,
        manager.pk,
        None,
    )
    assert stored() == ["매출.csv"]
    chosen = {name: value for name, value in offered(page).items() if value}
    assert chosen == {f"column-{name}": header for name, header in GUESSED.items()}
    assert [sample.values for sample in page.context["samples"]][4:7] == [
        ["2026-01-05", "2026-02-30", "2026-02-01"],
        ["2", "두개", "1"],
        ["1,234,000", "500", "700"],
    ]
    text = text_of(page)
    assert "Matched by the names of the columns; look them over" in text
    for header in GUESSED.values():
        assert text.count(f'<option value="{header}" selected>') == 1


def test_a_check_shows_what_would_come_of_it_and_writes_nothing(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = brought(client, ROWS)

    response = match(client, url)
    waiting = client.get(url)

    assert (response.status_code, response.headers["Location"]) == (302, url)
    assert file_at(manager, url).mapping == {"columns": GUESSED}
    assert [job.state for job in jobs_of(manager, "import_check")] == [JobState.QUEUED]
    assert f'hx-get="{url}"' in text_of(waiting)
    assert (titles(waiting), figures(waiting)) == (["History"], [])

    job = work_off(manager, url)
    page = client.get(url)

    assert (job.state, file_at(manager, url).state) == (JobState.DONE, ImportState.CHECKED)
    assert job.message == "매출.csv: 2 new, 0 changed, 0 unchanged, 3 bad"
    assert "hx-get=" not in text_of(page).partition('id="import"')[2].partition(">")[0]
    assert titles(page)[:2] == ["3 rows are bad", "Bad rows"]
    assert figures(page) == ["5", "2", "0", "0", "3"]
    assert bad_rows(page) == BAD
    assert f'href="/hanbit/jobs/{job.pk}/rejected/"' in text_of(page)
    assert lines_of(manager) == []


def test_the_rejected_rows_of_a_check_are_a_file_with_the_reasons(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = checked(client, manager, ROWS, name="sales.csv")

    response = client.get(f"/hanbit/jobs/{file_at(manager, url).job_id}/rejected/")

    assert response.headers["Content-Disposition"] == 'attachment; filename="sales-rejected.csv"'
    rejected = list(csv.reader(io.StringIO(downloaded(response).decode("utf-8-sig"))))
    assert rejected == [
        ["row", "reason", *HEADERS],
        ["3", "수량: “두개” is not a number", *ROWS[1]],
        ["4", "; ".join(f"{header}: {sentence}" for row, header, sentence in BAD if row == 4), *ROWS[2]],
        ["6", "거래처코드: no partner has the code “N1”; 품목코드: no product has the code “N2”", *ROWS[4]],
    ]


def test_a_check_speaks_the_readers_language(
    client_for: SignIn, manager: Membership, manufacturer: Any, partner: Partner, product: Product
) -> None:
    reader = MembershipFactory(manufacturer=manufacturer, user__language="ko")
    url = checked(client_for(manager), manager, ROWS[:2])

    page = client_for(reader).get(url)

    assert titles(page)[:1] == ["오류 행이 1건 있습니다"]
    assert bad_rows(page) == [(3, "수량", "‘두개’: 숫자가 아닙니다")]


def test_the_partial_alone_is_sent_while_a_check_runs(client_for: SignIn, manager: Membership) -> None:
    client = client_for(manager)
    url = brought(client, ROWS)
    match(client, url)
    job = file_at(manager, url).job
    with staff_scope(manager.manufacturer_id):
        Job.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING, done=1500, total=3000, message="Reading and checking"
        )

    page: Any = client.get(url, headers={"HX-Request": "true"})

    assert page.template_name == ["jobs/partials/import_state.html"]
    text = text_of(page)
    assert text.strip().startswith('<div id="import"')
    assert '<progress value="1500" max="3000"' in text
    assert "1,500 / 3,000" in text
    assert f'action="/hanbit/jobs/{job.pk}/cancel/"' in text


def test_only_the_good_rows_are_brought_in(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = checked(client, manager, ROWS)

    response = client.post(f"{url}run/", {"only_good": "on"})
    job = work_off(manager, url)
    page = client.get(url)

    assert response.headers["Location"] == url
    assert (job.kind, job.state) == ("import_run", JobState.DONE)
    assert file_at(manager, url).state == ImportState.IMPORTED
    assert re.fullmatch(r"2 rows were written in [\d.]+ s", titles(page)[0])
    assert figures(page) == ["5", "2", "0", "0", "3"]
    assert bad_rows(page) == BAD
    assert f'action="{url}run/"' not in text_of(page)
    assert lines_of(manager) == GOOD_LINES
    with staff_scope(manager.manufacturer_id):
        assert set(SalesLine.objects.values_list("import_file", flat=True)) == {file_at(manager, url).pk}
        assert Partner.objects.count() == Product.objects.count() == 1


def test_all_or_nothing_writes_nothing_and_can_be_tried_otherwise(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = checked(client, manager, ROWS)

    client.post(f"{url}run/")
    job = work_off(manager, url)
    page = client.get(url)

    assert (job.state, file_at(manager, url).state) == (JobState.DONE, ImportState.CHECKED)
    assert titles(page)[:2] == ["Nothing was written: some rows are bad", "Bad rows"]
    assert figures(page) == ["5", "2", "0", "0", "3"]
    assert bad_rows(page) == BAD
    assert lines_of(manager) == []
    assert f'action="{url}run/"' in text_of(page)
    assert 'name="only_good"' in text_of(page)

    client.post(f"{url}run/", {"only_good": "on"})
    work_off(manager, url)

    assert file_at(manager, url).state == ImportState.IMPORTED
    assert lines_of(manager) == GOOD_LINES


def test_what_is_unknown_can_be_created(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = checked(client, manager, [*GOOD, UNKNOWN])
    page = client.get(url)
    assert figures(page) == ["3", "2", "0", "0", "1"]
    assert 'name="create_missing"' in text_of(page)
    assert "Create unknown partners and products as drafts" in text_of(page)

    client.post(f"{url}run/", {"create_missing": "on"})
    work_off(manager, url)
    page = client.get(url)

    assert figures(page) == ["3", "3", "0", "0", "0"]
    assert lines_of(manager) == [
        *GOOD_LINES,
        ("SO-4", "1", "N1", "N2", dt.date(2026, 2, 3), Decimal(3), Decimal(900)),
    ]
    with staff_scope(manager.manufacturer_id):
        assert list(Partner.objects.order_by("code").values_list("code", "name", "stage")) == [
            ("A1", "Seoul Agency", partner.stage),
            ("N1", "N1", "draft"),
        ]
        assert list(Product.objects.order_by("code").values_list("code", "is_draft")) == [("N2", True), ("P1", False)]


def test_creating_is_not_offered_where_nothing_can_be(client_for: SignIn, manager: Membership) -> None:
    client = client_for(manager)
    url = checked(client, manager, [["USD", "2026-01-01", "much"]], ["currency", "date", "rate"], kind="rates")

    page = client.get(url)

    assert bad_rows(page) == [(2, "rate", "“much” is not a number")]
    assert 'name="only_good"' in text_of(page)
    assert 'name="create_missing"' not in text_of(page)


def test_a_good_file_is_brought_in_with_one_button(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = checked(client, manager, GOOD)
    page = client.get(url)
    assert titles(page)[0] == "All rows are good"
    assert 'name="only_good"' not in text_of(page)
    assert 'name="create_missing"' not in text_of(page)
    assert "rejected/" not in text_of(page)

    client.post(f"{url}run/")
    work_off(manager, url)

    assert lines_of(manager) == GOOD_LINES


def test_a_double_click_starts_one_import(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = checked(client, manager, GOOD)

    for _click in range(2):
        assert client.post(f"{url}run/").headers["Location"] == url
    assert len(jobs_of(manager, "import_run")) == 1
    work_off(manager, url)
    late = client.post(f"{url}run/", follow=True)

    assert said(late) == ["This file has been brought in already. Upload it again to bring it in anew."]
    assert len(jobs_of(manager, "import_run")) == 1
    assert lines_of(manager) == GOOD_LINES


def test_a_file_is_not_brought_in_before_it_is_checked(client_for: SignIn, manager: Membership) -> None:
    client = client_for(manager)
    url = brought(client, ROWS)

    page = client.post(f"{url}run/", follow=True)

    assert said(page) == ["Match the columns and check the file first."]
    assert jobs_of(manager, "import_run") == []


def test_columns_are_not_matched_anew_while_the_file_is_brought_in(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = checked(client, manager, GOOD)
    client.post(f"{url}run/")

    page = match(client, url)

    assert page.context["form"].non_field_errors() == [
        "This file is being brought in. Wait until that has ended, or cancel it."
    ]
    assert len(jobs_of(manager, "import_check")) == 1
    work_off(manager, url)
    assert file_at(manager, url).state == ImportState.IMPORTED
    page = match(client, url)
    assert page.context["form"].non_field_errors() == [
        "This file has been brought in already. Upload it again to bring it in anew."
    ]


def test_a_cancelled_check_says_so_and_can_be_started_again(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = brought(client, GOOD)
    match(client, url)

    client.post(f"/hanbit/jobs/{file_at(manager, url).job_id}/cancel/")
    page = client.get(url)

    assert file_at(manager, url).state == ImportState.MAPPED
    assert re.findall(r'class="note note-bad"\s+role="status">(.*?)</div>', text_of(page)) == ["Cancelled."]
    assert f'href="{url}columns/"' in text_of(page)
    match(client, url)
    work_off(manager, url)
    assert titles(client.get(url))[0] == "All rows are good"


def test_what_cells_leave_open_is_asked_and_answered(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    rows = [[*GOOD[0][:4], "03/04/2026", *GOOD[0][5:]]]
    question = "In “출고일”, “03/04/2026” can be read in several ways: say in which order day, month and year stand."

    url = checked(client, manager, rows)

    assert question in text_of(client.get(url))
    assert file_at(manager, url).state == ImportState.MAPPED
    assert question in text_of(client.get(f"{url}columns/"))
    match(client, url, date_format="dmy")
    work_off(manager, url)
    client.post(f"{url}run/")
    work_off(manager, url)
    assert [line[4] for line in lines_of(manager)] == [dt.date(2026, 4, 3)]


def test_columns_are_matched_as_last_time(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    client = client_for(manager)
    url = brought(client, GOOD)
    match(client, url, **{"column-currency": "", "constant-currency": "KRW", "date_format": "ymd"})

    page = client.get(brought(client, ROWS), follow=True)

    assert "Matched as last time with a file like this" in text_of(page)
    chosen = offered(page)
    assert (chosen["column-currency"], chosen["constant-currency"], chosen["date_format"]) == ("", "KRW", "ymd")


def test_values_for_all_rows_may_stand_for_every_column(
    client_for: SignIn, manager: Membership, partner: Partner, product: Product
) -> None:
    """Then no column of the file is matched at all."""
    client = client_for(manager)
    url = brought(client, [["x"]], ["note"])
    match(
        client,
        url,
        **{"constant-partner_code": "A1", "constant-date": "2026-01-05", "constant-amount": "5"},
    )
    work_off(manager, url)

    page = client.get(url)

    assert titles(page)[0] == "All rows are good"
    assert figures(page) == ["1", "1", "0", "0", "0"]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"column-partner_code": ""}, "column-partner_code", "This is needed: choose the column that holds it."),
        (
            {"column-order_number": "순번"},
            "column-line_number",
            "“순번” is matched with “Order number” already.",
        ),
        (
            {"constant-currency": "KRW"},
            "constant-currency",
            "Choose a column or write a value for all rows, not both.",
        ),
        (
            {"column-currency": "없음"},
            "column-currency",
            "Select a valid choice. 없음 is not one of the available choices.",
        ),
    ],
)
def test_a_match_that_makes_no_sense_is_refused_on_its_field(
    client_for: SignIn, manager: Membership, changes: dict[str, str], field: str, sentence: str
) -> None:
    client = client_for(manager)
    url = brought(client, ROWS)

    page = match(client, url, **changes)

    assert page.context["form"].errors == {field: [sentence]}
    assert sentence in markup.unescape(text_of(page))
    assert file_at(manager, url).state == ImportState.UPLOADED
    assert jobs_of(manager, "import_check") == []


@pytest.mark.parametrize(
    ("encoding", "sentence", "headers"),
    [
        ("cp932", "The file is not in cp932.", []),
        (
            "cp949",
            f"The file has no column “매출” for “partner_code”; it has: {MISREAD}, date, amount.",
            [MISREAD, "date", "amount"],
        ),
    ],
)
def test_another_encoding_than_the_files_is_told_and_can_be_chosen_anew(
    client_for: SignIn, manager: Membership, partner: Partner, encoding: str, sentence: str, headers: list[str]
) -> None:
    client = client_for(manager)
    url = brought(client, [["A1", "2026-01-05", "5"]], ["매출", "date", "amount"])
    match(client, url, **{"column-partner_code": "매출", "encoding": encoding})

    job = work_off(manager, url)
    page = client.get(f"{url}columns/")

    assert (job.state, job.message) == (JobState.FAILED, sentence)
    assert sentence in markup.unescape(text_of(client.get(url)))
    assert offered(page)["encoding"] == encoding
    assert [sample.header for sample in page.context["samples"]] == headers
    match(client, url, encoding="")
    work_off(manager, url)
    assert titles(client.get(url))[0] == "All rows are good"


def test_a_quotation_mark_that_a_header_never_closes_costs_no_row(
    client_for: SignIn, manager: Membership, partner: Partner
) -> None:
    client = client_for(manager)
    content = b'partner_code,date,"amount\nA1,2026-01-05,5\nA1,2026-01-06,6\n'
    url = upload(client, content).headers["Location"]
    match(client, url)
    work_off(manager, url)
    assert figures(client.get(url)) == ["2", "2", "0", "0", "0"]


def test_a_check_can_be_read_when_an_own_field_is_gone(
    client_for: SignIn, manager: Membership, manufacturer: Any
) -> None:
    field = CustomFieldFactory(manufacturer=manufacturer, key="size", type="choice", choices=["S", "L"])
    client = client_for(manager)
    url = checked(client, manager, [["A1", "A", "XL"]], ["code", "name", "size"], kind="partners")
    assert bad_rows(client.get(url)) == [(2, "size", "“XL” is not among the choices: S, L")]

    with staff_scope(manufacturer.pk):
        field.delete()

    assert bad_rows(client.get(url)) == [(2, "size", "“XL” does not have the right form")]


def test_a_match_that_the_check_refuses_is_told_on_the_page(client_for: SignIn, manager: Membership) -> None:
    client = client_for(manager)
    url = brought(client, ROWS)
    match(client, url, **{"column-amount": ""})

    job = work_off(manager, url)

    assert job.state == JobState.FAILED
    assert "Match the amount, or the quantity and the unit price." in text_of(client.get(url))


BROKEN = {
    "empty": (b"", "The submitted file is empty."),
    "blank": (b"\n\n", "The file is empty."),
    "no rows": (sheet([]), "The file has a first row with column names, but no rows below it."),
    "blank rows": (b"code,name\n,\n,\n", "The file has a first row with column names, but no rows below it."),
    "duplicate headers": (
        b"code,name,code\nA,B,C\n",
        "Columns 1 and 3 are both called “code”. Rename one of them.",
    ),
    "numbers for headers": (b"1,2\n3,4\n", "The first row must hold the names of the columns."),
    "xls": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048),
        "This is an old Office file (.xls). Save it as .xlsx and bring that in.",
    ),
    "png": (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\0IEND\xaeB`\x82",
        "This is not a table: bring a CSV or XLSX file.",
    ),
    "zip": (b"PK\x03\x04" + bytes(100), "The workbook is damaged and cannot be read."),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(100), "The packed file is damaged or incomplete."),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_file_that_is_no_table_gets_its_sentence_and_is_not_kept(
    client_for: SignIn, manager: Membership, stored: Callable[[], list[str]], tmp_path: Path, broken: str
) -> None:
    content, sentence = BROKEN[broken]

    page = upload(client_for(manager), content, name="table.csv")

    assert page.status_code == 200
    assert page.context["form"].errors == {"file": [sentence]}
    assert sentence in markup.unescape(text_of(page))
    assert stored() == []
    assert list((tmp_path / "uploads").iterdir()) == []
    with staff_scope(manager.manufacturer_id):
        assert not ImportFile.objects.exists()


def test_an_upload_must_say_what_it_holds(
    client_for: SignIn, manager: Membership, stored: Callable[[], list[str]]
) -> None:
    client = client_for(manager)
    assert upload(client, sheet(ROWS), kind="cows").context["form"].errors == {
        "kind": ["Select a valid choice. cows is not one of the available choices."]
    }
    assert client.post("/hanbit/imports/new/", {"kind": "sell_in"}).context["form"].errors == {
        "file": ["This field is required."]
    }
    assert stored() == []
    page = client.get("/hanbit/imports/new/?kind=products")
    assert re.findall(r'value="(\w+)"[^>]*checked', text_of(page)) == ["products"]


def test_scripts_in_a_file_are_shown_and_not_run(client_for: SignIn, manager: Membership) -> None:
    client = client_for(manager)
    headers = [SCRIPT, f"date {SCRIPT}", f"amount {SCRIPT}"]
    rows = [[SCRIPT, "03/04/2026", SCRIPT], ["A1", "05/04/2026", "5"]]
    chosen = {"column-partner_code": headers[0], "column-date": headers[1], "column-amount": headers[2]}
    url = brought(client, rows, headers, name=HOSTILE_NAME)
    pages = [client.get(f"{url}columns/"), match(client, url, **chosen | {"column-amount": SCRIPT})]
    assert pages[-1].context["form"].errors == {
        "column-amount": [f"“{SCRIPT}” is matched with “Partner code” already."]
    }
    match(client, url, **chosen)
    work_off(manager, url)
    pages += [client.get(url), client.get(f"{url}columns/")]
    for page in pages[-2:]:
        assert f"In “{headers[1]}”, “03/04/2026” can be read in several ways" in markup.unescape(text_of(page))
    match(client, url, date_format="dmy")
    work_off(manager, url)
    pages.append(client.get(url))
    assert bad_rows(pages[-1]) == [
        (2, SCRIPT, f"no partner has the code “{SCRIPT}”"),
        (2, headers[2], f"“{SCRIPT}” is not a number"),
        (3, SCRIPT, "no partner has the code “A1”"),
    ]
    client.post(f"{url}run/")
    job = work_off(manager, url)
    pages += [
        client.get(url),
        client.get(url, headers={"HX-Request": "true"}),
        client.get("/hanbit/imports/"),
        client.get("/hanbit/jobs/"),
        client.get(f"/hanbit/jobs/{job.pk}/"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in text_of(page)
        assert "<img src=x" not in text_of(page)
    assert "&lt;img src=x onerror=alert(2)&gt;.csv" in text_of(client.get("/hanbit/imports/"))
