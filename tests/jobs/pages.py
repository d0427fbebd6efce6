"""Files as people upload them, and what the staff's pages of imports and jobs show; used by the tests of both."""

import csv
import datetime as dt
import html as markup
import io
import re
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commerce.models import SalesLine
from jobs import running
from jobs.models import ImportFile, Job
from tenancy.models import Membership
from tenancy.rls import staff_scope

HEADERS = ["주문번호", "순번", "거래처코드", "품목코드", "출고일", "수량", "공급가액(원)", "통화", "비고"]
GUESSED = {
    "order_number": "주문번호",
    "line_number": "순번",
    "partner_code": "거래처코드",
    "product_code": "품목코드",
    "date": "출고일",
    "quantity": "수량",
    "amount": "공급가액(원)",
    "currency": "통화",
}
GOOD = [
    ["SO-1", "1", "A1", "P1", "2026-01-05", "2", "1,234,000", "KRW", "급함"],
    ["SO-3", "1", "A1", "P1", "2026-02-01", "-1", "-300", "KRW", ""],
]
UNKNOWN = ["SO-4", "1", "N1", "N2", "2026-02-03", "3", "900", "KRW", ""]
ROWS = [
    GOOD[0],
    ["SO-1", "2", "A1", "P1", "2026-01-05", "두개", "500", "KRW", ""],
    ["SO-2", "1", "ZZ", "", "2026-02-30", "1", "700", "원", ""],
    GOOD[1],
    UNKNOWN,
]
BAD = [
    (3, "수량", "“두개” is not a number"),
    (4, "거래처코드", "no partner has the code “ZZ”"),
    (4, "품목코드", "is empty"),
    (4, "출고일", "“2026-02-30” is not a date"),
    (4, "통화", "“원” is not a currency of three letters, such as USD"),
    (6, "거래처코드", "no partner has the code “N1”"),
    (6, "품목코드", "no product has the code “N2”"),
]
SCRIPT = "<script>alert(1)</script>"
MISREAD = "매출".encode().decode("cp949")
HOSTILE_NAME = "<img src=x onerror=alert(2)>.csv"


def sheet(rows: list[list[str]], headers: list[str] = HEADERS) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    return text.getvalue().encode()


def upload(
    client: Client, content: bytes, *, kind: str = "sell_in", name: str = "매출.csv", slug: str = "hanbit"
) -> Any:
    return client.post(f"/{slug}/imports/new/", {"kind": kind, "file": SimpleUploadedFile(name, content)})


def brought(client: Client, rows: list[list[str]], headers: list[str] = HEADERS, **options: Any) -> str:
    """Upload a file; returns the address of its page."""
    return str(upload(client, sheet(rows, headers), **options).headers["Location"])


def offered(page: Any) -> dict[str, str]:
    """What the form of columns has chosen when it is opened."""
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields}


def match(client: Client, url: str, **changes: str) -> Any:
    """Post the columns as they are offered, but for `changes`."""
    return client.post(f"{url}columns/", offered(client.get(f"{url}columns/")) | changes)


def file_at(member: Membership, url: str) -> Any:
    with staff_scope(member.manufacturer_id):
        return ImportFile.objects.select_related("job").get(pk=url.rstrip("/").rsplit("/", 1)[-1])


def work_off(member: Membership, url: str) -> Job:
    """Run the file's job as a worker would."""
    waiting = file_at(member, url).job
    running.run_job(manufacturer_id=member.manufacturer_id, job_id=waiting.pk)
    return fresh(waiting)


def checked(
    client: Client, member: Membership, rows: list[list[str]], headers: list[str] = HEADERS, **options: Any
) -> str:
    """Upload, match as guessed, and check; returns the address of the file's page."""
    url = brought(client, rows, headers, **options)
    match(client, url)
    work_off(member, url)
    return url


def fresh(job: Job) -> Job:
    with staff_scope(job.manufacturer_id):
        return Job.objects.get(pk=job.pk)


def make_job(member: Membership, **fields: Any) -> Job:
    with staff_scope(member.manufacturer_id):
        return Job.objects.create(**{"kind": "list_export", "created_by": member} | fields)


def jobs_of(member: Membership, kind: str) -> list[Job]:
    with staff_scope(member.manufacturer_id):
        return list(Job.objects.filter(kind=kind))


def lines_of(member: Membership) -> list[tuple[Any, ...]]:
    with staff_scope(member.manufacturer_id):
        return list(
            SalesLine.objects.order_by("order_number", "line_number").values_list(
                "order_number", "line_number", "partner__code", "product__code", "date", "quantity", "amount_base"
            )
        )


GOOD_LINES = [
    ("SO-1", "1", "A1", "P1", dt.date(2026, 1, 5), Decimal(2), Decimal(1234000)),
    ("SO-3", "1", "A1", "P1", dt.date(2026, 2, 1), Decimal(-1), Decimal(-300)),
]


def text_of(page: Any) -> str:
    return str(page.content.decode())


def figures(page: Any) -> list[str]:
    """Rows read, new, changed, unchanged, rejected."""
    return re.findall(r'class="figure-value">\s*(.*?)\s*</dd>', text_of(page))


def bad_rows(page: Any) -> list[tuple[int, str, str]]:
    found = re.findall(r'<tr><td class="num">(.*?)</td><td>(.*?)</td><td class="wrap">(.*?)</td></tr>', text_of(page))
    return [(int(row), markup.unescape(column), markup.unescape(sentence)) for row, column, sentence in found]


def titles(page: Any) -> list[str]:
    """The headings of the page's cards."""
    return [
        markup.unescape(" ".join(title.split()))
        for title in re.findall(r'<h2 class="card-title"[^>]*>(.*?)</h2>', text_of(page), re.DOTALL)
    ]


def said(page: Any) -> list[str]:
    """The messages at the top of the page."""
    return [str(message) for message in page.context["messages"]]


def downloaded(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def status(client: Client, url: str) -> int:
    """How a page answers; a download is read, which closes its file."""
    response: Any = client.get(url)
    if response.streaming:
        downloaded(response)
    return int(response.status_code)


def count_queries(client: Client, url: str) -> int:
    """How many queries a page asks when it is asked for the second time."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
