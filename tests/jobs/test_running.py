"""How jobs run: claimed once, shown while they run, cancelled between chunks, ended once, found again when lost."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from jobs import registry, running, services, tasks
from jobs.models import Job, JobState
from partners.models import PartnerKind
from tenancy.errors import DomainError
from tenancy.rights import Right
from tenancy.rls import commit_chunk, staff_scope
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

Run = Callable[[running.Progress], dict[str, Any]]


@pytest.fixture
def kind() -> Iterator[Callable[[Run], str]]:
    """Registers a kind of job that runs a given function; forgotten after the test."""
    before = dict(registry._kinds)

    def register(run: Run) -> str:
        registry.register_job(registry.JobKind("test_work", label="Work", run=run, right=Right.IMPORTS_RUN))
        return "test_work"

    yield register
    registry._kinds.clear()
    registry._kinds.update(before)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs handed to a worker, in place of a broker."""
    handed: list[int] = []
    monkeypatch.setattr(tasks.run_job, "delay", lambda *, manufacturer_id, job_id: handed.append(job_id))
    return handed


def start(manufacturer: Any, **kwargs: Any) -> Job:
    with staff_scope(manufacturer.pk):
        return services.start_job("test_work", **kwargs)


def again(job: Job) -> Job:
    with staff_scope(job.manufacturer_id):
        return Job.objects.get(pk=job.pk)


def change(job: Job, **fields: Any) -> None:
    with staff_scope(job.manufacturer_id):
        Job.objects.filter(pk=job.pk).update(**fields)


def test_a_job_is_handed_over_after_commit_and_ends_with_its_result(
    manufacturer: Any, kind: Any, queued: list[int]
) -> None:
    kind(lambda progress: {"answer": 42})
    with staff_scope(manufacturer.pk):
        job = services.start_job("test_work", params={"a": 1})
        assert queued == []
    assert queued == [job.pk]

    tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)

    ended = again(job)
    assert (ended.state, ended.result, ended.attempts, ended.lease_until) == (JobState.DONE, {"answer": 42}, 1, None)
    assert ended.finished_at is not None


def test_a_good_end_tells_what_came_of_it_and_not_what_was_done_last(
    manufacturer: Any, kind: Any, queued: list[int]
) -> None:
    def work(progress: running.Progress) -> dict[str, Any]:
        progress.tell(3, 3, "Writing")
        if progress.job.params:
            progress.conclude("3 rows are new.")
        return {}

    kind(work)
    silent, telling = start(manufacturer), start(manufacturer, params={"tell": 1})
    for job in (silent, telling):
        tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)

    assert [(again(job).message, again(job).done) for job in (silent, telling)] == [("", 3), ("3 rows are new.", 3)]


def test_a_job_that_ended_is_not_run_again(manufacturer: Any, kind: Any, queued: list[int]) -> None:
    runs: list[int] = []
    kind(lambda progress: runs.append(1) or {})
    job = start(manufacturer)
    for _ in range(2):
        tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)
    assert runs == [1]


def test_the_same_key_waits_once_but_runs_anew_after_a_run_has_begun(
    manufacturer: Any, kind: Any, queued: list[int]
) -> None:
    kind(lambda progress: {})
    first, second = start(manufacturer, key="day"), start(manufacturer, key="day")
    assert (first.pk, set(queued)) == (second.pk, {first.pk})
    change(first, state=JobState.RUNNING, lease_until=timezone.now() + dt.timedelta(minutes=1))
    assert start(manufacturer, key="day").pk != first.pk


def test_a_refusal_rolls_the_work_back_and_says_why(manufacturer: Any, kind: Any, queued: list[int]) -> None:
    def refuse(progress: running.Progress) -> dict[str, Any]:
        PartnerKind.objects.create(code="half-done", names={})
        raise DomainError("The file has no header row. Add one.")

    kind(refuse)
    job = start(manufacturer)
    tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)

    ended = again(job)
    assert (ended.state, ended.message) == (JobState.FAILED, "The file has no header row. Add one.")
    with staff_scope(manufacturer.pk):
        assert not PartnerKind.objects.exists()


def test_a_surprise_fails_the_job_without_telling_its_inside(
    manufacturer: Any, kind: Any, queued: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(progress: running.Progress) -> dict[str, Any]:
        raise ZeroDivisionError("secret inside")

    kind(break_down)
    job = start(manufacturer)
    tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)
    assert (again(job).state, again(job).message) == (
        JobState.FAILED,
        "It stopped on an error that is ours to mend.",
    )
    assert "secret inside" in caplog.text


