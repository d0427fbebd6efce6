from django.db import migrations

# Asked for once per statement, not for every row.
ONCE = """
ALTER POLICY staff ON {table}
WITH CHECK (manufacturer_id = (SELECT current_setting('app.manufacturer')::bigint))
"""
PER_ROW = """
ALTER POLICY staff ON {table}
WITH CHECK (manufacturer_id = current_setting('app.manufacturer')::bigint)
"""
TABLES = ("commerce_salesline", "commerce_salesmonth", "commerce_salesday")


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0002_isolate"),
        ("partners", "0019_provenance"),
        ("tenancy", "0006_view_as"),
    ]
    replaces = [("commerce", "0004_month_index")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE commerce_salesmonth DROP CONSTRAINT commerce_salesmonth_pkey",
            "ALTER TABLE commerce_salesmonth ADD PRIMARY KEY (id)",
        ),
        *(migrations.RunSQL(ONCE.format(table=table), PER_ROW.format(table=table)) for table in TABLES),
    ]
