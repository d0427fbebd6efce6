"""The staff's lists of imports and jobs, the page of a job, and who may see them."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from commerce.models import Product
from jobs.imports import import_kind
from jobs.models import ImportFile, ImportState, JobState
from jobs.reading import open_source
from partners.models import Partner
from tenancy.models import Membership
from tenancy.rights import Role
from tenancy.rls import staff_scope
from tests.factories import CustomFieldFactory, MembershipFactory
from tests.jobs.pages import (
    GOOD,
    ROWS,
    brought,
    checked,
    count_queries,
    downloaded,
    file_at,
    fresh,
    jobs_of,
    make_job,
    offered,
    said,
    sheet,
    status,
    text_of,
    upload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_heartbeat", "stored")]

SignIn = Callable[[Membership], Client]


# --- Lists


def test_the_list_of_imports_shows_the_latest_first(
    client_for: SignIn, manager: Membership, stranger: Membership
) -> None:
    client = client_for(manager)
    for name in ("first.csv", "second.csv"):
        brought(client, ROWS, name=name)
    brought(client_for(stranger), ROWS, name="foreign.csv", slug="tokai")

    page = client.get("/hanbit/imports/")

    rows = page.context["list"].page.rows
    assert [(row.original_name, row.kind, row.state) for row in rows] == [
        ("second.csv", "sell_in", "uploaded"),
        ("first.csv", "sell_in", "uploaded"),
    ]
    assert f'href="/hanbit/imports/{rows[0].pk}/"' in text_of(page)
    assert text_of(page).count("Sell-in lines") == 2


def test_the_list_of_imports_asks_the_same_number_of_queries_at_any_size(
    client_for: SignIn, manager: Membership
) -> None:
    client, counts = client_for(manager), []
    for size in (1, 30):
        for _number in range(size):
            job = make_job(manager, kind="import_check")
            with staff_scope(manager.manufacturer_id):
                ImportFile.objects.create(
                    kind="sell_in", original_name="a.csv", size=1, file="a.csv", created_by=manager, job=job
                )
        counts.append(count_queries(client, "/hanbit/imports/"))
    assert counts[0] == counts[1]


def test_the_list_of_jobs_asks_the_same_number_of_queries_at_any_size(client_for: SignIn, manager: Membership) -> None:
    client, counts = client_for(manager), []
    for size in (1, 30):
        for _number in range(size):
            make_job(manager, kind="import_check", state=JobState.DONE, finished_at=timezone.now())
        counts.append(count_queries(client, "/hanbit/jobs/"))
    assert counts[0] == counts[1]


# --- Who may


@pytest.mark.parametrize(
    ("who", "imports", "jobs"),
    [
        ("owner", 200, 200),
        ("manager", 200, 200),
        ("analyst", 403, 200),
        ("marketing", 403, 403),
        ("assigned_manager", 403, 404),
        ("rep", 404, 404),
        ("partner_admin", 404, 404),
        ("stranger", 404, 404),
    ],
)
def test_who_may_see_imports_and_what_they_left(
    request: pytest.FixtureRequest,
    client_for: SignIn,
    manager: Membership,
    manufacturer: Any,
    partner: Partner,
    product: Product,
    who: str,
    imports: int,
    jobs: int,
) -> None:
    url = checked(client_for(manager), manager, ROWS)
    job = file_at(manager, url).job
    with staff_scope(manager.manufacturer_id):
        job.result_file.save("result.csv", ContentFile(b"secret"))
    if who == "marketing":
        member = MembershipFactory(manufacturer=manufacturer, role=Role.MARKETING)
    else:
        member = request.getfixturevalue(who)
    client = client_for(member)

    for page in (
        "/hanbit/imports/",
        "/hanbit/imports/new/",
        "/hanbit/imports/template/sell_in/",
        url,
        f"{url}columns/",
    ):
        assert (page, status(client, page)) == (page, imports)
    for page in (f"/hanbit/jobs/{job.pk}/", f"/hanbit/jobs/{job.pk}/result/", f"/hanbit/jobs/{job.pk}/rejected/"):
        assert (page, status(client, page)) == (page, jobs)


@pytest.mark.parametrize(
    ("who", "status"),
    [("analyst", 403), ("assigned_manager", 403), ("rep", 404), ("partner_admin", 404), ("stranger", 404)],
)
def test_who_may_not_bring_files_in_changes_nothing(
    request: pytest.FixtureRequest,
    client_for: SignIn,
    manager: Membership,
    partner: Partner,
    product: Product,
    stored: Callable[[], list[str]],
    who: str,
    status: int,
) -> None:
    url = checked(client_for(manager), manager, GOOD)
    choice = offered(client_for(manager).get(f"{url}columns/"))
    client, kept = client_for(request.getfixturevalue(who)), stored()

    assert upload(client, sheet(ROWS)).status_code == status
    assert client.post(f"{url}columns/", choice).status_code == status
    assert client.post(f"{url}run/", {"only_good": "on"}).status_code == status

    assert stored() == kept
    assert file_at(manager, url).state == ImportState.CHECKED
    assert (len(jobs_of(manager, "import_check")), len(jobs_of(manager, "import_run"))) == (1, 0)
    with staff_scope(manager.manufacturer_id):
        assert ImportFile.objects.count() == 1


def test_another_manufacturers_files_and_jobs_do_not_exist(
    client_for: SignIn, manager: Membership, stranger: Membership, partner: Partner, product: Product
) -> None:
    url = checked(client_for(manager), manager, ROWS)
    file = file_at(manager, url)
    client = client_for(stranger)

    for place in (f"imports/{file.pk}/", f"imports/{file.pk}/columns/"):
        assert client.get(f"/tokai/{place}").status_code == 404
    for place in ("", "result/", "rejected/"):
        assert client.get(f"/tokai/jobs/{file.job_id}/{place}").status_code == 404
    for place in (f"imports/{file.pk}/columns/", f"imports/{file.pk}/run/", f"jobs/{file.job_id}/cancel/"):
        assert client.post(f"/tokai/{place}").status_code == 404
    assert client.get("/tokai/jobs/").context["list"].page.rows == []
    assert client.get("/tokai/imports/").context["list"].page.rows == []
    assert file_at(manager, url).state == ImportState.CHECKED


def test_a_manager_of_assigned_partners_sees_only_own_jobs(
    client_for: SignIn, manager: Membership, assigned_manager: Membership
) -> None:
    foreign, own = make_job(manager), make_job(assigned_manager)
    for job in (foreign, own):
        with staff_scope(manager.manufacturer_id):
            job.result_file.save("result.csv", ContentFile(b"result"))
            job.error_file.save("errors.csv", ContentFile(b"errors"))
            job.save()
    client = client_for(assigned_manager)

    assert client.get("/hanbit/jobs/").context["list"].page.rows == [own]
    assert {status(client, f"/hanbit/jobs/{own.pk}/{page}") for page in ("", "result/", "rejected/")} == {200}
    assert {status(client, f"/hanbit/jobs/{foreign.pk}/{page}") for page in ("", "result/", "rejected/")} == {404}
    assert client.post(f"/hanbit/jobs/{foreign.pk}/cancel/").status_code == 404
    assert fresh(foreign).state == JobState.QUEUED


def test_who_may_not_start_such_work_may_not_stop_it(
    client_for: SignIn, manager: Membership, analyst: Membership
) -> None:
    job = make_job(manager, kind="import_run", params={"file": 1})
    client = client_for(analyst)

    page = client.get(f"/hanbit/jobs/{job.pk}/")

    assert page.status_code == 200
    assert "/cancel/" not in text_of(page)
    assert client.post(f"/hanbit/jobs/{job.pk}/cancel/").status_code == 403
    assert fresh(job).state == JobState.QUEUED


def test_the_page_of_a_file_is_offered_to_who_may_see_it(
    client_for: SignIn, manager: Membership, analyst: Membership
) -> None:
    job = make_job(manager, kind="import_run", params={"file": 7}, state=JobState.DONE, finished_at=timezone.now())
    link = 'href="/hanbit/imports/7/"'

    assert link in text_of(client_for(manager).get(f"/hanbit/jobs/{job.pk}/"))
    assert link not in text_of(client_for(analyst).get(f"/hanbit/jobs/{job.pk}/"))


# --- Workbooks to fill in


@pytest.mark.parametrize("kind", ["partners", "products", "rates", "sell_in"])
def test_a_workbook_to_fill_in_has_the_columns_of_its_kind(
    client_for: SignIn, manager: Membership, manufacturer: Any, tmp_path: Path, kind: str
) -> None:
    CustomFieldFactory(manufacturer=manufacturer, key="trucks", labels={"ko": "보유 차량"})
    with staff_scope(manufacturer.pk):
        columns = import_kind(kind).columns()

    response = client_for(manager).get(f"/hanbit/imports/template/{kind}/")

    assert response.headers["Content-Disposition"] == f'attachment; filename="{kind}.xlsx"'
    path = tmp_path / "template.xlsx"
    path.write_bytes(downloaded(response))
    source = open_source(path)
    assert source.headers == [column.name for column in columns]
    assert ("trucks" in source.headers) == (kind == "partners")
    frame, _read = next(iter(source.batches()))
    assert [cell or "" for cell in frame.select(source.headers).row(0)] == [column.example for column in columns]


def test_there_is_no_workbook_of_an_unknown_kind(client_for: SignIn, manager: Membership) -> None:
    assert client_for(manager).get("/hanbit/imports/template/cows/").status_code == 404


# --- The page of a job


def test_a_running_job_shows_how_far_it_is_and_can_be_cancelled(client_for: SignIn, manager: Membership) -> None:
    job = make_job(
        manager,
        kind="import_check",
        params={"file": 1},
        state=JobState.RUNNING,
        done=1500,
        total=3000,
        message="Reading",
    )
    client, url = client_for(manager), f"/hanbit/jobs/{job.pk}/"

    text = text_of(client.get(url))

    assert "<h1>Check of a file</h1>" in re.sub(r"<h1[^>]*>\s*(.*?)\s*</h1>", r"<h1>\1</h1>", text, flags=re.DOTALL)
    assert re.findall(r'<span class="state([^"]*)">(.*?)</span> Reading', text) == [(" state-active", "Running")]
    assert '<progress value="1500" max="3000"' in text
    assert "1,500 / 3,000" in text
    assert f'hx-get="{url}"' in text

    response = client.post(f"{url}cancel/", follow=True)

    assert response.redirect_chain == [(url, 302)]
    assert said(response) == ["The work stops as soon as it can."]
    assert "It stops as soon as it can." in text_of(response)
    assert f'action="{url}cancel/"' not in text_of(response)
    assert (fresh(job).state, fresh(job).cancel_requested) == (JobState.RUNNING, True)


def test_a_waiting_job_is_cancelled_at_once_and_only_once(client_for: SignIn, manager: Membership) -> None:
    job = make_job(manager)
    client, url = client_for(manager), f"/hanbit/jobs/{job.pk}/"

    page = client.post(f"{url}cancel/", follow=True)

    assert (fresh(job).state, fresh(job).message) == (JobState.CANCELLED, "Cancelled.")
    text = text_of(page)
    assert re.findall(r'<span class="state([^"]*)">(.*?)</span> Cancelled\.', text) == [(" state-warn", "Cancelled")]
    assert "hx-get=" not in text.partition('id="job"')[2].partition(">")[0]
    assert said(client.post(f"{url}cancel/", follow=True)) == ["This job has ended already."]


def test_the_partial_alone_is_sent_while_a_job_runs(client_for: SignIn, manager: Membership) -> None:
    job = make_job(manager, state=JobState.RUNNING)
    client, url = client_for(manager), f"/hanbit/jobs/{job.pk}/"

    page: Any = client.get(url, headers={"HX-Request": "true"})

    assert page.template_name == ["jobs/partials/state.html"]
    assert text_of(page).strip().startswith(f'<div id="job" hx-get="{url}"')
    assert "<h1" not in text_of(page)


def test_the_files_of_a_job_are_downloaded_by_their_names(client_for: SignIn, manager: Membership) -> None:
    job = make_job(manager, state=JobState.DONE, finished_at=timezone.now())
    with staff_scope(manager.manufacturer_id):
        for field, name in ((job.result_file, "partners.xlsx"), (job.error_file, "매출-rejected.csv")):
            field.save(f"{job.manufacturer_id}/files/{uuid.uuid4().hex}/{name}", ContentFile(name.encode()))
    client, url = client_for(manager), f"/hanbit/jobs/{job.pk}/"
    page = client.get(url)

    result, rejected = client.get(f"{url}result/"), client.get(f"{url}rejected/")

    assert f'href="{url}result/"' in text_of(page)
    assert f'href="{url}rejected/"' in text_of(page)
    assert (result.headers["Content-Disposition"], downloaded(result)) == (
        'attachment; filename="partners.xlsx"',
        b"partners.xlsx",
    )
    assert rejected.headers["Content-Disposition"] == ("attachment; filename*=utf-8''%EB%A7%A4%EC%B6%9C-rejected.csv")
    assert downloaded(rejected) == "매출-rejected.csv".encode()


def test_a_file_that_a_job_did_not_leave_or_that_is_gone_does_not_exist(
    client_for: SignIn, manager: Membership
) -> None:
    job = make_job(manager, state=JobState.DONE, error_file="1/gone.csv")
    client = client_for(manager)
    assert client.get(f"/hanbit/jobs/{job.pk}/result/").status_code == 404
    assert client.get(f"/hanbit/jobs/{job.pk}/rejected/").status_code == 404


def test_a_job_of_an_app_that_is_gone_shows_its_key(client_for: SignIn, manager: Membership) -> None:
    job = make_job(manager, kind="forgotten_work", state=JobState.DONE, finished_at=timezone.now())
    client = client_for(manager)
    assert "forgotten_work" in text_of(client.get(f"/hanbit/jobs/{job.pk}/"))
    assert "forgotten_work" in text_of(client.get("/hanbit/jobs/"))
    assert client.post(f"/hanbit/jobs/{job.pk}/cancel/").status_code == 403
