from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0025_long_documents"),
        ("commerce", "0011_measure_lines"),
        ("partners", "0032_qualification_lines"),
        ("tenancy", "0007_share_opportunities"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                models.F("manufacturer"),
                models.OrderBy(models.F("changed_at"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="asset_by_news",
            ),
        ),
    ]
