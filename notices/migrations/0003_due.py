from django.db import migrations

# When a mail may go that would go at `at`: then, or when its reader's quiet hours end. One expression, so that PostgreSQL
# can put it in place of the call. No hours, or hours without length, are none.
MAY_GO_AT = """
CREATE FUNCTION notices_may_go_at(at timestamptz, zone text, starts time, ends time) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $body$
    SELECT CASE
        WHEN starts < ends AND (at AT TIME ZONE zone)::time >= starts AND (at AT TIME ZONE zone)::time < ends
            THEN ((at AT TIME ZONE zone)::date + ends) AT TIME ZONE zone
        WHEN starts > ends AND (at AT TIME ZONE zone)::time >= starts
            THEN ((at AT TIME ZONE zone)::date + 1 + ends) AT TIME ZONE zone
        WHEN starts > ends AND (at AT TIME ZONE zone)::time < ends
            THEN ((at AT TIME ZONE zone)::date + ends) AT TIME ZONE zone
        ELSE at
    END
$body$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_isolate"),
    ]
    replaces = [("notices", "0004_due")]

    operations = [
        migrations.RunSQL(MAY_GO_AT, "DROP FUNCTION notices_may_go_at(timestamptz, text, time, time)"),
    ]
