from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

STARTED = {"created_by_id": "tenancy_membership"}


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
        ("partners", "0003_isolate"),
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        Isolate(
            "Job",
            partner_column="partner_id",
            partner_writes=["INSERT", "UPDATE"],
            keys=STARTED | {"partner_id": "partners_partner"},
        ),
        Isolate("ImportFile", partner_reads=False, keys=STARTED | {"job_id": "jobs_job"}),
        IsolateHistory("ImportFileEvent"),
        Isolate("ImportMapping", partner_reads=False),
    ]
