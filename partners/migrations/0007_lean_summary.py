from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0005_search"),
        ("tenancy", "0004_places"),
    ]
    replaces = [("partners", "0008_fill_summaries"), ("partners", "0009_lean_summary")]

    operations = [
        # Every night each row is written anew, mostly with the same keys: into the same page where there is room.
        migrations.RunSQL(
            "ALTER TABLE partners_partnersummary SET (fillfactor = 60)",
            "ALTER TABLE partners_partnersummary RESET (fillfactor)",
        ),
    ]
