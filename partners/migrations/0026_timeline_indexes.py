from django.db import migrations

# What a partner shows of its agreements is those that were sent: a draft is the manufacturer's own, as it was before
# partners could show them.
DRAFTS_STAY = """
ALTER POLICY partner_select ON partners_agreement USING (
    manufacturer_id = current_setting('app.manufacturer')::bigint
    AND partner_id = ANY (current_setting('app.served_agreements')::bigint[]) AND state <> 'draft'
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_isolate"),
        ("partners", "0025_markets"),
        ("tenancy", "0006_view_as"),
    ]
    replaces = [("partners", "0033_timeline_indexes")]

    operations = [
        migrations.RunSQL(DRAFTS_STAY, migrations.RunSQL.noop),
    ]
