"""What reports add up stands in an index of its own, and references are long enough for millions of leads."""

from django.db import migrations, models

REFERENCE = """
CREATE OR REPLACE FUNCTION leads_new_reference() RETURNS text LANGUAGE sql VOLATILE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT 'L-' || string_agg(substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', 1 + get_byte(bytes, i) % 32, 1), '')
    FROM (SELECT uuid_send(gen_random_uuid()) AS bytes OFFSET 0) fresh, unnest('{0,1,9,10,11,12,13,14,15,2}'::integer[]) i
$body$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0021_customer_merges"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                fields=["manufacturer", "received_at"],
                include=[
                    "id", "state", "source", "kind", "category", "partner", "country", "region", "campaign_code",
                    "accepted_at", "first_contact_at", "amount_base", "reason",
                ],
                name="lead_report",
            ),
        ),
        migrations.RunSQL(REFERENCE, migrations.RunSQL.noop),
    ]  # fmt: skip
