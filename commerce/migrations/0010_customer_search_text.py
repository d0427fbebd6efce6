from django.db import migrations, models

BY_PIECES = """
CREATE INDEX end_customer_by_pieces ON commerce_endcustomer
    USING gin (partners_pieces(manufacturer_id, ' ' || search_text || ' ' || lower(email) || ' ' || phone_digits))
"""


class Migration(migrations.Migration):
    """A customer without an external code had no text to be found by: only the fourth part may be missing."""

    dependencies = [("commerce", "0009_direct_prices")]

    operations = [
        migrations.RunSQL("DROP INDEX end_customer_by_pieces", BY_PIECES),
        migrations.RemoveField("endcustomer", "search_text"),
        migrations.AddField(
            "endcustomer",
            "search_text",
            models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    "name", "local_name", "contact_name", "external_code", "city", function="partners_search_text"
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.RunSQL(BY_PIECES, "DROP INDEX end_customer_by_pieces"),
    ]
