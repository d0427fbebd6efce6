from django.db import migrations

from tenancy.isolate import Isolate


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0002_isolate"),
        ("tenancy", "0005_mail_refused"),
    ]

    operations = [
        Isolate(
            "Attachment",
            partner_reads=False,
            keys={"request_id": "approvals_request", "by_id": "tenancy_membership"},
            is_target=False,
        ),
    ]
