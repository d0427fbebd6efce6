from django.db import migrations

KEY = """
ALTER TABLE partners_partner ADD CONSTRAINT partners_partner_channel_manager_id_own
    FOREIGN KEY (manufacturer_id, channel_manager_id) REFERENCES tenancy_membership (manufacturer_id, id)
    DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    """On its own: memberships can be pointed to only after their isolation, which needs the partners' first."""

    dependencies = [
        ("partners", "0003_isolate"),
        ("tenancy", "0003_isolate"),
    ]
    replaces = [("partners", "0003_channel_manager_key")]

    operations = [
        migrations.RunSQL(
            KEY,
            "ALTER TABLE partners_partner DROP CONSTRAINT partners_partner_channel_manager_id_own",
        )
    ]
