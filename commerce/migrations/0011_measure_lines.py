from django.db import migrations

# The tables' owner alone may measure them, and autovacuum comes minutes after an import: until then each next import and each
# page would be planned for an empty table.
MEASURE = """
CREATE FUNCTION commerce_measure_lines(written bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    IF written > (SELECT reltuples FROM pg_class WHERE oid = 'commerce_salesline'::regclass) THEN
        ANALYZE commerce_salesline, commerce_salesmonth, commerce_salesday;
    END IF;
END $body$;
REVOKE ALL ON FUNCTION commerce_measure_lines(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION commerce_measure_lines(bigint) TO prm_staff;
"""


class Migration(migrations.Migration):
    """An import that more than doubles the lines has their tables measured for the planner."""

    dependencies = [("commerce", "0010_customer_search_text")]

    operations = [migrations.RunSQL(MEASURE, "DROP FUNCTION commerce_measure_lines(bigint)")]
