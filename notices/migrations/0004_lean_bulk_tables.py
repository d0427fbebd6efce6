from django.db import migrations

from tenancy.isolate import GuardKeys


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0003_due"),
        ("tenancy", "0003_isolate"),
    ]
    replaces = [("notices", "0005_lean_bulk_tables")]

    operations = [
        migrations.RunSQL("DROP FUNCTION notices_notice_guard() CASCADE", migrations.RunSQL.noop),
        migrations.RunSQL("DROP FUNCTION notices_delivery_guard() CASCADE", migrations.RunSQL.noop),
        GuardKeys("Notice", keys={"recipient_id": "tenancy_membership", "partner_id": "partners_partner"}),
        GuardKeys("Delivery", keys={"notice_id": "notices_notice"}),
    ]
