"""Long lists are exported by a job, with the rows that the member who asked may see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jobs.models import Job, JobState
from jobs.running import run_job
from pages import lists
from tenancy.models import Membership
from tenancy.rls import staff_scope
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_long_list_becomes_a_job_and_then_a_file(
    manager: Membership, client_for: Callable[[Membership], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobs import tasks

    monkeypatch.setattr(lists, "EXPORT_AT_ONCE", 2)
    monkeypatch.setattr(tasks.run_job, "delay", lambda **_kwargs: None)
    first: Any = PartnerFactory(manufacturer=manager.manufacturer, name="=Anna")
    for name in ("Bora", "Chul"):
        PartnerFactory(manufacturer=manager.manufacturer, kind=first.kind, name=name)
    PartnerFactory(name="Foreign")
    client = client_for(manager)

    response = client.get("/hanbit/partners/?export=csv")

    with staff_scope(manager.manufacturer_id):
        job = Job.objects.get(kind="list_export")
    assert response.headers["Location"] == f"/hanbit/jobs/{job.pk}/"
    assert run_job(manufacturer_id=manager.manufacturer_id, job_id=job.pk) is not None
    with staff_scope(manager.manufacturer_id):
        job.refresh_from_db()
        assert (job.state, job.result) == (JobState.DONE, {"rows": 3})
    text = b"".join(client.get(f"/hanbit/jobs/{job.pk}/result/").streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    assert sorted(line.split(",")[0] for line in text.splitlines()[1:]) == ["'=Anna", "Bora", "Chul"]
