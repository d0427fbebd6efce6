from typing import Any

import pytest
from django.template.loader import get_template

from jobs.models import Job, JobState
from jobs.registry import JobKind
from jobs.running import run_job
from jobs.services import cancel_job, start_job
from notices import selectors
from notices.models import Delivery, Notice
from notices.notice_kinds import tell_who_started
from notices.registry import NoticeKind, all_kinds
from tenancy.errors import DomainError
from tenancy.models import Membership
from tenancy.rights import Right
from tenancy.rls import staff_scope


def fail(progress: Any) -> dict[str, Any]:
    raise DomainError("The file has no rows.")


@pytest.fixture(autouse=True)
def _work(monkeypatch: pytest.MonkeyPatch) -> None:
    from jobs import registry

    for key, run in (("hello.good", lambda progress: {}), ("hello.bad", fail)):
        monkeypatch.setitem(registry._kinds, key, JobKind(key, "Counting boxes", run, Right.IMPORTS_RUN))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "sentence", "text", "mails"),
    [
        ("hello.good", "Counting boxes: done", "", 0),
        ("hello.bad", "Counting boxes: failed", "The file has no rows.", 1),
    ],
)
def test_who_started_work_hears_how_it_ended(
    owner: Membership, manager: Membership, kind: str, sentence: str, text: str, mails: int
) -> None:
    with staff_scope(owner.manufacturer_id):
        job = start_job(kind, by=owner)
    run_job(manufacturer_id=owner.manufacturer_id, job_id=job.pk)

    with staff_scope(owner.manufacturer_id):
        (item,) = selectors.latest(owner)
        assert (item.wording.sentence, item.wording.text) == (sentence, text)
        assert item.wording.url == f"/{owner.manufacturer.slug}/jobs/{job.pk}/"
        assert Delivery.objects.count() == mails
        tell_who_started(Job.objects.get())  # the hook called again
        assert Notice.objects.count() == 1


def test_who_cancelled_work_is_not_told(owner: Membership) -> None:
    with staff_scope(owner.manufacturer_id):
        cancel_job(start_job("hello.good", by=owner), by=owner)
        tell_who_started(Job.objects.create(kind="hello.good", state=JobState.DONE))  # of nobody
        assert not Notice.objects.exists()


def test_a_partners_work_tells_on_its_own_side(rep: Membership) -> None:
    with staff_scope(rep.manufacturer_id):
        tell_who_started(Job.objects.create(kind="gone", state=JobState.DONE, created_by=rep, partner=rep.partner))
        (item,) = selectors.latest(rep)
        assert (item.wording.sentence, item.wording.url) == ("gone: done", "")


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_every_kind_has_its_templates(kind: NoticeKind) -> None:
    """One without would be found by its first reader."""
    for ending in ("subject.txt", "txt"):
        get_template(f"{kind.template}.{ending}")
