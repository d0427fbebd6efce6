from django.db import migrations, models

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
    dependencies = [("notices", "0003_inbox")]

    operations = [
        migrations.RunSQL(MAY_GO_AT, "DROP FUNCTION notices_may_go_at(timestamptz, text, time, time)"),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("confirmed_at", None), ("is_important", True)),
                fields=["manufacturer", "recipient"],
                name="notice_to_confirm",
            ),
        ),
        migrations.RemoveIndex(model_name="delivery", name="delivery_due"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["manufacturer", "due_at"], name="delivery_due"
            ),
        ),
    ]
