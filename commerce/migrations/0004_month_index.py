from django.db import migrations, models

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
        ("commerce", "0003_lean_bulk_tables"),
        ("partners", "0025_provenance"),
        ("tenancy", "0006_view_as"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="salesmonth",
            name="sales_month_once",
        ),
        migrations.AddConstraint(
            model_name="salesmonth",
            constraint=models.UniqueConstraint(
                fields=("manufacturer", "partner", "month", "product"),
                include=("lines", "return_lines"),
                name="sales_month_once",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE commerce_salesmonth DROP CONSTRAINT commerce_salesmonth_pkey",
            "ALTER TABLE commerce_salesmonth ADD PRIMARY KEY (id)",
        ),
        *(migrations.RunSQL(ONCE.format(table=table), PER_ROW.format(table=table)) for table in TABLES),
    ]
