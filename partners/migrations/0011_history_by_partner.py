from django.db import migrations


class Migration(migrations.Migration):
    """The timeline reads a partner's changes newest first, page by page."""

    dependencies = [
        ("partners", "0010_recruiting"),
    ]
    replaces = [("partners", "0013_history_by_partner")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX partner_event_by_partner ON partners_partnerevent"
            " (manufacturer_id, pgh_obj_id, pgh_created_at DESC, pgh_id DESC)",
            "DROP INDEX partner_event_by_partner",
        )
    ]
