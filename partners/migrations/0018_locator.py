from django.db import migrations

from tenancy.isolate import Isolate, IsolateHistory

PARTNER = {"partner_id": "partners_partner"}


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0017_working_together"),
        ("tenancy", "0005_mail_refused"),
    ]
    replaces = [("partners", "0022_locator")]

    operations = [
        Isolate(
            "LocatorEntry",
            partner_column="partner_id",
            partner_writes=["UPDATE (about, hours)"],
            keys=PARTNER,
            is_target=False,
        ),
        IsolateHistory("LocatorEntryEvent"),
        Isolate("LocatorQuestion", partner_column="partner_id", keys=PARTNER, is_target=False),
        # Whoever searches reads only those that are shown.
        migrations.RunSQL(
            "CREATE INDEX locator_listed ON partners_locatorentry (manufacturer_id, partner_id) WHERE is_listed",
            "DROP INDEX locator_listed",
        ),
    ]
