from django.db import migrations

from tenancy.isolate import Isolate


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0005_mail_refused"),
    ]

    operations = [
        Isolate(
            "ViewAs",
            partner_reads=False,
            staff_writes=["INSERT", "UPDATE (stopped_at)"],
            keys={"by_id": "tenancy_membership", "member_id": "tenancy_membership"},
            is_target=False,
        ),
    ]