def test_cancelling_keeps_committed_chunks_and_drops_the_open_one(
    manufacturer: Any, kind: Any, queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.02)
    member = MembershipFactory(manufacturer=manufacturer)
    started = threading.Event()

    def work(progress: running.Progress) -> dict[str, Any]:
        progress.begin(1000)
        PartnerKind.objects.create(code="kept", names={})
        commit_chunk()
        PartnerKind.objects.create(code="dropped", names={})
        started.set()
        for _ in range(500):
            progress.advance(1)
            time.sleep(0.02)
        return {}

    kind(work)
    job = start(manufacturer)

    def cancel() -> None:
        started.wait(10)
        time.sleep(0.2)
        with staff_scope(manufacturer.pk):
            services.cancel_job(job, by=member)
        connection.close()

    thread = threading.Thread(target=cancel)
    thread.start()
    tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)
    thread.join()

    ended = again(job)
    assert ended.state == JobState.CANCELLED
    assert 0 < ended.done < 500
    assert ended.total == 1000
    with staff_scope(manufacturer.pk):
        assert list(PartnerKind.objects.values_list("code", flat=True)) == ["kept"]


def test_cancelling_a_waiting_job_ends_it_at_once(manufacturer: Any, kind: Any, queued: list[int]) -> None:
    runs: list[int] = []
    kind(lambda progress: runs.append(1) or {})
    job, member = start(manufacturer), MembershipFactory(manufacturer=manufacturer)
    with staff_scope(manufacturer.pk):
        services.cancel_job(job, by=member)
    tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)
    assert (again(job).state, runs) == (JobState.CANCELLED, [])
    with pytest.raises(services.JobError, match="ended already"), staff_scope(manufacturer.pk):
        services.cancel_job(job, by=member)


def test_the_lease_is_renewed_while_a_long_transaction_is_open(
    manufacturer: Any, kind: Any, queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.02)
    monkeypatch.setattr(running, "LEASE", dt.timedelta(seconds=0.4))
    seen: list[bool] = []

    def work(progress: running.Progress) -> dict[str, Any]:
        time.sleep(0.8)
        seen.append(Job.objects.get(pk=progress.job.pk).lease_until > timezone.now())
        return {}

    kind(work)
    job = start(manufacturer)
    tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)
    assert (seen, again(job).state) == ([True], JobState.DONE)


def test_who_lost_the_lease_cannot_end_the_job_nor_keep_its_work(
    manufacturer: Any, kind: Any, queued: list[int]
) -> None:
    def taken_over(progress: running.Progress) -> dict[str, Any]:
        PartnerKind.objects.create(code="zombie", names={})
        thread = threading.Thread(target=take_over)
        thread.start()
        thread.join()
        return {"by": "zombie"}

    def take_over() -> None:
        change(job, attempts=2)
        connection.close()

    kind(taken_over)
    job = start(manufacturer)
    tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)
    assert (again(job).state, again(job).result) == (JobState.RUNNING, {})
    with staff_scope(manufacturer.pk):
        assert not PartnerKind.objects.exists()


def test_the_sweep_finds_what_was_never_queued_and_what_lost_its_worker(
    manufacturer: Any, other_manufacturer: Any, kind: Any, queued: list[int]
) -> None:
    kind(lambda progress: {})
    now = timezone.now()
    fresh, forgotten, lost, alive = (start(manufacturer) for _ in range(4))
    elsewhere = start(other_manufacturer)
    for job in (forgotten, elsewhere):
        change(job, created_at=now - dt.timedelta(minutes=2))
    change(lost, state=JobState.RUNNING, attempts=1, lease_until=now - dt.timedelta(seconds=1))
    change(alive, state=JobState.RUNNING, attempts=1, lease_until=now + dt.timedelta(seconds=30))
    queued.clear()

    assert services.sweep_jobs() == 3
    assert sorted(queued) == sorted([forgotten.pk, elsewhere.pk, lost.pk])
    queued.clear()
    assert services.sweep_jobs() == 1  # what waits is counted as queued for a while; the lost one still lacks a worker
    assert fresh.pk not in queued


def test_a_job_that_kills_its_workers_is_given_up(manufacturer: Any, kind: Any, queued: list[int]) -> None:
    kind(lambda progress: {})
    job = start(manufacturer)
    change(job, state=JobState.RUNNING, attempts=3, lease_until=timezone.now() - dt.timedelta(seconds=1))
    tasks.run_job(manufacturer_id=manufacturer.pk, job_id=job.pk)
    assert (again(job).state, again(job).message) == (JobState.FAILED, "It was given up after 3 attempts.")


def test_a_lost_broker_loses_no_job(manufacturer: Any, kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_kwargs: Any) -> None:
        raise ConnectionError("no broker")

    kind(lambda progress: {})
    monkeypatch.setattr(tasks.run_job, "delay", refuse)
    job = start(manufacturer)
    assert again(job).state == JobState.QUEUED
