from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0013_isolate_audiences"),
        ("tenancy", "0005_mail_refused"),
    ]
    replaces = [("partners", "0017_tasks")]

    operations = [
        Isolate(
            "Task",
            partner_column="shown_to",
            partner_writes=[
                "UPDATE (title, detail, due_on, owner_id, state, reason, finished_at, finished_by_id, updated_at)"
            ],
            keys={
                "partner_id": "partners_partner",
                "owner_id": "tenancy_membership",
                "created_by_id": "tenancy_membership",
                "finished_by_id": "tenancy_membership",
            },
        ),
        IsolateHistory("TaskEvent"),
    ]
