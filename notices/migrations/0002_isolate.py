from django.db import migrations

from tenancy.isolate import GuardKeys, Isolate

# The rows of another person's inbox are kept apart by the selectors; those of another partner by these policies.
# What belongs to a member alone (preferences, quiet hours) is reached through the member's own partner.
OWN_MEMBER = """
DROP POLICY partner_select ON {table};
CREATE POLICY partner_select ON {table} TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND member_id IN (SELECT id FROM tenancy_membership WHERE partner_id = current_setting('app.partner')::bigint)
) WITH CHECK (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND member_id IN (SELECT id FROM tenancy_membership WHERE partner_id = current_setting('app.partner')::bigint)
);
GRANT INSERT, UPDATE, DELETE ON {table} TO prm_partner;
"""
OWN_DELIVERY = """
DROP POLICY partner_select ON notices_delivery;
CREATE POLICY partner_select ON notices_delivery FOR SELECT TO prm_partner USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND notice_id IN (SELECT id FROM notices_notice WHERE partner_id = current_setting('app.partner')::bigint)
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
        ("partners", "0003_isolate"),
        ("tenancy", "0003_isolate"),
    ]

    operations = [
        Isolate("Notice", partner_column="partner_id", partner_writes=["UPDATE (read_at, confirmed_at)"]),
        GuardKeys(
            "Notice",
            keys={
                "recipient_id": "tenancy_membership",
                "partner_id": "partners_partner",
            },
        ),
        Isolate("Delivery", is_target=False),
        GuardKeys("Delivery", keys={"notice_id": "notices_notice"}),
        Isolate("Preference", keys={"member_id": "tenancy_membership"}, is_target=False),
        Isolate("QuietHours", keys={"member_id": "tenancy_membership"}, is_target=False),
        migrations.RunSQL(OWN_DELIVERY, migrations.RunSQL.noop),
        migrations.RunSQL(OWN_MEMBER.format(table="notices_preference"), migrations.RunSQL.noop),
        migrations.RunSQL(OWN_MEMBER.format(table="notices_quiethours"), migrations.RunSQL.noop),
    ]
