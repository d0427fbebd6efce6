"""What a forecast adds up stands in an index of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0022_reports")]

    operations = [
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(("amount_base__isnull", False), ("closed_at__isnull", True)),
                fields=["manufacturer", "stage"],
                include=("id", "partner", "category", "amount_base", "expected_close"),
                name="opportunity_forecast",
            ),
        ),
    ]
